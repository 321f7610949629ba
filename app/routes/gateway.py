"""Where providers call. Every call is kept before it is understood, and answered in a few bytes."""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from litestar import Response, Router, get, post
from litestar.datastructures import MultiDict
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from sqlalchemy import select

from app import networks, phones
from app.arguments import AnyRequest, address_of
from app.db import Database
from app.errors import NotFound, TemporarilyAway, without_values
from app.routes._near import simulated
from app.settings import Settings
from app.sms import handover, receipts
from app.sms.arrivals import keep_unread, keep_unreadable
from app.sms.gateways import _cloudmas_reading as cloudmas
from app.sms.gateways import _kannel_calls as kannel
from app.sms.gateways import twilio
from app.sms.gateways.base import Incoming, Outcome, Poll, Sent, Unreadable
from app.sms.gateways.simulator import SimulatedMessage
from app.sms.inbox import Inbox

log = logging.getLogger("doorstep.gateway")
_MOST = 1000
_BIGGEST = 1024 * 1024
_SMALL = 64 * 1024
_BIGGEST_PUSH = 8 * _BIGGEST  # receipts of a call of thousands of texts may come together
_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@post("/simulator/reply")
async def simulator_reply(request: AnyRequest) -> Response[Any]:
    """A text from a simulated phone."""
    await simulated(request)
    raw = await request.body()
    try:
        incoming = _simulated(raw)
    except Unreadable as problem:
        return await _unreadable(request, "simulator", "reply", raw, problem)
    ids = await _inbox(request).receive("simulator", [incoming])
    return Response({"id": ids[0]}, status_code=202)


@get("/simulator/messages")
async def simulator_messages(request: AnyRequest) -> Response[Any]:
    """What simulated phones got, oldest first."""
    await simulated(request)
    asked = request.query_params
    after = asked.get("after", "") or "0"
    if not _is_number(after):
        return _error("after is not a number", 400)
    rows = (select(SimulatedMessage).where(SimulatedMessage.arrived, SimulatedMessage.id > int(after))
            .order_by(SimulatedMessage.id).limit(_MOST))
    if asked.get("to", ""):
        try:
            rows = rows.where(SimulatedMessage.phone == phones.read(asked["to"]))
        except phones.NotAPhone:
            return _error("to is not a phone number", 400)
    async with _database(request).reading() as db:
        return Response([_shown(row) for row in await db.scalars(rows)])


@post("/twilio/reply", status_code=200)
async def twilio_reply(request: AnyRequest) -> Response[Any]:
    """A text from a phone. The answer to it leaves through the outbox, so nothing is said here."""
    raw, form = await _twilio(request)
    try:
        incoming = twilio.read_reply(form, _readable(raw))
    except Unreadable as problem:
        return await _unreadable(request, "twilio", "reply", raw, problem)
    await _inbox(request).receive("twilio", [cleaned(incoming)])
    return Response(_NOTHING, media_type="text/xml")


@post("/twilio/receipt", status_code=200)
async def twilio_receipt(request: AnyRequest) -> Response[Any]:
    """What became of a text: kept here, applied by the dispatch. The address carries our own message's id, for a
    text about which nobody knew whether Twilio had taken it."""
    raw, form = await _twilio(request)
    try:
        report = twilio.read_receipt(form, _readable(raw))
    except Unreadable as problem:
        return await _unreadable(request, "twilio", "receipt", raw, problem)
    message = request.query_params.get("message", "")
    async with _database(request).session() as db:
        if _is_number(message):
            await handover.settle(db, "twilio", [Sent(int(message), Outcome.ACCEPTED, report.provider_id)])
        await receipts.keep(db, "twilio", [report])
    return Response(_NOTHING, media_type="text/xml")


