"""Telling people about a job: see it before it goes, send it, watch the answers, approve, stop."""

from dataclasses import dataclass
from datetime import timedelta

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.arguments import AnyRequest, Db, Officer, RowId
from app.campaigns import campaigns, sending
from app.jobs import jobs, pushes
from app.jobs.jobs import Job
from app.listings import signups
from app.listings.signups import Counts
from app.pages import page
from app.routes.office import _feed
from app.routes.office._forms import form_of
from app.routes.office.jobs import LOADED
from app.sms import batches
from app.sms.batches import Batch, State
from app.sms.outbox import Status
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

# In the order of the bar: what is done first.
STATUSES = (Status.DELIVERED, Status.ACCEPTED, Status.SENDING, Status.QUEUED, Status.UNKNOWN, Status.FAILED,
            Status.WITHDRAWN)
LISTENED = timedelta(days=7)  # after a batch that is about no job
MOVING = frozenset({State.AWAITING_APPROVAL, State.QUEUED, State.HELD, State.PAUSED})


@dataclass(frozen=True)
class Watch:
    """What the live part of a batch's page shows."""

    batch: Batch
    job: Job | None
    count: Counts | None
    statuses: dict[str, int]
    answers: list[_feed.Answer]
    intents: dict[str, int]

    @property
    def live(self) -> bool:
        """Whether anything can still change: texts under way, or a job that people can still answer to."""
        return self.batch.state in MOVING or (self.job is not None and self.job.open)


@get("/office/jobs/{job_id:int}/push", opt={"may": May.PUSH})
async def preview(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str]:
    job = await scopes.load(db, Job, job_id, officer, *LOADED)
    limit = _limit(request.query_params.get("limit", ""))
    seen = await pushes.preview(db, job, by=officer, limit=limit)
    return page(request, "office/pushes/preview.html", job=job, preview=seen, limit=limit, pay=jobs.pay(job))


@post("/office/jobs/{job_id:int}/push", opt={"may": May.PUSH}, status_code=303)
async def push(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Redirect:
    job = await scopes.load(db, Job, job_id, officer, *LOADED)
    batch = await pushes.push(db, job, by=officer, limit=_limit((await form_of(request)).get("limit")))
    said = "" if batch.state == State.AWAITING_APPROVAL else "?said=pushed"
    return Redirect(f"/office/batches/{batch.id}{said}", status_code=303)


@get("/office/batches/{batch_id:int}", opt={"may": May.LOOK})
async def batch_page(request: AnyRequest, db: Db, officer: Officer, batch_id: RowId) -> Response[str] | Redirect:
    batch = await scopes.load(db, Batch, batch_id, officer, joinedload(Batch.author))
    if batch.kind == sending.KIND:
        return Redirect(f"/office/campaigns/{(await campaigns.of_batch(db, batch.id)).id}", status_code=303)
    watch = await _watch(db, batch, officer)
    return page(request, "office/pushes/batch.html", block="live", officer=officer, watch=watch, batch=batch,
                job=watch.job, statuses=STATUSES, may_decide=_may_decide(officer, batch),
                approver=await db.get(Account, batch.approved_by_id) if batch.approved_by_id else None)


@post("/office/batches/{batch_id:int}/approve", opt={"may": May.APPROVE}, status_code=303)
async def approve(db: Db, officer: Officer, batch_id: RowId) -> Redirect:
    await pushes.approve(db, await _batch(db, officer, batch_id), by=officer)
    return Redirect(f"/office/batches/{batch_id}?said=approved", status_code=303)


@post("/office/batches/{batch_id:int}/refuse", opt={"may": May.APPROVE}, status_code=303)
async def refuse(db: Db, officer: Officer, batch_id: RowId) -> Redirect:
    await batches.refuse(db, await _batch(db, officer, batch_id), by=officer)
    return Redirect(f"/office/batches/{batch_id}?said=refused", status_code=303)


@post("/office/batches/{batch_id:int}/resume", opt={"may": May.PUSH}, status_code=303)
async def resume(db: Db, officer: Officer, batch_id: RowId) -> Redirect:
    await batches.resume(db, await _batch(db, officer, batch_id), by=officer)
    return Redirect(f"/office/batches/{batch_id}?said=resumed", status_code=303)


@post("/office/batches/{batch_id:int}/stop", opt={"may": May.PUSH}, status_code=303)
async def stop(db: Db, officer: Officer, batch_id: RowId) -> Redirect:
    await batches.stop(db, await _batch(db, officer, batch_id), by=officer)
    return Redirect(f"/office/batches/{batch_id}?said=stopped", status_code=303)


async def _batch(db: AsyncSession, officer: Account, batch_id: int) -> Batch:
    return await scopes.load(db, Batch, batch_id, officer)


async def _watch(db: AsyncSession, batch: Batch, officer: Account) -> Watch:
    job = await jobs.get(db, batch.listing_id) if batch.listing_id else None
    since = _feed.to_batch(batch, officer, until=job.ends_at if job else batch.created_at + LISTENED)
    return Watch(batch, job, (await signups.counts(db, [job.id]))[job.id] if job else None,
                 await batches.counts(db, batch), await _feed.newest(db, since), await _feed.by_intent(db, since))


def _may_decide(officer: Account, batch: Batch) -> bool:
    return batch.state == State.AWAITING_APPROVAL and officer.may(May.APPROVE) and batch.author_id != officer.id


def _limit(typed: str) -> int | None:
    return max(1, int(typed[:6])) if typed.isdecimal() else None


ROUTES = [preview, push, batch_page, approve, refuse, resume, stop]
