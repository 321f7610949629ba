"""The list of work, and one job with its places left."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from app.access.sessions import PhoneSession
from app.arguments import PHONE_COOKIE, AnyRequest, Db, Me
from app.db import Database
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import signups, visits
from app.listings.signups import Place, Signup
from app.listings.visits import Visit
from app.org.areas import Area
from app.residents import residents
from app.routes.phone._kept import kept
from app.routes.phone._screens import AREA_COOKIE, here, see, show

PER_PAGE = 20


@get("/jobs", opt={"finished": True, "asks": ("page",)})
async def job_list(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    area = await here(db, request, me)
    found = await jobs.open_in(db, area, limit=1000)
    asked = request.query_params.get("page", "1")
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(last, max(1, int(asked))) if asked.isascii() and asked[:6].isdigit() and len(asked) < 6 else 1
    shown = found[(number - 1) * PER_PAGE:number * PER_PAGE]
    return show(request, "phone/jobs.html", area=area, jobs=shown, counts=await _counts(db, shown), pay=jobs.pay,
                page_number=number, last_page=last, total=len(found))


@get("/jobs/{number:str}", opt={"finished": "stranger", "asks": ()})
async def one_job(request: AnyRequest, number: FromPath[str]) -> Response[Any]:
    """Of what is shown to one person only that is asked of the database which is that person's."""
    visit = await _visit(request)
    here_first = visit.people[0].area_id if visit and visit.people else None
    named = (request.query_params.get("area", ""), request.cookies.get(AREA_COOKIE, ""))
    seen = await kept(request, ("job", number, here_first, *named),
                      lambda db: _look(db, request, visit.me if visit else None, number))
    if seen.count is None:
        return not_one(request, seen.area, number, seen.found)
    job = seen.found[0]
    held = [signup for signup in visit.held if signup.listing_id == job.id] if visit else []
    for signup in held:
        set_committed_value(signup, "listing", job)
    positions = {}
    if any(signup.place == Place.WAITING for signup in held):
        async with _database(request).reading() as db:
            positions = await _positions(db, held)
    return _job_page(request, job, visit, held=held, count=seen.count, positions=positions)


def back_to_job(request: AnyRequest, number: str) -> Response[Any]:
    """From a form's own address, loaded again or opened in the other language, to the page that has the form."""
    query = request.url.query
    return see(f"/jobs/{quote(number)}" + (f"?{query}" if query else ""))


def address(job: Job) -> str:
    return f"/jobs/{job.number}?area={quote(job.area.code)}"


async def find(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, number: str, *,
               code: str = "") -> tuple[Area | None, list[Job]]:
    """The community of the page, and the job of that number there; where no community is known, or it has no such
    number, the open ones of all."""
    area = await here(db, request, me, code=code)
    if not number.isdecimal() or len(number) > 6:
        return area, []
    if area is not None:
        job = await jobs.by_number(db, int(number), area_id=area.id)
        if job is not None or code or request.query_params.get("area"):
            return area, [job] if job else []
    return area, await jobs.with_number(db, int(number))


def not_one(request: AnyRequest, area: Area | None, number: str, found: list[Job]) -> Response[Any]:
    """No job has this number, or several communities have one: a kind word, or the question which."""
    if found:
        return show(request, "phone/which.html", area=None, jobs=found, number=number, pay=jobs.pay)
    return show(request, "phone/no_job.html", area=area, status=404,
                number=number if number.isdecimal() and len(number) <= 6 else "")


async def show_job(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, job: Job, *, refused: str = "",
                   status: int = 200, **typed: str) -> Response[Any]:
    """The page of a job, for whoever looks: what it is, the places left, and what this phone's people hold on it."""
    people = await residents.by_phone(db, me.phone) if me else []
    held = [signup for signup in await signups.held_by(db, [person.id for person in people])
            if signup.listing_id == job.id]
    return _job_page(request, job, Visit(me, people, held) if me else None, held=held, refused=refused, status=status,
                     count=(await _counts(db, [job]))[job.id], positions=await _positions(db, held), **typed)


def _job_page(request: AnyRequest, job: Job, visit: Visit | None, *, held: list[Signup], count: signups.Counts,
              positions: dict[int, int], refused: str = "", status: int = 200, **typed: str) -> Response[Any]:
    me, people = (visit.me, visit.people) if visit else (None, [])
    chosen = next((person for person in people if me and person.id == me.resident_id), None)
    return show(request, "phone/job.html", area=job.area, block="places", status=status, job=job, pay=jobs.pay,
                count=count, me=me, people=people, held=held,
                person=chosen or (people[0] if len(people) == 1 else None), refused=refused, positions=positions,
                phone=typed.get("phone", ""), error=typed.get("error", ""))


@dataclass(frozen=True)
class _Seen:
    """What everybody of one community sees at an address: its job and the places, or several, or none."""

    area: Area | None
    found: list[Job]
    count: signups.Counts | None


async def _look(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, number: str) -> _Seen:
    area, found = await find(db, request, me, number)
    return _Seen(area, found, (await _counts(db, found))[found[0].id] if len(found) == 1 else None)


async def _visit(request: AnyRequest) -> Visit | None:
    token = request.cookies.get(PHONE_COOKIE, "")
    if not token:
        return None
    async with _database(request).glancing() as db:
        return await visits.of(db, token)


def _database(request: AnyRequest) -> Database:
    database: Database = request.app.state.database
    return database


async def _positions(db: AsyncSession, held: list[Signup]) -> dict[int, int]:
    return {signup.id: await signups.position(db, signup) for signup in held if signup.place == Place.WAITING}


async def _counts(db: AsyncSession, shown: list[Job]) -> dict[int, signups.Counts]:
    return await signups.counts(db, [job.id for job in shown])


ROUTES = [job_list, one_job]