@post("/cloudmas/{token:str}/reply", status_code=200, request_max_body_size=_BIGGEST_PUSH)
async def cloudmas_reply(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Texts from phones. The answers leave through the outbox."""
    found = await _cloudmas(request, token, cloudmas.read_replies, "reply")
    if isinstance(found, Response):
        return found
    if found.incoming:
        await _inbox(request).receive("cloudmas", found.incoming)
    if found.unread:
        async with _database(request).session() as db:
            await keep_unread(db, "cloudmas", found.unread)
    return Response("", media_type="text/plain")


@post(["/cloudmas/{token:str}/receipt", "/cloudmas/{token:str}/report"], status_code=200,
      request_max_body_size=_BIGGEST_PUSH)
async def cloudmas_receipt(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What became of texts: kept here, applied by the dispatch. The platform's own word for it works, too."""
    found = await _cloudmas(request, token, cloudmas.read_receipts, "receipt")
    if isinstance(found, Response):
        return found
    async with _database(request).session() as db:
        await receipts.keep(db, "cloudmas", found.reports)
        await keep_unread(db, "cloudmas", found.unread)
    return Response("", media_type="text/plain")


async def _cloudmas(request: AnyRequest, token: str, read: Callable[[bytes, Settings], Poll], kind: str,
                    ) -> Poll | Response[Any]:
    """What the platform pushed. It signs nothing, so what says that it is the platform is a token in the address, and
    where the call comes from. Where nothing of it can be read, it is kept here and the answer is a no."""
    settings: Settings = request.app.state.settings
    mine = settings.cloudmas_callback_token
    if not hmac.compare_digest(token.encode("utf-8", "replace"), mine.encode()) or not mine:
        raise NotFound
    if settings.cloudmas_callback_ips and not networks.holds(settings.cloudmas_callback_ips, address_of(request)):
        raise HTTPException(status_code=403, detail="this address may not call here")
    raw = await request.body()
    try:
        # Receipts of thousands take a good part of a second, in which nobody else would be answered.
        found = await asyncio.to_thread(read, raw, settings) if len(raw) > _SMALL else read(raw, settings)
    except Unreadable as problem:
        return await _unreadable(request, "cloudmas", kind, raw, problem)
    if nothing := cloudmas.nothing_read(found):
        return await _unreadable(request, "cloudmas", kind, raw, Unreadable(nothing))
    return found


@get("/kannel/{token:str}/reply")
async def kannel_reply(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """A text from a phone. An empty answer, so that Kannel has nothing to text back."""
    raw = _kannel(request, token)
    try:
        incoming = kannel.read_reply(raw)
    except Unreadable as problem:
        return await _unreadable(request, "kannel", "reply", raw, problem)
    await _inbox(request).receive("kannel", [cleaned(incoming)])
    return _silence()


@get("/kannel/{token:str}/receipt")
async def kannel_receipt(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What became of a text: kept here, applied by the dispatch. It names our own message, so that it also tells of
    one about which nobody knew whether Kannel had taken it."""
    raw = _kannel(request, token)
    try:
        report = kannel.read_receipt(raw)
    except Unreadable as problem:
        return await _unreadable(request, "kannel", "receipt", raw, problem)
    async with _database(request).session() as db:
        named = Sent(kannel.message_id(report.provider_id), Outcome.ACCEPTED, report.provider_id)
        await handover.settle(db, "kannel", [named])
        await receipts.keep(db, "kannel", [report])
    return _silence()


def _simulated(raw: bytes) -> Incoming:
    try:
        call = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable("the body is not JSON") from None
    if not isinstance(call, dict):
        raise Unreadable("the body is not a JSON object")
    sender, text, given = call.get("from"), call.get("text"), call.get("id")
    if not isinstance(text, str):
        raise Unreadable("text is missing or not a text")
    if not isinstance(given, str | int | None) or len(str(given)) > 80:
        raise Unreadable("id is not a text of at most 80 characters")
    try:
        phone = phones.read(sender if isinstance(sender, str) else "")
    except phones.NotAPhone:
        raise Unreadable("from is not a phone number") from None
    return cleaned(Incoming(phone, text, raw.decode(), "" if given is None else str(given)))


async def _twilio(request: AnyRequest) -> tuple[bytes, MultiDict[str]]:
    """The call's body and its form fields, when Twilio has signed them. Raises a 403 otherwise."""
    raw = await request.body()
    form = MultiDict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    query = request.scope["query_string"].decode("ascii", "replace")
    path = request.url.path + ("?" + query if query else "")
    if not twilio.is_genuine(request.app.state.settings, path, form, request.headers.get("X-Twilio-Signature", "")):
        raise HTTPException(status_code=403, detail="the signature is missing or wrong")
    return raw, form


def _kannel(request: AnyRequest, token: str) -> bytes:
    """The call's query, when it is our Kannel that calls. Raises NotFound otherwise, as if there were nothing here."""
    if not kannel.is_genuine(request.app.state.settings, token, address_of(request)):
        raise NotFound
    return bytes(request.scope["query_string"])


def _silence() -> Response[Any]:
    return Response(b"", media_type="text/plain", status_code=200)


async def _unreadable(request: AnyRequest, gateway: str, kind: str, raw: bytes, problem: Exception) -> Response[Any]:
    """Keep the call for staff, and say no."""
    await keep_unreadable(_database(request), gateway, kind=kind, raw=_readable(raw), problem=str(problem))
    return _error(str(problem), 400)


def cleaned(incoming: Incoming) -> Incoming:
    """Without characters that a database refuses: NUL, and halves of surrogate pairs."""
    text = incoming.text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return replace(incoming, text=text, raw=_storable(incoming.raw), provider_id=_storable(incoming.provider_id))


def _readable(raw: bytes) -> str:
    return _storable(raw.decode("utf-8", "backslashreplace"))


def _storable(raw: str) -> str:
    return raw.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _shown(row: SimulatedMessage) -> dict[str, Any]:
    shown = {"id": row.id, "to": row.phone, "text": row.text, "segments": row.segments, "at": row.at.isoformat()}
    return {**shown, "repeats": row.repeats} if row.repeats else shown


def _inbox(request: AnyRequest) -> Inbox:
    inbox: Inbox = request.app.state.inbox
    return inbox


def _database(request: AnyRequest) -> Database:
    database: Database = request.app.state.database
    return database


def _error(sentence: str, status: int, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response({"error": sentence}, status_code=status, headers=headers)


def _http(_request: AnyRequest, error: HTTPException) -> Response[Any]:
    return _error(error.detail, error.status_code)


def _not_here(_request: AnyRequest, _error_: NotFound) -> Response[Any]:
    return _error("there is nothing at this address", 404)


def _broken(request: AnyRequest, error: Exception) -> Response[Any]:
    """A bug; the provider is asked to call again."""
    # Not the address as it was called: a secret may stand in it.
    log.error("failed: %s %s", request.method, request.scope.get("path_template", ""), exc_info=without_values(error))
    return _error("something went wrong here; please call again", 500)


def _away(_request: AnyRequest, _error_: TemporarilyAway) -> Response[Any]:
    return _error("the database is busy; please call again", 503, {"Retry-After": "5"})


ROUTES: Sequence[Router] = [Router(
    "/gateway",
    route_handlers=[simulator_reply, simulator_messages, twilio_reply, twilio_receipt, cloudmas_reply,
                    cloudmas_receipt, kannel_reply, kannel_receipt],
    exception_handlers={HTTPException: _http, NotFound: _not_here, TemporarilyAway: _away,
                        Exception: _broken},
    request_max_body_size=_BIGGEST,
)]
