"""Today at a glance."""

from litestar import Response, get
from sqlalchemy.orm import joinedload

from app import clock
from app.arguments import AnyRequest, Db, Officer
from app.calls.calls import Call
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import signups
from app.pages import page
from app.routes.office import _feed, _listings
from app.routes.office.calls import LOADED as CALL_LOADED
from app.routes.office.calls import how_many_open, theirs
from app.routes.office.jobs import LOADED
from app.sms.batches import Batch, State
from app.staff import scopes
from app.staff.accounts import May


@get("/office", opt={"may": May.LOOK})
async def home(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    open_jobs = list(await db.scalars(_listings.seen(Job, officer).options(*LOADED).limit(1000)))
    counts = await signups.counts(db, [job.id for job in open_jobs])
    coming = [job for job in open_jobs if not job.started(clock.now())]
    short = [job for job in coming if counts[job.id].left(job.places)]
    batches = list(await db.scalars(
        scopes.visible(Batch, officer).where(Batch.state == State.AWAITING_APPROVAL)
        .options(joinedload(Batch.author)).order_by(Batch.id).limit(20)))
    calls = await db.scalars(theirs(officer).where(Call.done_at.is_(None)).options(*CALL_LOADED)
                             .order_by(Call.id.desc()).limit(5))
    today = _feed.today(officer)
    return page(request, "office/home.html", officer=officer, jobs=short[:6], short=len(short),
                missing=sum(counts[job.id].left(job.places) for job in short), counts=counts, pay=jobs.pay,
                to_approve=[b for b in batches if officer.may(May.APPROVE) and b.author_id != officer.id],
                my_waiting=[b for b in batches if b.author_id == officer.id],
                answers=await _feed.newest(db, today, most=6), answered=await _feed.count(db, today),
                calls=list(calls), open_calls=await db.scalar(how_many_open(officer)) or 0)


ROUTES = [home]
