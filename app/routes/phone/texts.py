"""Texts to my phone: stop and start with the words of the texts, and why each of them came."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.access import sessions
from app.access.sessions import PhoneSession
from app.arguments import AnyRequest, Db, Me
from app.residents import residents
from app.residents.residents import Resident
from app.rights import why
from app.routes.phone._mine import home_of, named, own, whose
from app.routes.phone._screens import see, typed
from app.sms import consent, stopping
from app.sms.consent import PURPOSES, Word

_SOURCE = "page"


@get("/me/texts")
async def texts(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    person = await whose(db, request, me)
    phone = _number(me, person)
    held = {purpose: await consent.word(db, phone, purpose) for purpose in PURPOSES} if phone else {}
    return await own(db, request, me, "phone/me/texts.html", person, phone=phone, held=held,
                     elsewhere=await _is_for_others_too(db, me, phone),
                     said=await _said(db, person, held, request.query_params.get("said", "")))


@post("/me/texts")
async def change(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    """Stop or start: of all texts, or of one purpose where the form names it."""
    fields = await typed(request)
    person = await named(db, me, fields)
    phone = _number(me, person)
    word = {"stop": Word.STOPPED, "start": Word.AGREED}.get(fields.get("do", ""))
    about = fields.get("about", "")
    if word is None or not phone or await _is_for_others_too(db, me, phone):
        return see("/me/texts")
    if about in PURPOSES:
        await stopping.say(db, phone, about, word, source=_SOURCE)
        return see("/me/texts")
    if word == Word.STOPPED:
        await stopping.stop(db, phone, await sessions.people(db, me) if me else [], source=_SOURCE)
    else:
        await stopping.come_back(db, phone, source=_SOURCE)
    return see(f"/me/texts?said={word}")


@get("/me/why")
async def reasons(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    person = await whose(db, request, me)
    return await own(db, request, me, "phone/me/why.html", person, got=await why.texts(db, person), days=why.DAYS)


def _number(me: PhoneSession | None, person: Resident) -> str:
    return (me.phone if me else "") or person.phone or ""


async def _is_for_others_too(db: AsyncSession, me: PhoneSession | None, phone: str) -> bool:
    """A card is one person's; what is said about a number that several use is for whoever holds that phone to say."""
    return me is not None and me.at_station and len(await residents.by_phone(db, phone)) > 1


async def _said(db: AsyncSession, person: Resident, held: dict[str, Word | None], done: str) -> str:
    """What a text would answer, as long as it is true."""
    if not held or any(word != done for word in held.values()):
        return ""
    if done == Word.STOPPED:
        return words.text("stopped.txt", station=(await home_of(db, person)).phone)
    return words.text("back.txt") if done == Word.AGREED else ""


ROUTES = [texts, change, reasons]
