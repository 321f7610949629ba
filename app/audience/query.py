"""A filter as one SQL select over residents: sets joined to sets, the same on both engines, whatever the number."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, String, cast, exists, false, literal, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience.filters import Answered, Filter, Outcome, Phone, Signed
from app.db import aside
from app.dialects import spelled
from app.listings.listings import Listing
from app.listings.listings import State as ListingState
from app.listings.signups import HOLDS, Signup
from app.org.areas import Area, Level, inside
from app.residents import residents
from app.residents.hardship import Hardship
from app.residents.residents import Resident, ResidentWord, WordKind
from app.sms.arrivals import Inbound
from app.sms.arrivals import State as Arrival
from app.sms.batches import Batch, Reason, Recipient
from app.sms.consent import JOBS
from app.sms.limits import Covers, every
from app.sms.outbox import Message, Status
from app.sms.replies import Reply

# The numbers of a JSON list, as rows: one bound value, however long the list is.
_ids = spelled("ids", sqlite="(SELECT value FROM json_each({0}))",
               postgresql="(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({0} AS JSON)))")
ANSWER_DAYS = 7  # what people write later is about other things
T = TypeVar("T")
_REACHED = (Status.ACCEPTED, Status.DELIVERED, Status.UNKNOWN)
_OUTCOMES: dict[str, tuple[Status, ...]] = {
    Outcome.REACHED: (Status.ACCEPTED, Status.DELIVERED), Outcome.FAILED: (Status.FAILED,),
    Outcome.CORRECTED: (Status.FAILED,), Outcome.UNKNOWN: (Status.UNKNOWN,)}


@dataclass(frozen=True)
class Audience:
    """A filter, the officer's area that bounds it, and the rows that it names as far as they lie inside that area: what
    lies elsewhere does not exist. `about` is the purpose of consent that a text to them needs."""

    filter: Filter
    within: Area
    nodes: tuple[Area, ...] = ()
    batch: Batch | None = None
    listing: Listing | None = None
    about: str = JOBS


async def audience(db: AsyncSession, chosen: Filter, within: Area, about: str = JOBS) -> Audience:
    """The filter for an officer of that area."""
    nodes = await db.scalars(select(Area).where(inside(within), Area.id.in_(chosen.areas)).order_by(Area.id)
                             ) if chosen.areas else ()
    return Audience(chosen, within, tuple(nodes), await _one(db, Batch, chosen.batch_id, within),
                    await _one(db, Listing, chosen.listing_id, within), about)


def matching(whom: Audience, *columns: Any, covers: Covers = every) -> Select[Any]:
    """The columns of everybody who lives inside the officer's area and matches, as far as their phones are covered."""
    person, home = (Resident.id, Resident.area_id) if covers is every else (aside(Resident.id), aside(Resident.area_id))
    found = select(*columns).select_from(Resident).where(
        Resident.left_at.is_(None), _lives(whom, home), *_who(whom, person), *_history(whom, person),
        covers(Resident.phone))
    if whom.filter.untold_since is None:
        return found
    # A set: nobody is looked up. The cast does nothing, but without it SQLite would read every text there ever was, in
    # the order of an index in which each phone's stand together.
    told = (_told(whom.filter.untold_since).where(covers(Message.phone))
            .with_only_columns(cast(Message.phone, Message.phone.type).label("phone")).distinct().subquery())
    return found.outerjoin(told, told.c.phone == Resident.phone).where(told.c.phone.is_(None))


def _who(whom: Audience, person: Any) -> list[ColumnElement[bool]]:
    """What the register knows of the person."""
    chosen, today = whom.filter, clock.today()
    found: list[ColumnElement[bool]] = []
    if chosen.age_from is not None:
        found.append(Resident.born_on <= residents.born_until(today, chosen.age_from))
    if chosen.age_to is not None:
        found.append(Resident.born_on > residents.born_until(today, chosen.age_to + 1))
    if chosen.sex:
        found.append(Resident.sex == chosen.sex)
    if chosen.work:
        found.append(Resident.work_status.in_(chosen.work))
    for kind, words in ((WordKind.SKILL, chosen.skills), (WordKind.WISH, chosen.wishes)):
        if words:
            found.append(person.in_(select(ResidentWord.resident_id).where(
                ResidentWord.kind == kind, ResidentWord.word.in_(words))))
    if chosen.hardship:
        found.append(person.in_(select(Hardship.resident_id).where(
            Hardship.code.in_(chosen.hardship), or_(Hardship.until.is_(None), Hardship.until >= today))))
    if chosen.phone:
        found.append(Resident.phone.is_not(None) if chosen.phone == Phone.YES else Resident.phone.is_(None))
    if chosen.people is not None:
        found.append(person.op("IN", is_comparison=True)(_ids(literal(json.dumps(chosen.people), String()))))
    return found


