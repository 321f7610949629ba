"""Signing up on a page: prove the phone, say who it is and when they were born if nobody knows, and the place is
asked for. Everything is one form that is sent again with one field more; cancelling is one button."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.access import sessions
from app.access.sessions import PhoneSession
from app.arguments import AnyRequest, Db, Me
from app.calls import calls
from app.calls.calls import Why
from app.db import deed
from app.errors import Refused
from app.i18n import _
from app.listings import once, signups
from app.listings.signups import NeedsBirthDate, Signup, Via
from app.org.areas import Area
from app.residents import residents
from app.residents.residents import Resident
from app.routes.phone import _asked, _births, _done, _late
from app.routes.phone._listed import Listed
from app.routes.phone._proof import Proof, prove
from app.routes.phone._screens import remember_phone, see, show, typed
from app.routes.phone.jobs import address, back_to_job, find, not_one, show_job


@post("/jobs/{number:str}/signup", opt={"first_step": True})
async def sign_up(request: AnyRequest, db: Db, me: Me, number: FromPath[str]) -> Response[Any]:
    fields = await typed(request)
    area, found = await _meant(db, request, me, number, fields)
    if _late.is_late(fields) and (me is None or len(found) != 1):
        return _late.unfinished()
    if len(found) != 1:
        return not_one(request, area, number, found)
    job = found[0]
    if me is not None:
        return await _place(db, request, me, job, fields)
    proof = await prove(db, request, fields, listing_id=job.id)
    if proof.session is None:
        step = show(request, proof.template, area=job.area, status=proof.status, job=job, error=proof.error,
                    action=_action(job), phone=proof.shown(fields), minutes=proof.minutes)
        if proof.step == "code":
            _asked.remember(step, request, proof.phone)
        return step
    response = await _place(db, request, proof.session, job, fields)
    await remember_phone(db, response, request, proof.token)
    _asked.forget(response)
    return response


@get("/jobs/{number:str}/signup")
async def again(request: AnyRequest, db: Db, me: Me, number: FromPath[str]) -> Response[Any]:
    """The form's own address, loaded again or opened in the other language: the code, if one was asked for."""
    proof = Proof.of(_asked.phone_of(request))
    area, found = await find(db, request, me, number)
    if me is not None or proof.step != "code" or len(found) != 1:
        back = back_to_job(request, number)
        _asked.forget(back)
        return back
    return show(request, proof.template, area=area, job=found[0], error="", action=_action(found[0]),
                phone=proof.shown({}))


@get("/jobs/{number:str}/cancel", sync_to_thread=False)
def not_cancelled(request: AnyRequest, number: FromPath[str]) -> Response[Any]:
    return back_to_job(request, number)


@post("/jobs/{number:str}/cancel")
async def cancel(request: AnyRequest, db: Db, me: Me, number: FromPath[str]) -> Response[Any]:
    fields = await typed(request)
    if me is None:
        return see("/login")
    area, found = await _meant(db, request, me, number, fields)
    if len(found) != 1:
        return not_one(request, area, number, found)
    job, people = found[0], await sessions.people(db, me)
    held = [signup for person in people if fields.get("resident", str(person.id)) == str(person.id)
            if (signup := await signups.held(db, job, person)) is not None]
    mine = [signup for signup in held if signup.resident_id == me.resident_id] or held
    try:
        if not mine:
            raise Refused(_("You have no place on {number} any more."), number=job.number)
        async with deed(db):
            await signups.cancel(db, mine[0], via=Via.PAGE)
    except Refused as error:
        return await show_job(db, request, me, job, refused=i18n.why(error), status=409)
    response = see("/me")
    _done.remember_cancelled(response, mine[0].id)
    return response


async def _meant(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, number: str,
                 fields: dict[str, str]) -> tuple[Area | None, list[Listed]]:
    """What the form is about. A number comes back after a while, and a form that was kept means what had it then."""
    area, found = await find(db, request, me, number, code=fields.get("area", ""))
    listing = fields.get("listing", "")
    return area, [one for one in found if not listing or str(one.id) == listing]


async def _place(db: AsyncSession, request: AnyRequest, me: PhoneSession, job: Listed,
                 fields: dict[str, str]) -> Response[Any]:
    """The phone is proved: ask what is still missing, or ask for the place."""
    people = await sessions.people(db, me)
    if not people:
        return _late.unfinished() if _late.is_late(fields) else await _unknown(db, request, me, job)
    person = await _person(db, me, people, fields)
    if person is None:
        return _question(request, fields, "phone/ask_who.html", area=job.area, job=job, people=people)
    key = _key(me, job, fields)
    if not await once.begin(db, key):
        return await _repeated(db, request, me, job, person=person, fields=fields, key=key)
    return await _first(db, request, me, job, person=person, fields=fields, key=key)


