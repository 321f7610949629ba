"""Telling people about a job: whom, why each of them, what exactly, and what it costs, before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, phones, words
from app.db import core, settings_of
from app.errors import Refused
from app.i18n import _
from app.jobs import jobs, matching
from app.jobs.jobs import Draft, Job
from app.listings import listings, signups
from app.org.areas import Area
from app.residents.residents import mask_name
from app.sms import batches, length, outbox, quiet
from app.sms.batches import Addressed, Batch, Reason, Recipient, State
from app.staff.accounts import May, Officer
from app.staff.scopes import require

EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """One text as it will arrive; name and phone masked, the reasons in words."""

    name: str
    phone: str
    text: str
    why: list[str]


@dataclass(frozen=True)
class Preview:
    """What a push would do now. `left_out` counts people by reason; `held_until` is the end of the quiet hours."""

    people: int
    texts: int
    segments: int
    price_fen: int
    left_out: dict[str, int]
    examples: list[Example]
    needs_approval: bool
    held_until: datetime | None


@dataclass(frozen=True)
class _Plan:
    texts: list[Addressed]
    left_out: dict[str, int]
    body: str
    names: dict[int, str]


async def preview(db: AsyncSession, job: Job, *, by: Officer, limit: int | None = None) -> Preview:
    """Count, cost and examples, without writing anything. Raises Refused when the job cannot be pushed."""
    plan = await _plan(db, job, by, limit)
    segments = sum(length.measure(one.body).segments for one in plan.texts)
    now, settings = clock.now(), settings_of(db)
    leaves = quiet.opening(settings.quiet_hours, now)
    return Preview(people=sum(len(one.addressed) for one in plan.texts), texts=len(plan.texts), segments=segments,
                   price_fen=batches.price_fen(segments, settings.sms_price_fen), left_out=plan.left_out,
                   examples=_examples(plan),
                   needs_approval=len(plan.texts) + await batches.unapproved(db, job.id) > settings.approval_above,
                   held_until=leaves if leaves > now else None)


def text_of(db: AsyncSession, draft: Draft, *, number: int) -> str:
    """What a push of this draft would say, however long that is."""
    sample = Job(number=number, title=draft.title, place=draft.place, starts_at=draft.starts_at,
                 pay_fen=draft.pay_fen, pay_per=draft.pay_per, paid_same_day=draft.paid_same_day)
    long, short = _wordings(db, sample, draft.places, i18n.DEFAULT)
    return short if _over(long) > 0 else long


async def push(db: AsyncSession, job: Job, *, by: Officer, approved_by: Officer | None = None,
               limit: int | None = None) -> Batch:
    """Tell everybody whom the job suits, at most `limit` phones. Above `APPROVAL_ABOVE` the batch waits for a second
    officer, unless `approved_by` is one; pressed twice, it is the same batch. Raises Refused when the job cannot be
    pushed or suits nobody."""
    await listings.locked(db, job)  # two presses of the button find each other here
    plan = await _plan(db, job, by, limit)
    if not plan.texts:
        pressed_twice = await _just_made(db, listing_id=job.id, by=by)
        if pressed_twice is not None:
            return pressed_twice
        raise Refused(_("There is nobody to tell: see who is left out, and why."))
    twin = await _waiting_twin(db, plan.texts, listing_id=job.id, by=by)
    batch = twin or await batches.make(db, plan.texts, kind="push", area_id=job.area_id, listing_id=job.id,
                                       text=plan.body, by=by, left_out=plan.left_out)
    if approved_by is not None:
        await approve(db, batch, by=approved_by)
    elif batch.texts + await batches.unapproved(db, job.id) <= settings_of(db).approval_above:
        await batches.release(db, batch, expires_at=job.starts_at, asks=f"push:{job.number}")
    return batch


async def approve(db: AsyncSession, batch: Batch, *, by: Officer) -> None:
    """A second officer's yes. Raises Refused when the job has filled or ended meanwhile, when the text says "tomorrow"
    and that was yesterday, and as batches.approve."""
    job = await jobs.get(db, batch.listing_id or 0)
    if job is None:
        raise Refused(_("This batch belongs to no job."))
    if not by.area.contains(job.area):
        raise Refused(_("This job is outside your area."))
    await listings.locked(db, job)
    await _must_be_pushable(db, job)
    written, leaves = (quiet.opening(settings_of(db).quiet_hours, moment) for moment in (batch.created_at, clock.now()))
    if quiet.good_until(written, job.starts_at) <= leaves:
        raise Refused(_("The text names a day that was right when it was written. Please push number {number} anew."),
                      number=job.number)
    await batches.approve(db, batch, by=by, expires_at=job.starts_at, asks=f"push:{job.number}",
                          only=matching.still_suits(core(Recipient).c.phone, job))


async def why(db: AsyncSession, resident_id: int, batch_id: int) -> list[str]:
    """Why this person was told, in words of the language of the moment; empty if they were not."""
    row = await db.get(Reason, (batch_id, resident_id))
    return [explain(code) for code in row.why] if row else []


def explain(code: str) -> str:
    """One reason, such as "wish:香菇", in words."""
    name, _colon, word = code.partition(":")
    return i18n.say(_REASONS[name], word=word)


_REASONS = {
    "area": _("You live in {word}."),
    "wish": _("You told us that you would like to do {word}."),
    "open": _("You never said that you do not want such work."),
    "skill": _("You can do {word}."),
    "consent": _("You agreed to texts about work."),
    "consent_notices": _("You agreed to texts from this station."),
    "campaign": _("This went to everybody for whom “{word}” is meant."),
    "free": _("You have no other place at that time."),
}


async def _waiting_twin(db: AsyncSession, texts: Sequence[Addressed], *, listing_id: int, by: Officer) -> Batch | None:
    """The batch that this officer made of exactly these texts already, still waiting for approval."""
    return await db.scalar(select(Batch).where(
        Batch.listing_id == listing_id, Batch.author_id == by.id, Batch.state == State.AWAITING_APPROVAL,
        Batch.digest == batches.digest_of((one.phone, one.body) for one in texts)).limit(1))


async def _just_made(db: AsyncSession, *, listing_id: int, by: Officer) -> Batch | None:
    """The batch that this officer made for the listing within the last minute: a button was pressed twice."""
    return await db.scalar(select(Batch).where(
        Batch.listing_id == listing_id, Batch.author_id == by.id, Batch.created_at > clock.now() - timedelta(minutes=1),
        Batch.state.not_in((State.STOPPED, State.REFUSED))).order_by(Batch.id.desc()).limit(1))


async def _plan(db: AsyncSession, job: Job, by: Officer, limit: int | None) -> _Plan:
    require(by, May.PUSH)
    left = await _must_be_pushable(db, job)
    leaves = quiet.opening(settings_of(db).quiet_hours, clock.now())
    within = _within(job, by)
    rows = await matching.suited(db, job, within, leaves)
    left_out = await matching.count_left_out(db, job, within, leaves)
    with words.leaving(leaves):
        bodies = {chosen: _wordings(db, job, left, chosen) for chosen in i18n.LANGUAGES}
    long, short = bodies[i18n.DEFAULT]
    if _over(short) > 0:
        raise Refused(_("The text is {over} characters too long for one segment. Please shorten title or place."),
                      over=_over(short), field="title")
    texts = [_addressed(db, job, within, list(people), bodies) for _phone, people in
             groupby(rows, key=lambda row: row.phone)]
    if limit is not None and len(texts) > limit:
        left_out["over_the_given_number"] = sum(len(one.addressed) for one in texts[limit:])
        texts = texts[:limit]
    return _Plan(texts, left_out, short if _over(long) > 0 else long, {row.id: row.name for row in rows})


async def _must_be_pushable(db: AsyncSession, job: Job) -> int:
    """The places left. Raises Refused for a job that nobody may be told of."""
    if not job.employer.verified:
        raise Refused(_("This employer's papers have not been checked yet. Only a verified employer's job can be "
                        "pushed."))
    if not job.open:
        raise Refused(_("Number {number} is closed."), number=job.number)
    leaves = quiet.opening(settings_of(db).quiet_hours, clock.now())
    if job.started(leaves):
        raise Refused(_("Number {number} begins before a text may leave."), number=job.number)
    left = (await signups.counts(db, [job.id]))[job.id].left(job.places)
    if not left:
        raise Refused(_("Number {number} is full."), number=job.number)
    return left


def _within(job: Job, by: Officer) -> Area:
    """Where people are told: in the job's area, as far as it is the officer's."""
    if by.area.contains(job.area):
        return job.area
    if job.area.contains(by.area):
        return by.area
    raise Refused(_("This job is outside your area."))


def _wordings(db: AsyncSession, job: Job, left: int, language: str) -> tuple[str, str]:
    """The text as it goes out, signature included, and a shorter one for where that does not fit."""
    with i18n.speaking(language):
        long, short = (words.text(name, job=job, pay=jobs.pay(job), left=left)
                       for name in ("push.txt", "push_short.txt"))
    signature = settings_of(db).sms_signature
    return outbox.sign(long, signature), outbox.sign(short, signature)


def _over(body: str) -> int:
    return length.utf16(body) - 70


def _addressed(db: AsyncSession, job: Job, within: Area, people: Sequence[Any],
               bodies: dict[str, tuple[str, str]]) -> Addressed:
    """One text for the phone; when several people use it, the names of those whom it suits stand inside."""
    named = [person.name for person in people] if any(person.shared for person in people) else []
    body = _fitting(bodies[people[0].language], named, settings_of(db).sms_signature)
    reasons = {person.id: [f"area:{within.name}", f"wish:{job.trade}" if person.wishes else "open",
                           *([f"skill:{job.skill}"] if job.skill else []), "free", "consent"] for person in people}
    return Addressed(people[0].phone, body, tuple(person.id for person in people), reasons)


def _fitting(wordings: tuple[str, str], names: list[str], signature: str) -> str:
    """The wording that fits into one segment with as many of the names as can be; at least the first name, and the
    short wording, where nothing does."""
    start = len(outbox.sign("", signature))
    for shown in range(len(names), min(len(names), 1) - 1, -1):
        rest = f"等{len(names)}人" if shown < len(names) else ""
        before = f"{'、'.join(names[:shown])}{rest}:" if names else ""
        for wording in wordings:
            body = f"{wording[:start]}{before}{wording[start:]}"
            if length.measure(body).segments == 1:
                return body
    return body


def _examples(plan: _Plan) -> list[Example]:
    """The longest text, one to a shared phone where there is one, and the first ones."""
    longest = sorted(plan.texts, key=lambda one: -length.utf16(one.body))[:1]
    shared = [one for one in plan.texts if len(one.addressed) > 1][:1]
    chosen = {one.phone: one for one in [*longest, *shared, *plan.texts[:EXAMPLES]]}
    return [Example(name="、".join(mask_name(plan.names[i]) for i in one.addressed), phone=phones.mask(one.phone),
                    text=one.body, why=[explain(code) for code in one.why[one.addressed[0]]])
            for one in list(chosen.values())[:EXAMPLES]]