def _history(whom: Audience, person: Any) -> list[ColumnElement[bool]]:
    """What came to pass between the station and the person."""
    chosen = whom.filter
    found: list[ColumnElement[bool]] = []
    if whom.batch is not None:
        found += _of_batch(chosen, whom.batch, person)
    elif chosen.batch_id is not None:
        found.append(false())  # nobody was told by what is not there
    if chosen.signed:
        held = _held(whom)
        found.append(held if chosen.signed == Signed.YES else ~held)
    if chosen.told_since is not None:
        found.append(Resident.phone.in_(_told(chosen.told_since)))
    return found


def _of_batch(chosen: Filter, batch: Batch, person: Any) -> list[ColumnElement[bool]]:
    """Whom the batch told, what became of its text, and what they answered."""
    told = select(Reason.resident_id).where(Reason.batch_id == batch.id)
    if chosen.answered:
        answered = or_(_wrote(batch.leaves_at or batch.created_at), Reason.resident_id.in_(
            select(Reply.resident_id).where(Reply.batch_id == batch.id)))
        told = told.where(answered if chosen.answered == Answered.YES else ~answered)
    if chosen.outcome:
        told = told.where(Reason.phone.in_(_with_outcome(batch.id, chosen.outcome)))
    found: list[ColumnElement[bool]] = [person.in_(told)]
    if chosen.outcome == Outcome.CORRECTED:
        found.append(exists().where(Reason.batch_id == batch.id, Reason.resident_id == person,
                                    Reason.phone != Resident.phone))
    if chosen.choices:
        found.append(person.in_(select(Reply.resident_id).where(
            Reply.batch_id == batch.id, Reply.choice.in_(chosen.choices))))
    return found


def _with_outcome(batch_id: int, outcome: str) -> Select[str]:
    """The phones of which that came of the batch's text."""
    mine = Message.batch_id == batch_id
    if outcome == Outcome.KEPT_BACK:  # also what was never written into the outbox
        left = select(Message.phone).where(mine, or_(Message.status != Status.WITHDRAWN,
                                                     Message.reason != "batch_stopped"))
        return select(Recipient.phone).where(Recipient.batch_id == batch_id, Recipient.phone.not_in(left))
    return select(Message.phone).where(mine, Message.status.in_(_OUTCOMES[outcome]))


def _lives(whom: Audience, home: Any) -> ColumnElement[bool]:
    """Inside the officer's area, and inside any of the named ones: one that lies elsewhere adds nobody."""
    homes = select(Area.id).where(inside(whom.within))
    if whom.filter.areas:
        buildings = [node.id for node in whom.nodes if node.level == Level.BUILDING]  # nothing lies below them
        wider = [inside(node) for node in whom.nodes if node.level != Level.BUILDING]
        homes = homes.where(or_(Area.id.in_(buildings), *wider))
    lives: ColumnElement[bool] = home.in_(homes)
    return lives


def _wrote(told_at: datetime) -> ColumnElement[bool]:
    """The person whom the batch told wrote from that phone within a week, or somebody did who cannot be told apart."""
    return exists().where(
        Inbound.phone == Reason.phone, Inbound.received_at >= told_at,
        Inbound.received_at < told_at + timedelta(days=ANSWER_DAYS), Inbound.state != Arrival.DUPLICATE,
        or_(Inbound.resident_id == Reason.resident_id, Inbound.resident_id.is_(None)))


def _held(whom: Audience) -> ColumnElement[bool]:
    """The person holds or awaits a place: on that listing, or on anything that is not over."""
    held = exists().where(Signup.resident_id == Resident.id, Signup.place.in_(HOLDS))
    if whom.listing is not None:
        return held.where(Signup.listing_id == whom.listing.id)
    if whom.filter.listing_id is not None:
        return false()
    return held.where(Listing.id == Signup.listing_id, Listing.state != ListingState.CALLED_OFF,
                      Listing.ends_at > clock.now())


def _told(day: date) -> Select[str]:
    """The phones that a bulk text reached on that day or later."""
    return select(Message.phone).where(Message.purpose == literal_column("'push'"), Message.status.in_(_REACHED),
                                       Message.sent_at >= clock.at(day, time.min))


async def _one(db: AsyncSession, table: type[T], row_id: int | None, within: Area) -> T | None:
    """The row of that id inside the area, if there is one."""
    where: Any = table
    if row_id is None:
        return None
    return await db.scalar(select(table).join(Area, where.area_id == Area.id).where(inside(within),
                                                                                    where.id == row_id))
