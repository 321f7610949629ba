"""The job list with two hundred open jobs, and how many bytes the pages are."""

from app.jobs import jobs
from tests.bench import connections, served
from tests.bench.connections import Flood
from tests.bench.house import House, Result
from tests.bench.served import Server

NAMES = ("page_requests_per_second", "bare_requests_per_second", "page_bytes")
JOBS, SECONDS, CONNECTIONS = 200, 5, 50
REQUESTS, BARE_REQUESTS = 3_000, 20_000
PAGES = ("/", "/jobs", "/jobs/10")
PACKED = connections.get("/jobs", Accept_Encoding="gzip, br")


async def measure(house: House) -> list[Result]:
    await post_jobs(house)
    async with served.doorstep(house) as server:
        _head, answer = await connections.fetch(server.port, PACKED)
        page, cpu_seconds = await _flood(server, [PACKED] * min(REQUESTS, house.rows // 10))
        sizes = [await _size(house, server, path) for path in PAGES] if house.first else []
    async with served.bare(house.folder, answer, media_type="text/html", status=200) as server:
        bare, bare_cpu_seconds = await _flood(server, [connections.get("/")] * min(BARE_REQUESTS, house.rows))
    return [
        house.result("page_requests_per_second", page.per_second(), "requests/s", yardstick=bare.per_second(),
                     note=f"/jobs; {_note(page, cpu_seconds)}"),
        house.result("bare_requests_per_second", bare.per_second(), "requests/s",
                     note=f"{len(answer):,} bytes; {_note(bare, bare_cpu_seconds)}"),
        *sizes]


async def post_jobs(house: House) -> None:
    async with house.database.session() as db:
        there = len(await jobs.open_in(db, house.village.area, limit=JOBS))
        for number in range(JOBS - there):
            draft = house.village.draft(hours=48 + number)
            await jobs.post(db, house.village.area, house.village.employer, draft, by=house.village.boss)


async def _flood(server: Server, requests: list[bytes]) -> tuple[Flood, float]:
    await connections.flood(server.port, requests[:CONNECTIONS], connections=CONNECTIONS, seconds=SECONDS, expect=200)
    before = server.cpu_seconds()
    flood = await connections.flood(server.port, requests, connections=CONNECTIONS, seconds=SECONDS, expect=200)
    return flood, server.cpu_seconds() - before


async def _size(house: House, server: Server, path: str) -> Result:
    """Bytes as they are sent to a browser that takes compressed ones; the yardstick is the page as it is."""
    _head, plain = await connections.fetch(server.port, connections.get(path, Accept_Encoding="identity"))
    head, packed = await connections.fetch(server.port, connections.get(path, Accept_Encoding="gzip, br"))
    encoding = next((line.partition(": ")[2] for line in head.decode().split("\r\n")
                     if line.startswith("content-encoding")), "not compressed")
    return house.result("page_bytes", len(packed), "bytes", yardstick=len(plain),
                        note=f"{path} with {JOBS} open jobs, {encoding}")


def _note(flood: Flood, cpu_seconds: float) -> str:
    return (f"{len(flood.calls) / max(cpu_seconds, 1e-9):,.0f} per CPU second of the server, "
            f"p99 {flood.latency_ms(0.99):.0f} ms, {CONNECTIONS} connections, {flood.client_note}")
