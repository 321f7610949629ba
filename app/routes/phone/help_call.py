"""Ask somebody for help: a person of the station telephones. Who is signed in presses once, others type a number."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, phones
from app.access import codes, sessions
from app.access.sessions import PhoneSession
from app.arguments import AnyRequest, Db, Me, address_of
from app.calls import helping
from app.db import deed
from app.errors import Refused
from app.i18n import _
from app.residents import residents
from app.residents.residents import Resident
from app.routes.phone._screens import here, show, typed


@get("/help/call")
async def call_form(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    return await _form(request, db, me, about=_number(request.query_params.get("about", "")))


@post("/help/call", opt={"first_step": True})
async def call_me(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    fields = await typed(request)
    about, area = _number(fields.get("about", "")), await here(db, request, me, code=fields.get("area", ""))
    try:
        phone, people = await _who(db, me, fields)
        async with deed(db):
            await helping.ask(db, phone, people, where=_where(about), area=area,
                              address_mark=codes.address_mark(db, address_of(request)))
    except Refused as refused:
        status = 422 if refused.field == "typed" else 429
        return await _form(request, db, me, about=about, phone=fields.get("phone", ""), error=i18n.why(refused),
                           status=status)
    return show(request, "phone/called.html", area=area, phone=phones.national(phone))


async def _who(db: AsyncSession, me: PhoneSession | None, fields: dict[str, str]) -> tuple[str, list[Resident]]:
    """The number to call and whose it is, as far as anybody knows. Raises Refused for what is no number."""
    people = await sessions.people(db, me) if me else []
    chosen = [person for person in people if me and person.id == me.resident_id] or people
    known = (me.phone if me else "") or next((one.phone for one in chosen if one.phone), "")
    if known or (me and me.at_station):
        return known or "", chosen
    try:
        phone = phones.read(fields.get("phone", ""))
    except phones.NotAPhone:
        raise Refused(_("That is not a mobile number. It has 11 digits and starts with 1."), field="typed") from None
    return phone, await residents.by_phone(db, phone)


def _where(about: str) -> str:
    """For staff, in their language."""
    with i18n.speaking(i18n.DEFAULT):
        return i18n.say(_("Asked for a call, from the page of work {number}"), number=about) if about else i18n.say(
            _("Asked for a call, on a page"))


def _number(about: str) -> str:
    return about if about.isascii() and about.isdecimal() and len(about) <= 6 else ""


async def _form(request: AnyRequest, db: AsyncSession, me: PhoneSession | None, *, about: str, phone: str = "",
                error: str = "", status: int = 200) -> Response[Any]:
    return show(request, "phone/call.html", area=await here(db, request, me), status=status, about_number=about, me=me,
                phone=phone, error=error)


ROUTES = [call_form, call_me]
