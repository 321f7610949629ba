"""The yardstick beside `outbox_http_texts_per_second`: what a real Kannel takes from the same bare client, and hands on
to a carrier's message centre, when nobody writes anything down."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import replace
from types import SimpleNamespace

import aiohttp
import pytest

from tests.bench import fill
from tests.bench.connections import BadAnswer
from tests.bench.house import House, Result, at_most, timed, until
from tests.bench.measures.outbox_http import ABILITIES, send_all
from tests.bench.queued import TEXT
from tests.kannel import box, smsc
from tests.kannel.box import Kannel

NAMES = ("kannel_alone_texts_per_second",)
SECONDS, PIECE, HAND_ON_SECONDS = 6.0, 500, 120


async def measure(house: House) -> list[Result]:
    """Once in a run: Kannel knows neither our database nor how much is in it."""
    if not house.first:
        return []
    port, serves = box.free_ports(2)
    centre = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.centre", str(port), stdin=PIPE,
                                                  stdout=PIPE)
    try:
        await _told(centre)
        kannel = Kannel(house.folder / "kannel", serves, port)
        try:
            await kannel.start()
            return [await _fed(house, kannel, centre)]
        finally:
            kannel.kill()
    except pytest.fail.Exception as missing:  # no Kannel on this machine
        raise RuntimeError(str(missing)) from None
    finally:
        centre.kill()
        await centre.wait()


async def _fed(house: House, kannel: Kannel, centre: Process) -> Result:
    """No receipts are asked for: those of a local provider are not part of our figure either."""
    settings = replace(house.settings, kannel_url=kannel.url, kannel_username=box.USER, kannel_password=box.PASSWORD,
                       kannel_from=smsc.NUMBER, kannel_callback_token="")
    taken, time_is_left = 0, until(at_most(SECONDS))
    async with aiohttp.ClientSession() as client:
        with timed() as till_there:
            with timed() as watch:
                while time_is_left():
                    rows = [SimpleNamespace(id=i, phone=fill.phone(i), body=f"【青龙泉就业站】{TEXT}{i}")
                            for i in range(taken + 1, taken + PIECE + 1)]
                    await send_all(client, settings, rows, at_once=ABILITIES.at_once)
                    taken += len(rows)
            arrived, time_is_left = (0, 0), until(HAND_ON_SECONDS)
            while arrived[0] < taken and time_is_left():
                await asyncio.sleep(0.05)
                arrived = await _count(centre)
    if arrived != (taken, taken):
        raise BadAnswer(f"Kannel took {taken} texts and handed on {arrived[0]}, of which {arrived[1]} different")
    return house.result(
        NAMES[0], watch.per_second(taken), "texts/s",
        note=f"{watch.note(taken)} of the client; {till_there.per_second(taken):,.0f} a second until they were at the "
             f"carrier's message centre, which shares the processors; {ABILITIES.at_once} at once")


async def _count(centre: Process) -> tuple[int, int]:
    assert centre.stdin
    centre.stdin.write(b"\n")
    came, different = (await _told(centre)).split()
    return int(came), int(different)


async def _told(centre: Process) -> str:
    assert centre.stdout
    line = (await centre.stdout.readline()).decode()
    if not line:
        raise RuntimeError("the message centre does not start")
    return line
