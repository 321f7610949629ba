"""A sendsms service of our own on the loopback, which answers whatever a test asks for. The real one is in
tests/kannel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

ACCEPTED = "0: Accepted for delivery"


@dataclass
class FakeSendsms:
    """`answer` is what it says next, or "hang" or "drop"; `calls` are (path with query, headers, body)."""

    url: str = ""
    answer: tuple[int, str] | str = (202, ACCEPTED)
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    open_now: int = 0
    open_most: int = 0

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.calls.append((str(request.rel_url), dict(request.headers), await request.read()))
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        try:
            await asyncio.sleep(0.01)
            if self.answer == "hang":
                await asyncio.sleep(30)
            if self.answer == "drop":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            assert isinstance(self.answer, tuple)
            return web.Response(status=self.answer[0], text=self.answer[1])
        finally:
            self.open_now -= 1


@asynccontextmanager
async def sendsms() -> AsyncIterator[FakeSendsms]:
    fake = FakeSendsms()
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", fake.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = "http://{}:{}/cgi-bin/sendsms".format(*runner.addresses[0][:2])
    try:
        yield fake
    finally:
        await runner.cleanup()
