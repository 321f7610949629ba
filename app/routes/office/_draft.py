"""A job as typed into the form, and the form of a job that is there."""

from dataclasses import fields
from datetime import datetime, timedelta
from hashlib import sha256

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, words
from app.errors import Refused
from app.i18n import _
from app.jobs.jobs import Demand, Draft, Job, PayPer
from app.listings import listings
from app.listings.listings import Listing
from app.routes.office._forms import Form

# The rules name columns; the form asks for a day and two hours.
FIELDS = {"starts_at": "day", "ends_at": "until", "seen": ""}
COVERS = ("工伤保险", "意外险", "雇主责任险")


def draft_of(form: Form) -> Draft:
    """Raises Refused, naming the form's field, for what cannot be read; the rules about jobs come later."""
    starts_at, ends_at = times(form)
    for name, known in (("pay_per", set(PayPer)), ("insured", {"", *COVERS})):
        if form.get(name) not in known:
            raise Refused(_("Please choose one."), field=name)
    return Draft(
        title=form.get("title"), trade=form.get("trade"), place=form.get("place"), starts_at=starts_at,
        ends_at=ends_at, places=form.whole("places", least=1, most=9_999), pay_fen=form.fen("pay"),
        pay_per=PayPer(form.get("pay_per")), paid_same_day=form.ticked("paid_same_day"), meals=form.ticked("meals"),
        bus=form.ticked("bus"), insured=form.get("insured"), skill=form.get("skill"),
        demands=[word for word in form.all("demands") if word in set(Demand)],
        details=form.get("details"), contact=form.get("contact")[:40],
        seated=form.ticked("seated"), at_home=form.ticked("at_home"), bring=form.get("bring"))


def form_of_job(job: Job) -> Form:
    """What the form shows of a job, or of a copy that starts at another time."""
    typed = {
        "title": job.title, "trade": job.trade, "place": job.place, "employer": str(job.employer_id),
        **typed_times(job), "places": str(job.places), "pay": words.yuan(job.pay_fen), "pay_per": job.pay_per,
        "insured": job.insured, "skill": job.skill, "details": job.details, "contact": job.contact, "bring": job.bring,
        "seen": version_of(job)}
    ticked = [name for name in ("paid_same_day", "meals", "bus", "seated", "at_home") if getattr(job, name)]
    return Form(FormMultiDict([*typed.items(), *((name, "1") for name in ticked),
                               *(("demands", word) for word in job.demands)]))


def version_of(job: Job) -> str:
    """A mark of all that the form shows of a job: another one once somebody has changed it."""
    return mark_of(job, Draft)


def mark_of(listing: Listing, draft: type) -> str:
    """The same of any listing, by the names that such a draft has."""
    names = fields(draft)
    return sha256(repr([getattr(listing, one.name) for one in names]).encode()).hexdigest()[:16]


async def must_be_as_seen(db: AsyncSession, job: Job, form: Form) -> None:
    """Holds the job. Raises Refused where it is no longer what the form showed when it was opened."""
    await listings.locked(db, job)
    await db.refresh(job, list(Draft.__dataclass_fields__))
    if form.get("seen") and form.get("seen") != version_of(job):
        raise Refused(_("Somebody else has changed this job meanwhile. What you typed is still here: compare it with "
                        "the job as it is now, and save once more if yours is right."), field="seen")


def typed_times(listing: Listing) -> dict[str, str]:
    """Day and hours as the form has them; `times` reads the same moments out of them."""
    start, end = clock.local(listing.starts_at), clock.local(listing.ends_at)
    days = (end.date() - start.date()).days
    plain = days == 0 or (days == 1 and end.time() <= start.time())
    return {"day": start.date().isoformat(), "from": f"{start:%H:%M}", "until": f"{end:%H:%M}",
            "last_day": "" if plain else end.date().isoformat()}


def field_of(refused: Refused) -> str:
    """The form's name of the field that a rule complains about."""
    return FIELDS.get(refused.field, refused.field)


def times(form: Form) -> tuple[datetime, datetime]:
    """The start and the end. What ends before it starts on the clock ends on the next day."""
    day, start, end = form.day("day"), form.hour("from"), form.hour("until")
    last = form.day("last_day") if form.get("last_day") else day
    if last < day:
        raise Refused(_("The last day is before the first."), field="last_day")
    if last == day and end <= start:
        last = day + timedelta(days=1)
    return clock.at(day, start), clock.at(last, end)
