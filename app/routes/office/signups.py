"""Who has a place on a job, a fair, a course or a bus, and who waits; signing people up and taking them off, on the
telephone or at the counter."""

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectin_polymorphic

from app import clock, i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.db import deed
from app.errors import NotFound, Refused
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import signups
from app.listings.listings import Listing
from app.listings.signups import NeedsBirthDate, Place, Signup, Via
from app.occasions import occasions
from app.occasions.occasions import Occasion
from app.org.areas import Area, inside
from app.pages import page
from app.residents import residents
from app.residents.residents import Resident
from app.routes.office._forms import Form, form_of
from app.routes.office.residents import FOUND_AT_MOST, find
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account


@get(["/office/jobs/{job_id:int}/signups", "/office/occasions/{job_id:int}/signups"], opt={"may": May.LOOK})
async def signup_list(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str]:
    return await _show(request, db, officer, await _job(db, officer, job_id))


@post(["/office/jobs/{job_id:int}/signups/search", "/office/occasions/{job_id:int}/signups/search"],
      opt={"may": May.SIGN_UP, "looks": True}, status_code=200)
async def search(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str]:
    """People to sign up, by name or last four digits; a POST, so that names stay out of addresses."""
    typed, job = (await form_of(request)).get("q")[:40], await _job(db, officer, job_id)
    found = await find(db, officer, typed, old_enough=bool(job.min_age))
    return await _show(request, db, officer, job, typed=typed, found=found)


@post(["/office/jobs/{job_id:int}/signups", "/office/occasions/{job_id:int}/signups"], opt={"may": May.SIGN_UP},
      status_code=200)
async def sign_up(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str] | Redirect:
    """Signs somebody up; without a birth date it asks for one and signs up with the answer."""
    form = await form_of(request)
    job = await _job(db, officer, job_id)
    person = await scopes.load(db, Resident, _id(form), officer, joinedload(Resident.area),
                               joinedload(Resident.household))
    try:
        async with deed(db):
            if form.get("born_on"):
                await residents.set_birth_date(db, person, form.day("born_on"), by=officer)
            signup = await signups.sign_up(db, job, person, via=Via.STAFF, by=officer)
    except NeedsBirthDate as refused:
        return await _show(request, db, officer, job, unborn=person, error=i18n.why(refused))
    except Refused as refused:
        return await _show(request, db, officer, job, error=i18n.why(refused),
                           unborn=person if refused.field == "born_on" else None)
    said = "signed_up" if signup.place == Place.TAKEN else "waiting"
    return Redirect(f"{_home(job)}/signups?said={said}", status_code=303)


@post("/office/signups/{signup_id:int}/off", opt={"may": May.SIGN_UP}, status_code=303)
async def take_off(db: Db, officer: Officer, signup_id: RowId) -> Redirect:
    signup = await _signup(db, officer, signup_id)
    await signups.cancel(db, signup, via=Via.STAFF, by=officer)
    return Redirect(f"{_home(signup.listing)}/signups?said=taken_off", status_code=303)


@post("/office/signups/{signup_id:int}/attended", opt={"may": May.SIGN_UP}, status_code=303)
async def attended(db: Db, officer: Officer, signup_id: RowId) -> Redirect:
    signup = await _signup(db, officer, signup_id)
    await signups.attended(db, signup, by=officer)
    return Redirect(f"{_home(signup.listing)}/signups?said=attended", status_code=303)


@post("/office/signups/{signup_id:int}/no-show", opt={"may": May.SIGN_UP}, status_code=303)
async def no_show(db: Db, officer: Officer, signup_id: RowId) -> Redirect:
    signup = await _signup(db, officer, signup_id)
    await signups.no_show(db, signup, by=officer)
    return Redirect(f"{_home(signup.listing)}/signups?said=attended", status_code=303)


async def _job(db: AsyncSession, officer: Account, job_id: int) -> Listing:
    """The job or the occasion of that id, with what only its kind has."""
    return await scopes.one(db, scopes.around(Listing, officer), Listing, job_id, joinedload(Listing.area),
                            selectin_polymorphic(Listing, [Job, Occasion]))


def _home(listing: Listing) -> str:
    """The address of its own page."""
    return f"/office/{'occasions' if isinstance(listing, Occasion) else 'jobs'}/{listing.id}"


def _terms(listing: Listing) -> str:
    """What one is paid, or pays."""
    if isinstance(listing, Job):
        return jobs.pay(listing)
    return occasions.cost(listing) if isinstance(listing, Occasion) else ""


async def _signup(db: AsyncSession, officer: Account, signup_id: int) -> Signup:
    """A sign-up of somebody in scope."""
    signup = await db.scalar(select(Signup).where(Signup.id == signup_id).options(
        joinedload(Signup.listing), joinedload(Signup.resident)))
    if signup is None:
        raise NotFound
    await scopes.load(db, Resident, signup.resident_id, officer)
    return signup


async def _show(request: AnyRequest, db: AsyncSession, officer: Account, job: Listing, *, typed: str = "",
                found: list[Resident] | None = None, unborn: Resident | None = None,
                error: str = "") -> Response[str]:
    everybody = await signups.on(db, job)
    doors = await _doors(db, officer, everybody)
    mine = [signup for signup in everybody if signup.resident.area_id in doors]
    held = {signup.resident_id for signup in everybody if signup.place in signups.HOLDS}
    return page(request, "office/signups/list.html", status=409 if error else 200, job=job, officer=officer,
                home=_home(job), pay=_terms(job), count=(await signups.counts(db, [job.id]))[job.id], doors=doors,
                started=job.started(clock.now()), here=[s for s in mine if s.place in _HERE],
                waiting=[s for s in mine if s.place == Place.WAITING],
                gone=[s for s in mine if s.place == Place.CANCELLED and s.resident_id not in held],
                typed=typed, found=found, held=held, unborn=unborn, error=error, most=FOUND_AT_MOST,
                whole=officer.area.contains(job.area))


async def _doors(db: AsyncSession, officer: Account, everybody: list[Signup]) -> dict[int, str]:
    """The names of the areas in scope in which these people live."""
    rows = await db.execute(select(Area.id, Area.name).where(
        inside(officer.area), Area.id.in_({signup.resident.area_id for signup in everybody})))
    return {row[0]: row[1] for row in rows}


_HERE = (Place.TAKEN, Place.ATTENDED, Place.NO_SHOW)


def _id(form: Form) -> int:
    typed = form.get("resident")
    if not typed.isdecimal():
        raise NotFound
    return int(typed[:18])


ROUTES = [signup_list, search, sign_up, take_off, attended, no_show]
