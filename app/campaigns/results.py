"""What came of a campaign: by building, by answer, and person by person. Whoever has moved out of the officer's area
since is counted and shown to the station where they live now."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Call
from app.listings.signups import HOLDS, Signup
from app.org.areas import Area, inside
from app.residents.residents import Resident, mask_name
from app.sms.batches import Batch, Reason
from app.sms.outbox import Message, Status
from app.sms.replies import Reply
from app.staff.accounts import Officer

SHOWN = 50
UNWRITTEN = "unwritten"  # the state of whoever's text is not in the outbox yet
_AWAY = 0  # instead of an area
_STATE: ColumnElement[str] = func.coalesce(Message.status, UNWRITTEN)
_THEIRS = and_(Message.batch_id == Reason.batch_id, Message.phone == Reason.phone)


class Called(StrEnum):
    """Whether somebody has telephoned."""

    OPEN = "open"
    DONE = "done"


@dataclass
class Row:
    """One building, or all of them together; people, not texts: two who share a phone are two. `states` are those of
    `outbox.Status`; `answers` counts each numbered answer; `signed` hold or await a place on the listing. The row
    without a name is everybody who moved away."""

    name: str = ""
    area_id: int = _AWAY
    states: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    signed: int = 0

    @property
    def away(self) -> bool:
        return self.area_id == _AWAY

    @property
    def people(self) -> int:
        return self.states.total()

    @property
    def answered(self) -> int:
        return self.answers.total()

    @property
    def arrived(self) -> int:
        return self.states[Status.DELIVERED]


@dataclass(frozen=True)
class Person:
    """One recipient: `state` and `reason` of the text, the numbered answer and whether staff noted it, the place on
    the listing, and the call task for it; `said` is what was written down when it was done."""

    resident_id: int
    name: str
    area: str
    phone: str
    state: str
    reason: str
    handed_over: datetime | None
    ended: datetime | None
    choice: int | None
    noted: bool
    answered_at: datetime | None
    place: str
    call: Called | None
    said: str

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)


@dataclass(frozen=True)
class Which:
    """Whom a list of people shows: in one state, with one answer (0: none), of one building. Empty parts mean all."""

    state: str = ""
    choice: int | None = None
    area_id: int | None = None


async def by_building(db: AsyncSession, batch: Batch, officer: Officer) -> list[Row]:
    """A row for every building with recipients, in the order of the registry's tree, and at the end one for all who
    moved away."""
    rows: defaultdict[int, Row] = defaultdict(Row)
    for area_id, state, people in await db.execute(
            select(Resident.area_id, _STATE, func.count()).select_from(Reason)
            .join(Resident, Resident.id == Reason.resident_id).outerjoin(Message, _THEIRS)
            .where(Reason.batch_id == batch.id).group_by(Resident.area_id, _STATE)):
        rows[area_id].states[state] += people
    for area_id, choice, people in await db.execute(
            select(Resident.area_id, Reply.choice, func.count()).join(Resident, Resident.id == Reply.resident_id)
            .where(Reply.batch_id == batch.id).group_by(Resident.area_id, Reply.choice)):
        rows[area_id].answers[choice] += people
    if batch.listing_id is not None:
        for area_id, people in await db.execute(
                select(Resident.area_id, func.count()).select_from(Reason)
                .join(Resident, Resident.id == Reason.resident_id).join(Signup, _signed(batch))
                .where(Reason.batch_id == batch.id).group_by(Resident.area_id)):
            rows[area_id].signed += people
    near = list(await db.scalars(select(Area).where(Area.id.in_(rows), inside(officer.area)).order_by(Area.id)))
    for area in near:
        rows[area.id].name, rows[area.id].area_id = area.name, area.id
    away = together(row for row in rows.values() if row.away)
    return [*(rows[area.id] for area in near), *([away] if away.people else [])]


def together(rows: Iterable[Row]) -> Row:
    """These as one row."""
    whole = Row()
    for row in rows:
        whole.states.update(row.states)
        whole.answers.update(row.answers)
        whole.signed += row.signed
    return whole


async def answers(db: AsyncSession, batch: Batch) -> Counter[int]:
    """How many people gave each numbered answer."""
    rows = await db.execute(select(Reply.choice, func.count()).where(Reply.batch_id == batch.id)
                            .group_by(Reply.choice))
    return Counter(dict(rows.all()))


async def signed(db: AsyncSession, batch: Batch) -> int:
    """How many of its people hold or await a place on its listing."""
    if batch.listing_id is None:
        return 0
    return await db.scalar(select(func.count()).select_from(Reason).join(Signup, _signed(batch)).where(
        Reason.batch_id == batch.id)) or 0


async def people(db: AsyncSession, batch: Batch, which: Which, officer: Officer, *, after: int = 0,
                 most: int = SHOWN) -> list[Person]:
    """So many of them with their state, in the order of the registry, after that resident's id."""
    chosen = (_with_states(batch, officer).where(Reason.resident_id > after, *_of(which))
              .order_by(Reason.resident_id).limit(most))
    return [_person(row) for row in await db.execute(chosen)]


async def one(db: AsyncSession, batch: Batch, resident_id: int, officer: Officer) -> Person | None:
    """One of its people, if it meant them and the officer may see them."""
    row = (await db.execute(_with_states(batch, officer).where(Reason.resident_id == resident_id))).one_or_none()
    return None if row is None else _person(row)


async def count(db: AsyncSession, batch: Batch, which: Which, officer: Officer) -> int:
    chosen = _with_states(batch, officer).where(*_of(which)).with_only_columns(func.count(Reason.resident_id))
    return await db.scalar(chosen) or 0


def _with_states(batch: Batch, officer: Officer) -> Select[*tuple[Any, ...]]:
    """Everybody of the officer's area whom the batch means, beside their text, answer, place and call."""
    called = (select(func.max(Call.id)).where(Call.batch_id == batch.id, Call.resident_id == Reason.resident_id)
              .correlate(Reason).scalar_subquery())
    return (select(Reason.resident_id, Resident.name, Area.name.label("area"), Reason.phone, _STATE.label("state"),
                   func.coalesce(Message.reason, "").label("reason"), Message.sent_at, Message.ended_at, Reply.choice,
                   Reply.officer_id, Reply.at, Signup.place, Call.id.label("call_id"), Call.done_at, Call.result)
            .select_from(Reason).join(Resident, Resident.id == Reason.resident_id)
            .join(Area, Area.id == Resident.area_id).outerjoin(Message, _THEIRS)
            .outerjoin(Reply, and_(Reply.batch_id == batch.id, Reply.resident_id == Reason.resident_id))
            .outerjoin(Signup, _signed(batch)).outerjoin(Call, Call.id == called)
            .where(Reason.batch_id == batch.id, inside(officer.area)))


def _signed(batch: Batch) -> ColumnElement[bool]:
    return and_(Signup.listing_id == batch.listing_id, Signup.resident_id == Reason.resident_id,
                Signup.place.in_(HOLDS))


def _of(which: Which) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.state:
        found.append(_STATE.in_([which.state]))
    if which.choice is not None:
        found.append(Reply.choice == which.choice if which.choice else Reply.choice.is_(None))
    if which.area_id is not None:
        found.append(Resident.area_id == which.area_id)
    return found


def _person(row: Any) -> Person:
    call = None if row.call_id is None else Called.OPEN if row.done_at is None else Called.DONE
    return Person(row.resident_id, row.name, row.area, row.phone, row.state, row.reason, row.sent_at, row.ended_at,
                  row.choice, row.officer_id is not None, row.at, row.place or "", call, row.result or "")
