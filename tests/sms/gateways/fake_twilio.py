"""A Twilio of our own on the loopback, and whatever trouble a test asks for.

Each call to it and each answer of it is held against Twilio's own description of its API. That says nothing of answers
that say no; those have the fields that Twilio's client reads (twilio/base/version.py).
"""

import asyncio
import json
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from app import clock
from app.sms import length
from tests.sms.gateways import twilio_api

ACCOUNT, TOKEN = "AC" + "0" * 32, "a-token-for-tests-only"


@dataclass
class FakeTwilio:
    """`messages` are what it took, newest last; `trouble` maps a number to (HTTP status, Twilio's code) or to a word:
    "hang" never answers, "drop" takes the text and hangs up, "vanish" hangs up without taking it."""

    url: str = ""
    account_status: str = "active"
    messages: list[dict[str, Any]] = field(default_factory=list)
    callbacks: dict[str, str] = field(default_factory=dict)
    trouble: dict[str, tuple[int, int] | str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)  # what its description would not have
    hidden: bool = False  # the list of messages is empty, whatever was taken
    lookups: int = 0
    silent: bool = False  # as to its list
    open_now: int = 0
    open_most: int = 0

    async def create(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        to, body = str(form["To"]), str(form["Body"])
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        try:
            await asyncio.sleep(0.01)
            trouble = self.trouble.get(to)
            if trouble == "hang":
                await asyncio.sleep(30)
            if isinstance(trouble, tuple):
                return _refused(*trouble)
            if trouble == "vanish":
                return _hang_up(request)
            made = self.made(to, body, str(form.get("From", "")), str(form.get("MessagingServiceSid", "")) or None)
            self.messages.append(made)
            self.callbacks[made["sid"]] = str(form.get("StatusCallback", ""))
            return _hang_up(request) if trouble == "drop" else web.json_response(made, status=201)
        finally:
            self.open_now -= 1

    async def listed(self, request: web.Request) -> web.Response:
        self.lookups += 1
        if self.silent:
            await asyncio.sleep(30)
        wanted = [made for made in reversed(self.messages)
                  if made["to"] == request.query.get("To", made["to"]) and not self.hidden]
        page = wanted[:int(request.query.get("PageSize", "50"))]
        return web.json_response({"messages": page, "page": 0, "page_size": len(page), "next_page_uri": None,
                                  "previous_page_uri": None, "start": 0, "end": len(page), "uri": str(request.rel_url),
                                  "first_page_uri": str(request.rel_url)})

    async def account(self, request: web.Request) -> web.Response:
        return web.json_response({"sid": ACCOUNT, "status": self.account_status, "friendly_name": "Test",
                                  "type": "Full", "auth_token": "", "owner_account_sid": ACCOUNT,
                                  "date_created": _now(), "date_updated": _now(), "subresource_uris": {},
                                  "uri": f"/2010-04-01/Accounts/{ACCOUNT}.json"})

    def made(self, to: str, body: str, sender: str, service: str | None) -> dict[str, Any]:
        """What it says of a message that it has just taken."""
        sid = "SM" + secrets.token_hex(16)
        return {"sid": sid, "account_sid": ACCOUNT, "to": to, "from": sender or None, "messaging_service_sid": service,
                "body": body, "status": "queued", "direction": "outbound-api", "api_version": "2010-04-01",
                "num_segments": str(length.measure(body).segments), "num_media": "0", "price": None,
                "price_unit": "USD", "error_code": None, "error_message": None, "date_created": _now(),
                "date_updated": _now(), "date_sent": None, "subresource_uris": {},
                "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json"}


@asynccontextmanager
async def running() -> AsyncIterator[FakeTwilio]:
    """A server of its own on a free port; fails at the end if anything was not as described."""
    fake = FakeTwilio()
    application = web.Application(middlewares=[_authorized, _described(fake)])
    account = f"/2010-04-01/Accounts/{ACCOUNT}"
    application.router.add_post(f"{account}/Messages.json", fake.create)
    application.router.add_get(f"{account}/Messages.json", fake.listed)
    application.router.add_get(f"{account}.json", fake.account)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.url = f"http://{host}:{port}"
    try:
        yield fake
    finally:
        await runner.cleanup()
    assert fake.wrong == []


def _described(fake: FakeTwilio) -> Any:
    @web.middleware
    async def described(request: web.Request, handler: Any) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        fake.wrong += twilio_api.wrong_with_call(request.method, request.path, request.query, form)
        answer: web.StreamResponse = await handler(request)
        if isinstance(answer, web.Response) and answer.text and answer.status < 400:
            fake.wrong += twilio_api.wrong_with_answer(request.method, request.path, answer.status,
                                                       json.loads(answer.text))
        return answer

    return described


@web.middleware
async def _authorized(request: web.Request, handler: Any) -> web.StreamResponse:
    given = request.headers.get("Authorization", "")
    if given != "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode():
        return _refused(401, 20003)
    answer: web.StreamResponse = await handler(request)
    return answer


def _refused(status: int, code: int) -> web.Response:
    return web.json_response({"code": code, "message": "The number +8614200000001 is at fault", "status": status,
                              "more_info": f"https://www.twilio.com/docs/errors/{code}"}, status=status)


def _hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _now() -> str:
    return format_datetime(clock.now())
