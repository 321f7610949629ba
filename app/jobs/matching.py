"""Whom a job suits, and why not the others: one condition after the other, as one SQL expression."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app import clock
from app.calls import calls
from app.calls.calls import Why
from app.jobs.jobs import Job
from app.listings.listings import Listing, State
from app.listings.signups import HOLDS, Place, Signup
from app.org.areas import Area, inside
from app.residents import residents
from app.residents.residents import NOT_LOOKING, Resident, ResidentWord, WordKind
from app.sms import batches, consent
from app.sms.consent import Word

ANY_WORK = "零工"  # whoever wishes for odd jobs wishes for each of them


def left_out(job: Job, leaves: datetime) -> ColumnElement[str | None]:
    """Why a resident is not told of the job by a text that leaves then, as a word; NULL for whom it suits. The first
    reason counts."""
    return case(
        (Resident.born_on.is_(None), "no_birth_date"),
        (Resident.born_on > _born_until(job), "too_young"),
        (Resident.phone.is_(None), "no_phone"),
        (Resident.wrong_phone_at.is_not(None), "wrong_phone"),
        (consent.said(Word.STOPPED, Resident.phone), "stopped"),
        (~consent.said(Word.AGREED, Resident.phone), "no_consent"),
        (calls.waits(Why.COMPLAINT, Resident.phone), "complaint"),
        (Resident.work_status.in_(sorted(NOT_LOOKING)), "not_looking"),
        (and_(_has(WordKind.WISH), ~_has(WordKind.WISH, [job.trade, ANY_WORK])), "wish"),
        (and_(literal(bool(job.skill)), ~_has(WordKind.SKILL, [job.skill])), "skill"),
        (and_(literal(bool(job.demands)), _has(WordKind.LIMIT, job.demands)), "limits"),
        (_signed_up(job), "signed_up"),
        (_busy(job), "busy"),
        (_told(job), "told_already"),
        (batches.over_limit(Resident.phone, leaves), "daily_limit"),
        else_=null())


async def count_left_out(db: AsyncSession, job: Job, within: Area, leaves: datetime) -> dict[str, int]:
    """People inside the area whom the job does not suit, by reason."""
    why = left_out(job, leaves).label("why")
    each = _inside(within, why).subquery()
    rows = await db.execute(select(each.c.why, func.count()).where(each.c.why.is_not(None)).group_by(each.c.why)
                            .order_by(each.c.why))
    return dict(rows.all())


async def suited(db: AsyncSession, job: Job, within: Area, leaves: datetime) -> list[Any]:
    """Rows (id, phone, name, language, shared, wishes) of the people whom the job suits; those of one phone beside
    each other. `shared`: others of the registry use this phone, too; `wishes`: they named this trade."""
    other = aliased(Resident)
    shared = exists().where(other.phone == Resident.phone, other.id != Resident.id, other.left_at.is_(None))
    first = func.min(Resident.id).over(partition_by=Resident.phone)
    found = _inside(within, Resident.id, Resident.phone, Resident.name, Resident.language, shared.label("shared"),
                    _has(WordKind.WISH, [job.trade]).label("wishes")).where(left_out(job, leaves).is_(None))
    return list(await db.execute(found.order_by(first, Resident.id)))


def still_suits(phone: Any, job: Job) -> ColumnElement[bool]:
    """The condition: somebody who uses the phone in that column lives here, can still be told, and has not signed up
    or taken another place since."""
    return exists().where(Resident.phone == phone, Resident.left_at.is_(None), Resident.wrong_phone_at.is_(None),
                          ~calls.waits(Why.COMPLAINT, phone), ~_signed_up(job), ~_busy(job))


def _inside(within: Area, *columns: Any) -> Select[Any]:
    return (select(*columns).select_from(Resident).join(Area, Area.id == Resident.area_id)
            .where(inside(within), Resident.left_at.is_(None)))


def _born_until(job: Job) -> date:
    """The last birth date of somebody who is old enough on the day of the job."""
    return residents.born_until(clock.local(job.starts_at).date(), job.min_age)


def _has(kind: WordKind, words: list[str] | None = None) -> ColumnElement[bool]:
    word = exists().where(ResidentWord.resident_id == Resident.id, ResidentWord.kind == kind)
    return word if words is None else word.where(ResidentWord.word.in_(words))


def _signed_up(job: Job) -> ColumnElement[bool]:
    return exists().where(Signup.listing_id == job.id, Signup.resident_id == Resident.id, Signup.place.in_(HOLDS))


def _busy(job: Job) -> ColumnElement[bool]:
    return exists().where(
        Signup.resident_id == Resident.id, Signup.place == Place.TAKEN, Signup.listing_id == Listing.id,
        Listing.state != State.CALLED_OFF, Listing.starts_at < job.ends_at, Listing.ends_at > job.starts_at)


def _told(job: Job) -> ColumnElement[bool]:
    """A push of this job is on its way to the phone, or was; one that only waits for approval tells nobody."""
    return batches.told(Resident.phone, job.id)
