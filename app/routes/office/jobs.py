"""Jobs: the list, posting one, changing it, calling it off."""

from datetime import timedelta

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import clock, i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.db import deed
from app.employers.employers import Employer
from app.errors import Refused
from app.jobs import jobs, pushes
from app.jobs.jobs import TITLE_UNITS, TRADES, Demand, Job, PayPer
from app.listings import signups
from app.nearby.spots import Spot
from app.org import areas
from app.org.areas import Area
from app.pages import page
from app.routes.office import _listings
from app.routes.office._draft import COVERS, draft_of, field_of, form_of_job, must_be_as_seen, version_of
from app.routes.office._forms import Form, form_of
from app.sms import length
from app.sms.batches import Batch
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

LOADED = (joinedload(Job.employer), joinedload(Job.area))
SHOWN_AT_MOST = 200


@get("/office/jobs", opt={"may": May.LOOK})
async def job_list(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    past = request.query_params.get("show") == "past"
    found = list(await db.scalars(_listings.seen(Job, officer, past=past).options(*LOADED)
                                  .limit(SHOWN_AT_MOST)))
    return page(request, "office/jobs/list.html", jobs=found, past=past, officer=officer, pay=jobs.pay,
                counts=await signups.counts(db, [job.id for job in found]), most=SHOWN_AT_MOST)


@get("/office/jobs/new", opt={"may": May.POST})
async def new_job(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    """An empty form, or with ?like=ID what a job that was there before had."""
    like = request.query_params.get("like", "")
    if like.isdecimal():
        job = await scopes.load(db, Job, int(like[:18]), officer, *LOADED)
        return await _form(request, db, officer, form_of_job(job))
    return await _form(request, db, officer, Form())


@post("/office/jobs/new", opt={"may": May.POST}, status_code=200)
async def post_job(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    try:
        async with deed(db):
            employer = await _employer(db, officer, form)
            area = await areas.get(db, employer.area_id)
            job = await jobs.post(db, area, employer, draft_of(form), by=officer)
    except Refused as refused:
        return await _form(request, db, officer, form, refused=refused)
    return Redirect(f"/office/jobs/{job.id}?said=posted", status_code=303)


@post("/office/jobs/length", opt={"may": May.POST, "looks": True}, status_code=200)
async def push_length(request: AnyRequest, db: Db) -> Response[str]:
    """How long the text would be, while somebody types."""
    form = await form_of(request)
    text = _text(db, form, number=form.get("number"))
    return page(request, "office/jobs/_length.html", text=text, measured=length.measure(text),
                numbered=bool(form.get("number")))


@get("/office/jobs/{job_id:int}", opt={"may": May.LOOK})
async def job_page(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str]:
    job = await scopes.one(db, scopes.around(Job, officer), Job, job_id, *LOADED)
    batches = await db.scalars(scopes.visible(Batch, officer).where(Batch.listing_id == job.id)
                               .order_by(Batch.id.desc()).limit(20))
    return page(request, "office/jobs/job.html", job=job, officer=officer, pay=jobs.pay(job),
                count=(await signups.counts(db, [job.id]))[job.id], batches=list(batches),
                mine=officer.area.contains(job.area))


@get("/office/jobs/{job_id:int}/change", opt={"may": May.POST})
async def change_form(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str]:
    job = await scopes.load(db, Job, job_id, officer, *LOADED)
    return await _form(request, db, officer, form_of_job(job), job=job)


@post("/office/jobs/{job_id:int}/change", opt={"may": May.POST}, status_code=200)
async def change_job(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str] | Redirect:
    form = await form_of(request)
    job = await scopes.load(db, Job, job_id, officer, *LOADED)
    try:
        async with deed(db):
            await must_be_as_seen(db, job, form)
            await jobs.change(db, job, draft_of(form), by=officer)
    except Refused as refused:
        return await _form(request, db, officer, form, job=job, refused=refused)
    return Redirect(f"/office/jobs/{job.id}?said=changed", status_code=303)


@get("/office/jobs/{job_id:int}/end", opt={"may": May.POST})
async def ask_to_end(request: AnyRequest, db: Db, officer: Officer, job_id: RowId) -> Response[str]:
    """Are you sure? Who is told, and what the two ways of ending mean."""
    job = await scopes.load(db, Job, job_id, officer, *LOADED)
    return page(request, "office/jobs/end.html", job=job, count=(await signups.counts(db, [job.id]))[job.id])


@post("/office/jobs/{job_id:int}/call-off", opt={"may": May.POST}, status_code=303)
async def call_off(db: Db, officer: Officer, job_id: RowId) -> Redirect:
    job = await scopes.load(db, Job, job_id, officer, *LOADED)
    await jobs.call_off(db, job, by=officer)
    return Redirect(f"/office/jobs/{job.id}?said=called_off", status_code=303)


@post("/office/jobs/{job_id:int}/close", opt={"may": May.POST}, status_code=303)
async def close(db: Db, officer: Officer, job_id: RowId) -> Redirect:
    job = await scopes.load(db, Job, job_id, officer, *LOADED)
    await jobs.close(db, job, by=officer)
    return Redirect(f"/office/jobs/{job.id}?said=closed", status_code=303)


async def _employer(db: AsyncSession, officer: Account, form: Form) -> Employer:
    chosen = form.get("employer")
    if not chosen.isdecimal():
        raise Refused(i18n._("Please choose who offers the work."), field="employer")
    return await scopes.load(db, Employer, int(chosen[:18]), officer)


async def _form(request: AnyRequest, db: AsyncSession, officer: Account, form: Form, *, job: Job | None = None,
                refused: Refused | None = None) -> Response[str]:
    """The form with everything that was typed, and the sentence beside its field."""
    errors = {field_of(refused): i18n.why(refused)} if refused else {}
    seen = version_of(job) if job and refused and refused.field == "seen" else form.get("seen")
    places = await db.scalars(scopes.visible(Spot, officer).with_only_columns(Spot.name).distinct().order_by(Spot.name)
                              .limit(300))
    rows = await db.execute(scopes.visible(Employer, officer).add_columns(Area.name).order_by(Employer.name).limit(500))
    text = _text(db, form, number=str(job.number) if job else "")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    return page(request, "office/jobs/form.html", status=409 if refused else 200, form=form, job=job, errors=errors,
                employers=[(employer, place) for employer, place in rows], trades=TRADES, covers=COVERS,
                demands=list(Demand), pay_per=list(PayPer), tomorrow=tomorrow, title_units=TITLE_UNITS,
                spots=list(places), text=text, measured=length.measure(text), numbered=job is not None, seen=seen)


def _text(db: AsyncSession, form: Form, *, number: str) -> str:
    """The text that a push would send, once enough is typed to say it; a new job's number is not known yet."""
    try:
        return pushes.text_of(db, draft_of(form), number=int(number[:5]) if number.isdecimal() else 88)
    except Refused:
        return ""


ROUTES = [job_list, new_job, post_job, push_length, job_page, change_form, change_job, ask_to_end, call_off, close]
