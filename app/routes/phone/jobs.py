"""The list of work, and one job with its places left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import sessions
from app.access.sessions import PhoneSession
from app.arguments import AnyRequest, Db
from app.jobs import finding, jobs
from app.jobs.finding import Card
from app.jobs.jobs import Job
from app.listings import signups
from app.listings.visits import Visit
from app.nearby.ground import Ground
from app.occasions import occasions
from app.occasions.occasions import Occasion
from app.org.areas import Area
from app.routes.phone import _ground, _listed, _wishes
from app.routes.phone._listed import Listed
from app.routes.phone._screens import here, see, show
from app.routes.phone._shelved import shelved
from app.routes.phone._visit import positions, turns, visit_of, where

PER_PAGE = 12  # a slow phone has them drawn within a second: docs/measured.md


@get("/jobs", opt={"finished": True, "asks": _wishes.ASKS})
async def job_list(request: AnyRequest, db: Db) -> Response[Any]:
    """Twenty of those that fit, the nearest of each day first. Nothing on it is anybody's own."""
    area = await here(db, request, None)
    wishes, seen = _wishes.read(request), await _ground.around(db, request, area)
    found = await finding.find(db, area, wishes.wish, seen, page=wishes.page, most=PER_PAGE)
    response = show(request, "phone/jobs.html", area=area, block="found", wishes=wishes, seen=seen, jobs=found.cards,
                    counts=await _counts(db, found.cards), pay=jobs.pay_by_day, total=found.total,
                    page_number=found.page, last_page=max(1, -(-found.total // PER_PAGE)))
    _ground.remember(response, request, seen)
    return response


@get("/jobs/{number:str}", opt={"finished": "stranger", "asks": ()})
async def one_job(request: AnyRequest, number: FromPath[str]) -> Response[Any]:
    """Of what is shown to one person only that is asked of the database which is that person's."""
    visit = await visit_of(request)
    home_id = visit.home_id if visit else None
    look = await shelved(request, ("job", number, *where(request, visit)),
                         lambda db: _look(db, request, number, home_id=home_id))
    if look.count is None or look.seen is None:
        return not_one(request, look.area, number, look.found)
    job = look.found[0]
    return _job_page(request, job, visit, look.seen, count=look.count,
                     positions=await turns(request, visit.on(job) if visit else []))


def back_to_job(request: AnyRequest, number: str) -> Response[Any]:
    """From a form's own address, loaded again or opened in the other language, to the page that has the form."""
    query = request.url.query
    return see(f"/jobs/{quote(number)}" + (f"?{query}" if query else ""))


def address(job: Listed) -> str:
    return f"/jobs/{job.number}?area={quote(job.area.code)}"


async def find(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, number: str, *, code: str = "",
               home_id: int | None = None) -> tuple[Area | None, list[Listed]]:
    """The community of the page, and the job of that number there; where no community is known, or it has no such
    number, the open ones of all."""
    area = await here(db, request, me, code=code, home_id=home_id)
    if not number.isdecimal() or len(number) > 6:
        return area, []
    if area is not None:
        job = await _listed.by_number(db, int(number), area_id=area.id)
        if job is not None or code or request.query_params.get("area"):
            return area, [job] if job else []
    return area, await _listed.with_number(db, int(number))


def not_one(request: AnyRequest, area: Area | None, number: str, found: list[Listed]) -> Response[Any]:
    """No job has this number, or several communities have one: a kind word, or the question which."""
    if found:
        return show(request, "phone/which.html", area=None, number=number, pay=jobs.pay_by_day,
                    jobs=[Card.of(one) for one in found if isinstance(one, Job)], cost=occasions.cost,
                    occasions=[one for one in found if isinstance(one, Occasion)])
    return show(request, "phone/no_job.html", area=area, status=404,
                number=number if number.isdecimal() and len(number) <= 6 else "")


async def show_job(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, job: Listed, *, refused: str = "",
                   status: int = 200, **typed: str) -> Response[Any]:
    """The page of a job, for whoever looks: what it is, the places left, and what this phone's people hold on it."""
    people = await sessions.people(db, me) if me else []
    visit = Visit.by(me, people, await signups.held_by(db, [person.id for person in people])) if me else None
    return _job_page(request, job, visit, await _ground.around(db, request, job.area),
                     count=(await _counts(db, [job]))[job.id],
                     positions=await positions(db, visit.on(job) if visit else []),
                     refused=refused, status=status, **typed)


def _job_page(request: AnyRequest, job: Listed, visit: Visit | None, seen: Ground, *, count: signups.Counts,
              positions: dict[int, int], refused: str = "", status: int = 200, **typed: str) -> Response[Any]:
    template, facts = _template(job)
    return show(request, template, area=job.area, block="places", status=status, job=job, **facts, seen=seen,
                count=count, me=visit, people=visit.people if visit else [], held=visit.on(job) if visit else [],
                person=visit.chosen if visit else None, refused=refused, positions=positions,
                phone=typed.get("phone", ""), error=typed.get("error", ""))


def _template(job: Listed) -> tuple[str, dict[str, Any]]:
    """The page of its kind, and what only that one shows."""
    if isinstance(job, Occasion):
        return "phone/occasion.html", {"cost": occasions.cost(job)}
    return "phone/job.html", {"pay": jobs.pay_by_day}


@dataclass(frozen=True)
class _Look:
    """What everybody of one building sees at an address: its job, the places and the ways, or several jobs, or none."""

    area: Area | None
    found: list[Listed]
    count: signups.Counts | None = None
    seen: Ground | None = None


async def _look(db: AsyncSession, request: AnyRequest, number: str, *, home_id: int | None) -> _Look:
    area, found = await find(db, request, None, number, home_id=home_id)
    if len(found) != 1:
        return _Look(area, found)
    return _Look(area, found, (await _counts(db, found))[found[0].id],
                 await _ground.around(db, request, found[0].area))


async def _counts(db: AsyncSession, shown: Sequence[Listed | Card]) -> dict[int, signups.Counts]:
    return await signups.counts(db, [job.id for job in shown])


ROUTES = [job_list, one_job]
