"""The staff inbox: conversations by person, what was understood of them, and what staff do about it."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.db import deed, settings_of
from app.desk import conversations, corrections, examples, replies
from app.errors import Refused
from app.pages import page
from app.routes.office import _inbox
from app.routes.office._forms import Form, form_of
from app.routes.office._inbox import Asked
from app.sms import batches, length, outbox
from app.sms.arrivals import Inbound
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

TEMPLATE = "office/inbox/inbox.html"
ANSWER = {"may": May.ANSWER}
LOOKS = {**ANSWER, "looks": True}


@get("/office/inbox", opt=ANSWER)
async def inbox(request: AnyRequest, db: Db, officer: Officer) -> Response[Any]:
    """The list. What asks again and again says which version it has `seen`, and is told when nothing is new."""
    asked = Asked.of(request)
    listed = await _inbox.listed(db, officer, asked, beside=asked.open)
    if listed.version == asked.seen:
        return _nothing_new()
    return page(request, TEMPLATE, block="list", officer=officer, listed=listed, asked=asked, talk=None)


@get("/office/inbox/{inbound_id:int}", opt=ANSWER)
async def conversation(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Response[str]:
    return await _show(request, db, officer, inbound_id)


@get("/office/inbox/{inbound_id:int}/lines", opt=ANSWER)
async def lines(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Response[Any]:
    """The live part of a conversation."""
    asked = Asked.of(request)
    talk = await _inbox.talk(db, officer, inbound_id)
    if talk.version == asked.seen:
        return _nothing_new()
    return await _show(request, db, officer, inbound_id, block="lines")


@post("/office/inbox/{inbound_id:int}/phone", opt=ANSWER, status_code=200)
async def open_phone(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Response[str]:
    one = await conversations.load(db, inbound_id, officer)
    phone = await conversations.open_phone(db, one, by=officer)
    return page(request, "office/residents/phone.html", block="phone", phone=phone,
                name="、".join(person.name for person in one.people), back=f"/office/inbox/{inbound_id}")


@post("/office/inbox/{inbound_id:int}/ready", opt=LOOKS, status_code=200)
async def ready(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Response[str]:
    """A ready sentence, behind what was typed already."""
    form = await form_of(request)
    talk = await _inbox.talk(db, officer, inbound_id)
    sentence = (await _inbox.ready(db, talk)).get(form.get("ready"), "")
    typed = form.get("text")
    if sentence not in typed:
        typed = f"{typed} {sentence}".strip()
    return await _show(request, db, officer, inbound_id, block="answer", typed=typed)


@post("/office/inbox/length", opt=LOOKS, status_code=200)
async def measured(request: AnyRequest, db: Db) -> Response[str]:
    """How long the answer is, while somebody types."""
    return page(request, "office/inbox/_length.html", measured=_measured(db, (await form_of(request)).get("text")))


@post("/office/inbox/{inbound_id:int}/answer", opt=ANSWER, status_code=200)
async def answer(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Response[str] | Redirect:
    form = await form_of(request)
    typed = form.get("text")
    one = await conversations.load(db, inbound_id, officer, seen=_seen(form, inbound_id))
    try:
        async with deed(db):
            message = await replies.answer(db, one, typed, by=officer)
    except Refused as refused:
        return await _show(request, db, officer, inbound_id, typed=typed, errors={"text": i18n.why(refused)})
    return _back(request, inbound_id, "waits" if message.next_at > message.created_at else "answered")


@post("/office/inbox/{inbound_id:int}/correct", opt=ANSWER, status_code=200)
async def correct(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Response[str] | Redirect:
    """The text of this id meant what the pressed button says."""
    form = await form_of(request)
    text = await scopes.one(db, conversations.theirs(officer), Inbound, inbound_id)
    try:
        async with deed(db):
            choice = await corrections.chosen(db, text, officer, form.get("choice"))
            await corrections.correct(db, text, choice, by=officer, seen=form.get("was"))
    except Refused as refused:
        return await _show(request, db, officer, inbound_id, errors={f"choice-{inbound_id}": i18n.why(refused)})
    return _back(request, inbound_id, "reread")


@post("/office/inbox/{inbound_id:int}/call", opt=ANSWER, status_code=303)
async def to_call(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Redirect:
    seen = _seen(await form_of(request), inbound_id)
    await replies.to_call(db, await conversations.load(db, inbound_id, officer, seen=seen), by=officer)
    return _back(request, inbound_id, "to_call")


@post("/office/inbox/{inbound_id:int}/handled", opt=ANSWER, status_code=303)
async def handled(request: AnyRequest, db: Db, officer: Officer, inbound_id: RowId) -> Redirect:
    seen = _seen(await form_of(request), inbound_id)
    await conversations.handled(db, await conversations.load(db, inbound_id, officer, seen=seen), by=officer)
    return _back(request, inbound_id, "handled")


@post("/office/inbox/examples.tsv", opt=ANSWER, status_code=200)
async def take_examples(db: Db, officer: Officer) -> Response[str]:
    """What was put right, as a file. A POST, for taking it is noted."""
    return Response(await examples.labelled(db, by=officer), media_type="text/tab-separated-values; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="examples.tsv"', "Cache-Control": "no-store"})


async def _show(request: AnyRequest, db: AsyncSession, officer: Account, inbound_id: int, *, block: str = "talk",
                typed: str = "", errors: dict[str, str] | None = None) -> Response[str]:
    """The conversation beside the list, or the piece of it that was asked for."""
    asked = Asked.of(request)
    talk = await _inbox.talk(db, officer, inbound_id)
    listed = await _inbox.listed(db, officer, asked, beside=inbound_id)
    said = request.query_params.get("said", "")
    return page(request, TEMPLATE, block=block, status=409 if errors else 200, officer=officer, asked=asked,
                listed=listed, talk=talk, here=inbound_id, typed=typed, errors=errors or {},
                said=said, ready=await _inbox.ready(db, talk), measured=_measured(db, typed),
                state_of=corrections.state_of)


def _measured(db: AsyncSession, typed: str) -> dict[str, Any]:
    """How long it would be with the signature, and what it would cost; nothing for nothing."""
    words, settings = " ".join(typed.split()), settings_of(db)
    if not words:
        return {}
    found = length.measure(outbox.sign(words, settings.sms_signature))
    return {"length": found, "room": found.units + found.left, "most": replies.MOST_SEGMENTS,
            "price_fen": batches.price_fen(found.segments, settings.sms_price_fen)}


def _seen(form: Form, inbound_id: int) -> int:
    """The newest text that was on the page when the button was pressed; without it, the one that was opened."""
    typed = form.get("seen")[:18]
    return int(typed) if typed.isdecimal() and typed.isascii() else inbound_id


def _back(request: AnyRequest, inbound_id: int, said: str) -> Redirect:
    return Redirect(f"/office/inbox/{inbound_id}{Asked.of(request).tail(said=said)}#said", status_code=303)


def _nothing_new() -> Response[None]:
    return Response(None, status_code=204)


ROUTES = [inbox, conversation, lines, open_phone, ready, measured, answer, correct, to_call, handled, take_examples]
