"""What people wrote lately: who (masked), in which words, and what was understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, phones
from app.org.areas import Area, inside
from app.residents.residents import Resident
from app.sms.arrivals import Inbound, State
from app.sms.batches import Batch, Recipient
from app.staff.accounts import Officer

SHOWN = 30


@dataclass(frozen=True)
class Answer:
    at: datetime
    who: str
    text: str
    intent: str
    pending: bool


def today(officer: Officer) -> Select[Inbound]:
    """The texts of today in the officer's area: where the writer lives, or, of a phone that nobody knows, where it
    was understood to belong."""
    return _theirs(officer).where(Inbound.received_at >= clock.at(clock.today(), time.min))


def to_batch(batch: Batch, officer: Officer, *, until: datetime) -> Select[Inbound]:
    """What came since, up to that moment, from the phones in the officer's area that the batch went to. What these
    phones write later is about other things."""
    told = exists().where(Recipient.batch_id == batch.id, Recipient.phone == Inbound.phone)
    return _theirs(officer).where(Inbound.received_at >= batch.created_at, Inbound.received_at < until, told)


async def newest(db: AsyncSession, chosen: Select[Inbound], *, most: int = SHOWN) -> list[Answer]:
    """The latest of them to read; not those in which somebody says when they were born, which is for the register."""
    chosen = chosen.where(Inbound.intent.not_like("%PROFILE%"))
    rows = list(await db.scalars(chosen.order_by(Inbound.id.desc()).limit(most)))
    names = await _names(db, rows)
    return [Answer(row.received_at, names.get(row.resident_id or 0) or phones.mask(row.phone), row.text, row.intent,
                   row.state == State.STORED) for row in rows]


async def count(db: AsyncSession, chosen: Select[Inbound]) -> int:
    return await db.scalar(chosen.with_only_columns(func.count(Inbound.id))) or 0


async def by_intent(db: AsyncSession, chosen: Select[Inbound]) -> dict[str, int]:
    rows = await db.execute(chosen.with_only_columns(Inbound.intent, func.count(Inbound.id)).group_by(Inbound.intent))
    return {row[0]: row[1] for row in rows}


def _theirs(officer: Officer) -> Select[Inbound]:
    home = func.coalesce(Resident.area_id, Inbound.area_id)
    return (select(Inbound).outerjoin(Resident, Resident.id == Inbound.resident_id).join(Area, Area.id == home)
            .where(Inbound.state != State.DUPLICATE, inside(officer.area)))


async def _names(db: AsyncSession, rows: Sequence[Inbound]) -> dict[int, str]:
    people = await db.scalars(select(Resident).where(Resident.id.in_({row.resident_id for row in rows})))
    return {person.id: person.masked_name for person in people}
