"""Call tasks: whom a person must telephone, and why."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Exists, ForeignKey, Index, String, Text, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock, phones
from app.db import Id, Table, only, take_turn
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area, Level
from app.residents.residents import Resident
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class Why(StrEnum):
    ASKED = "asked"                    # "call me"
    NOT_UNDERSTOOD = "not_understood"
    UNKNOWN_PHONE = "unknown_phone"    # wants a place, is not in the registry
    CHANGED = "changed"                # has a place that changed or was called off, cannot be texted
    PROMOTED = "promoted"              # moved up from the waiting list, cannot be texted
    REMINDER = "reminder"              # has a place tomorrow, cannot be texted
    QUESTION = "question"
    FAILED_TEXT = "failed_text"        # a text about a place did not arrive
    TROUBLE = "trouble"                # our own mistake while answering
    URGENT = "urgent"                  # somebody is in danger
    COMPLAINT = "complaint"
    WRONG_PERSON = "wrong_person"      # the phone is somebody else's
    TOLD = "told"                      # something that staff should know
    CAMPAIGN = "campaign"              # a bulk text did not reach them, or they did not answer it
    CORRECTION = "correction"          # says that the registry has something wrong
    DELETION = "deletion"              # wants to be deleted
    PASSED_ON = "passed_on"            # somebody at the desk read a text and wants it followed up by telephone


class Call(Table):
    """`area_id` is the building, so that its head sees it; `said` is what the person wrote, newest last, or what they
    are to be told of the bulk text `batch_id`. What the law gives a time for has a last day, `due_on`."""

    __tablename__ = "call"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"))
    phone: Mapped[str] = mapped_column(String(20), default="")
    why: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text, default="")
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"))
    batch_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    result: Mapped[str] = mapped_column(String(200), default="")

    area: Mapped[Area | None] = relationship(lazy="raise_on_sql")
    resident: Mapped[Resident | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index("ix_call_open", "area_id", "id",
              **only("done_at IS NULL")),
        Index(None, "phone", "id"),
        Index("ix_call_batch_id", "batch_id", "resident_id", **only("batch_id IS NOT NULL")),
    )


async def ask(db: AsyncSession, why: Why, *, phone: str = "", resident: Resident | None = None,
              area_id: int | None = None, said: str = "", listing_id: int | None = None,
              due_on: date | None = None) -> Call:
    """Somebody must be telephoned. An open task of the same phone, reason and listing takes the new words in."""
    area_id = resident.area_id if resident else area_id
    number = phone or (resident.phone if resident and resident.phone else "")
    same = (Call.resident_id == resident.id) if resident else (Call.resident_id.is_(None) & (Call.phone == number))
    found = await db.scalar(select(Call).where(same, Call.why == why, Call.listing_id == listing_id if listing_id
                                               else Call.listing_id.is_(None), Call.done_at.is_(None)).limit(1))
    if found is not None:
        found.said = "\n".join(part for part in (found.said, said) if part)[-2000:]
        return found
    call = Call(area_id=area_id, resident_id=resident.id if resident else None, phone=number, why=why,
                said=said[:2000], listing_id=listing_id, due_on=due_on)
    db.add(call)
    await db.flush()
    return call


async def ask_once(db: AsyncSession, why: Why, *, said: str, phone: str = "", resident: Resident | None = None,
                   area_id: int | None = None, due_on: date | None = None) -> Call:
    """The same for what somebody presses: pressed twice, at the same moment too, it is one task that says it once."""
    await take_turn(db, "help")
    call = await ask(db, why, phone=phone, resident=resident, area_id=area_id, due_on=due_on)
    if said not in call.said.splitlines():
        call.said = "\n".join(part for part in (call.said, said) if part)[-2000:]
        await db.flush()
    return call


async def open_phone(db: AsyncSession, call: Call, *, by: Officer) -> str:
    """The whole number of a task, for an officer who asked to see it; asking is audited."""
    require(by, May.CALL)
    audit.record(db, "open_phone", call, by=by)
    return phones.national(call.phone)


async def done(db: AsyncSession, call: Call, *, result: str, by: Officer) -> None:
    """Somebody telephoned; what came of it stays with the task. Raises Refused when somebody else noted it before."""
    require(by, May.CALL)
    await db.refresh(call, ["done_at", "result"], with_for_update=True)
    if call.done_at is not None:
        raise Refused(_("This call was noted as done already: {result}"), result=call.result or "-")
    call.done_at, call.done_by_id, call.result = clock.now(), by.id, result.strip()[:200]
    audit.record(db, "call_done", call, by=by)


def working_days_on(day: date, count: int) -> date:
    """The day so many working days later. Public holidays are not known, so it is rather too early than too late."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def waits(why: Why, phone: Any) -> Exists:
    """The condition, for queries over many people: such a task of the number in that column is not done yet."""
    return exists().where(Call.phone == phone, Call.why == why, Call.done_at.is_(None))


async def anywhere(db: AsyncSession) -> int | None:
    """Where a call about a phone of which nothing is known belongs: the only community. None where there are several:
    whoever keeps a registry sees the tasks of no area."""
    communities = list(await db.scalars(select(Area.id).where(Area.level == Level.COMMUNITY).limit(2)))
    return communities[0] if len(communities) == 1 else None
