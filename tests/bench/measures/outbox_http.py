"""How fast the outbox empties to a carrier that takes one text a call, by HTTP, and answers at once. That carrier is a
process beside ours and shares its processors."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp

from app.db import Database
from app.settings import Settings
from app.sms.dispatch import Dispatch
from app.sms.gateways import kannel
from app.sms.gateways.base import Made
from app.sms.inbox import Inbox
from tests.bench import draining, provider, served
from tests.bench.draining import Contest
from tests.bench.house import House, Result
from tests.bench.queued import Queue

NAMES = ("outbox_http_texts_per_second",)
DEPTH = 20_000
ABILITIES = kannel.Carrier.abilities


async def measure(house: House) -> list[Result]:
    async with served.provider(house) as server:
        settings = replace(house.settings, sms_gateway="kannel", kannel_username="station", kannel_password="password",
                           kannel_callback_token="a-callback-secret", kannel_from="10690000",
                           kannel_url=f"http://127.0.0.1:{server.port}{provider.SENDSMS}")
        database = Database(settings)
        queue = Queue(house, database, min(DEPTH, house.rows))
        gateways = Made(settings, database)
        dispatch = Dispatch(database, gateways, Inbox(database))

        async def taken() -> list[str]:
            return list((await served.taken(server))["kannel"])

        async def receipts(told: list[str] | None) -> None:
            await queue.apply_receipts(told or [])

        try:
            async with aiohttp.ClientSession() as client:
                bare = _Bare(queue, client)
                rounds = await Contest(queue, bare.once, dispatch.drain_once, taken=taken, receipts=receipts).rounds()
        finally:
            await gateways.close()
            await database.close()
    return [draining.result(house, NAMES[0], rounds,
                            f"; {ABILITIES.batch} a claim, {ABILITIES.at_once} at once; yardstick: the same calls on "
                            "connections that stay open, and the same statements")]


class _Bare:
    """The yardstick: as many calls at once, on connections that stay open, and what must be written."""

    def __init__(self, queue: Queue, client: aiohttp.ClientSession) -> None:
        self.queue, self.client = queue, client

    async def once(self) -> int:
        claimed = await draining.claim(self.queue, ABILITIES.batch)
        if not claimed:
            return 0
        await send_all(self.client, self.queue.database.settings, claimed, at_once=ABILITIES.at_once)
        return await draining.write_down(self.queue, {row.id: f"k-{row.id}" for row in claimed})


async def send_all(client: aiohttp.ClientSession, settings: Settings, rows: list[Any], *, at_once: int) -> None:
    """A call for each row, which has an id, a phone and a body, so many at once. Raises where one is not taken."""
    left = iter(rows)
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(_send_on(client, settings, left))


async def _send_on(client: aiohttp.ClientSession, settings: Settings, left: Iterator[Any]) -> None:
    with suppress(StopIteration):
        while True:
            await _send(client, settings, next(left))


async def _send(client: aiohttp.ClientSession, settings: Settings, row: Any) -> None:
    headers = {"X-Kannel-Username": settings.kannel_username, "X-Kannel-Password": settings.kannel_password,
               "Content-Type": "text/plain; charset=UTF-8", "X-Kannel-To": row.phone, "X-Kannel-Coding": "2",
               "X-Kannel-From": settings.kannel_from}
    if settings.kannel_callback_token:
        headers |= {"X-Kannel-DLR-Mask": "27",
                    "X-Kannel-DLR-URL": f"{settings.public_url}/receipt?message={row.id}&status=%d"}
    async with client.post(settings.kannel_url, data=row.body.encode(), headers=headers) as answer:
        await answer.read()
        answer.raise_for_status()
