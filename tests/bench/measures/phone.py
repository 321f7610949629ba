"""When the text of a page can be read on the cheapest phone with a weak signal: Chromium on a processor 20 times
slower, with 400 ms and 50 kB/s: once by Chromium's own throttle (`first_text_ms`, `second_text_ms`), and once behind a
line on which opening a connection takes its 400 ms, too, and the worker stands between (`line_…`). The yardstick is the
goal; a page of one word, visited by turns with ours, says how much of it this machine's Chromium takes for any page."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median

from playwright.async_api import Browser, Page, async_playwright

from tests.bench import openings, served
from tests.bench.house import House, Result
from tests.bench.slow_line import slow_line

NAMES = ("first_text_ms", "second_text_ms", "line_first_text_ms", "line_second_text_ms")
FIRST_MS, SECOND_MS = 2000, 1000  # the goals
SLOWER, ROUND_TRIP_SECONDS, BYTES_PER_SECOND = 20, .4, 50_000
VISITS = 5
STAYS_SECONDS, LATER_SECONDS = 3, 3  # the second visit has neither the first one's work in its way nor its five seconds
PAGES, COMMUNITY, JOBS = ("/", "/jobs", "/jobs/10"), "weak-signal", 200
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update"]
ONE_WORD = ('<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>.</title></head>'
            '<body><p>今天的活</p></body></html>')
# The moment when the largest text was there; a drawing that comes after the text is not waited for, and one that comes
# with it says when, too. What comes in one piece is there at once.
TEXT_AT = """() => new Promise(resolve => new PerformanceObserver(list => {
  const entries = list.getEntries(), texts = entries.filter(entry => !entry.url);
  resolve((texts.length ? texts[texts.length - 1] : entries[0]).startTime);
}).observe({type: "largest-contentful-paint", buffered: true}))"""


async def measure(house: House) -> list[Result]:
    if not house.first:
        return []
    await openings.post(house.database, COMMUNITY, JOBS)
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    async with AsyncExitStack() as stack:
        doorstep = await stack.enter_async_context(served.doorstep(house))
        bare = await stack.enter_async_context(served.bare(house.folder, ONE_WORD.encode(), media_type="text/html",
                                                           status=200))
        browser = await stack.enter_async_context(_chromium())
        addresses = {path: (doorstep.port, f"{path}?area={COMMUNITY}") for path in PAGES}
        addresses["one word"] = bare.port, "/"
        lines = {port: await stack.enter_async_context(slow_line(
            port, round_trip_seconds=ROUND_TRIP_SECONDS, bytes_per_second=BYTES_PER_SECOND))
            for port in (doorstep.port, bare.port)}
        for _visit_number in range(VISITS):
            for name, (port, path) in addresses.items():
                for way, to in (("", port), ("line_", lines[port])):
                    found.setdefault((way, name), []).append(
                        await _visit(browser, f"http://127.0.0.1:{to}{path}", throttled=not way))
    return [house.result(f"{way}{which}_text_ms", median(visit[i] for visit in visits), "ms", yardstick=goal,
                         note=f"{name}: {', '.join(f'{visit[i]:.0f}' for visit in visits)}; at most the yardstick")
            for i, (which, goal) in enumerate((("first", FIRST_MS), ("second", SECOND_MS)))
            for (way, name), visits in found.items()]


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("Please install Chromium first (on Debian: apt-get install chromium fonts-noto-cjk).")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


async def _visit(browser: Browser, address: str, *, throttled: bool) -> tuple[float, float]:
    """Somebody who was never there, and the same person once more. What is `throttled` has no worker: Chromium would
    let it ask at full speed."""
    context = await browser.new_context(viewport={"width": 360, "height": 720}, locale="zh-CN",
                                        service_workers="block" if throttled else "allow")
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if throttled:
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": ROUND_TRIP_SECONDS * 1000, "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND})
    first = await _text_at(page, address)
    await asyncio.sleep(STAYS_SECONDS)
    await page.goto("about:blank")
    await asyncio.sleep(LATER_SECONDS)
    second = await _text_at(page, address)
    await context.close()
    return first, second


async def _text_at(page: Page, address: str) -> float:
    await page.goto(address, wait_until="load")
    return float(await page.evaluate(TEXT_AT))