async def _first(db: AsyncSession, request: AnyRequest, me: PhoneSession, job: Listed, *, person: Resident,
                 fields: dict[str, str], key: str) -> Response[Any]:
    """Ask for the place, and note with the form's key what came of it."""
    late = _late.is_late(fields)
    if late and (settled := await _late.settled_since(db, job, person, fields)) is not None:
        await once.note(db, key, settled.outcome, told=True)
        return _late.answer(settled.sentence, status=settled.status)
    try:
        signup = await _sign_up(db, job, person, fields)
    except Refused as error:
        await db.refresh(person)
        if error.field == "born_on":
            await once.take_back(db, key)
            missing = isinstance(error, NeedsBirthDate)
            return _question(request, fields, "phone/ask_born.html", area=job.area, status=200 if missing else 422,
                             job=job, person=person, born_on=fields.get("born_on", ""),
                             error="" if missing else i18n.why(error))
        why = i18n.why(error)
        await once.note(db, key, _late.REFUSED + why, told=late)
        if late:
            await _late.tell_refusal(db, job, person, why)
            return _late.answer(why, status=409)
        return await show_job(db, request, me, job, refused=why, status=409)
    await once.note(db, key, signup.place, told=late)
    return _late.answer(await _late.said(db, job, signup)) if late else see(address(job))


def _key(me: PhoneSession, job: Listed, fields: dict[str, str]) -> str:
    """Of the form, if it has one: as often as it comes, it is one sign-up."""
    given = fields.get("once", "")
    return once.key(me.id, job.id, fields.get("resident", ""), given) if given else ""


async def _sign_up(db: AsyncSession, job: Listed, person: Resident, fields: dict[str, str]) -> Signup:
    async with deed(db):
        if person.born_on is None and "born_on" in fields:
            await residents.set_birth_date(db, person, _births.read(fields["born_on"]))
        _late.must_still_hold(fields)
        signup = await signups.sign_up(db, job, person, via=Via.PAGE)
        if _late.is_late(fields):
            await signups.confirm(db, signup)
        return signup


async def _repeated(db: AsyncSession, request: AnyRequest, me: PhoneSession, job: Listed, *, person: Resident,
                    fields: dict[str, str], key: str) -> Response[Any]:
    """The form came before, and did what it was to do: say the same again. By text only where the answer to the first
    one, which somebody was waiting for, may not have arrived."""
    before, late = await once.of(db, key), _late.is_late(fields)
    outcome, told = (before.outcome, before.told) if before else ("", True)
    refusal = outcome.removeprefix(_late.REFUSED) if outcome.startswith(_late.REFUSED) else ""
    held = await signups.held(db, job, person)
    if late and not told:
        if refusal:
            await _late.tell_refusal(db, job, person, refusal)
        elif held:
            await signups.confirm(db, held)
        await once.note(db, key, outcome, told=True)
    if late:
        return _late.answer(refusal or await _late.said(db, job, held), status=409 if refusal else 200)
    return await show_job(db, request, me, job, refused=refusal, status=409) if refusal else see(address(job))


def _question(request: AnyRequest, fields: dict[str, str], template: str, *, area: Area, job: Listed,
              **values: Any) -> Response[Any]:
    """One more field of the form; a device that sends by itself cannot answer it."""
    if _late.is_late(fields):
        return _late.unfinished()
    return show(request, template, area=area, job=job, action=_action(job), **values)


async def _person(db: AsyncSession, me: PhoneSession, people: list[Resident],
                  fields: dict[str, str]) -> Resident | None:
    """Who is to go: whom the form names, and nobody in their stead; without a name the one who said to hold the phone,
    or the only one there is. Whoever is named first holds it from then on; to sign up somebody else changes nothing of
    that, nor does a form that a device sends by itself."""
    given = fields.get("resident", "")
    holder = next((person for person in people if person.id == me.resident_id), None)
    if given.isdecimal():
        found = next((person for person in people if str(person.id) == given), None)
    elif len(people) == 1:
        found = people[0]
    else:
        found = holder if given != "ask" else None
    if found is not None and holder is None and not _late.is_late(fields):
        await sessions.choose(db, me, found)
    return found


async def _unknown(db: AsyncSession, request: AnyRequest, me: PhoneSession, job: Listed) -> Response[Any]:
    """Nobody in the registry has this phone: somebody of the station telephones, and the person is told so."""
    with i18n.speaking(i18n.DEFAULT):
        said = i18n.say(_("On the page: wants a place on {number} {title}"), number=job.number, title=job.title)
    await calls.ask(db, Why.UNKNOWN_PHONE, phone=me.phone, area_id=job.area_id, said=said, listing_id=job.id)
    return show(request, "phone/unknown.html", area=job.area, job=job, phone=me.phone)


def _action(job: Listed) -> str:
    return f"/jobs/{job.number}/signup"


ROUTES = [sign_up, again, cancel, not_cancelled]
