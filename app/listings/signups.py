"""Sign-ups: who has a place, who waits, who took it back. The one way to a place, for pages and texts alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from app import clock
from app.calls import telling
from app.calls.calls import Why
from app.db import Id, Table, only, settings_of
from app.errors import Refused
from app.i18n import _
from app.listings import listings
from app.listings.listings import Listing, State
from app.residents import residents
from app.residents.residents import Resident
from app.sms import outbox, quiet
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class Via(StrEnum):
    TEXT = "text"
    PAGE = "page"
    STAFF = "staff"


class Place(StrEnum):
    TAKEN = "taken"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


HOLDS = (Place.TAKEN, Place.WAITING)


class Signup(Table):
    """The order of ids is the order of the waiting list."""

    __tablename__ = "signup"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    place: Mapped[str] = mapped_column(String(10))
    via: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    reminded_at: Mapped[datetime | None]

    turn = 0  # the place in the waiting list, where `sign_up` has just given one

    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")
    resident: Mapped[Resident] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index("uq_signup_held", "listing_id", "resident_id", unique=True,
              **only("place IN ('taken', 'waiting')")),
        Index(None, "listing_id", "place", "id"),
        Index(None, "resident_id", "place"),
    )


class SignupChange(Table):
    """Every state a sign-up came into: when, through which door, by whom among the staff."""

    __tablename__ = "signup_change"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    signup_id: Mapped[int] = mapped_column(ForeignKey("signup.id"), index=True)
    place: Mapped[str] = mapped_column(String(10))
    via: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class NeedsBirthDate(Refused):
    """Nobody is assumed to be of age: the person is asked first, and then the sign-up is done again."""


@dataclass(frozen=True)
class Counts:
    """How many have a place on a listing, and how many wait; `ready` of these could take one, as far as that had to
    be found out: the others have taken another place at that time."""

    taken: int = 0
    waiting: int = 0
    ready: int = 0

    def left(self, places: int) -> int:
        """Places that somebody could still get: none while anybody waits who could take one."""
        return 0 if self.ready else max(0, places - self.taken)


async def sign_up(db: AsyncSession, listing: Listing, resident: Resident, *, via: Via,
                  by: Officer | None = None, tell: bool = True) -> Signup:
    """Give a place, or the next place on the waiting list.

    Raises Refused when the listing takes nobody any more, or not this person; NeedsBirthDate when the age is not
    known. Sign-ups by staff are audited and told to the person by text, unless the caller tells it.
    """
    if by is not None:
        require(by, May.SIGN_UP)
    listing = await listings.locked(db, listing)
    await residents.hold(db, [resident.id])
    _must_be_open(listing)
    _must_be_of_age(listing, resident)
    await _must_be_free(db, listing, resident)
    count = (await counts(db, [listing.id]))[listing.id]
    left = count.left(listing.places)
    signup = Signup(listing=listing, resident=resident, via=via, place=Place.TAKEN if left else Place.WAITING)
    signup.turn = 0 if left else count.waiting + 1
    db.add(signup)
    await db.flush()
    _note(db, signup, via=via, by=by)
    if left == 1:
        await outbox.withdraw_listing(db, listing.id, reason="full")
    if by is not None:
        audit.record(db, "sign_up", listing, by=by, resident=resident.id, place=signup.place)
        if tell:
            await confirm(db, signup)
    return signup


async def cancel(db: AsyncSession, signup: Signup, *, via: Via, by: Officer | None = None,
                 tell: bool = True) -> None:
    """Give the place back; the first who waits moves up. Raises Refused once the listing has started. What staff do
    is audited and told to the person, unless the caller tells it."""
    if by is not None:
        require(by, May.SIGN_UP)
    listing = await listings.locked(db, signup.listing)
    await db.refresh(signup, ["place"])
    if signup.place not in HOLDS:
        raise Refused(_("You have no place on {number} any more."), number=listing.number)
    if listing.started(clock.now()):
        raise Refused(_("{number} has started already. Please telephone the station."), number=listing.number)
    had_place = signup.place == Place.TAKEN
    signup.place = Place.CANCELLED
    _note(db, signup, via=via, by=by)
    await db.flush()
    if by is not None:
        audit.record(db, "take_off", listing, by=by, resident=signup.resident_id)
        if tell:
            await telling.tell(db, signup.resident, "taken_off.txt", about=listing, why=Why.CHANGED)
    if had_place:
        await promote(db, listing)


async def promote(db: AsyncSession, listing: Listing) -> int:
    """Give free places to those who wait, in their order, and tell them; returns how many moved up.

    Not after the start, and not in the quiet hours, unless the listing starts before ten: then `due_promotions`
    finds it in the morning. Whoever has taken another place at that time keeps waiting.
    """
    now = clock.now()
    await listings.locked(db, listing)
    if listing.state == State.CALLED_OFF or listing.started(now):
        return 0
    if quiet.news_may_leave(settings_of(db).quiet_hours, now, listing.starts_at) > now:
        return 0
    free = listing.places - (await counts(db, [listing.id]))[listing.id].taken
    moved = 0
    for signup in await _ready(db, listing) if free > 0 else []:
        if moved == free:
            break
        if await clash(db, listing, signup.resident_id) is not None:
            continue  # taken since, in a transaction that ended while we waited for the person's row
        signup.place = Place.TAKEN
        _note(db, signup, via=Via(signup.via), by=None)
        await telling.tell(db, signup.resident, "promoted.txt", about=listing, why=Why.PROMOTED,
                           asks=f"signed:{listing.number}")
        moved += 1
    await db.flush()
    return moved


async def remind_again(db: AsyncSession, listing: Listing) -> None:
    """It is on another day now: the reminder of the evening before is due anew."""
    await db.execute(update(Signup).where(Signup.listing_id == listing.id).values(reminded_at=None)
                     .execution_options(synchronize_session=False))


async def confirm(db: AsyncSession, signup: Signup) -> None:
    """The text to a person who did not see the sign-up happen, because staff or, later, a device did it. Whoever cannot
    be texted was told by them."""
    listing = signup.listing
    if not await telling.may_be_texted(db, signup.resident):
        return
    if signup.place == Place.TAKEN:
        await telling.tell(db, signup.resident, "booked.txt", about=listing, why=Why.CHANGED,
                           asks=f"signed:{listing.number}")
    else:
        await telling.tell(db, signup.resident, "waiting.txt", about=listing, why=Why.CHANGED,
                           asks=f"signed:{listing.number}", position=await position(db, signup))


async def attended(db: AsyncSession, signup: Signup, *, by: Officer) -> None:
    """The person came. Raises Refused before the start."""
    await _mark(db, signup, Place.ATTENDED, by)


async def no_show(db: AsyncSession, signup: Signup, *, by: Officer) -> None:
    """The person had a place and did not come. Raises Refused before the start."""
    await _mark(db, signup, Place.NO_SHOW, by)


async def counts(db: AsyncSession, listing_ids: Sequence[int]) -> dict[int, Counts]:
    """Taken and waiting for each listing asked about."""
    rows = await db.execute(select(Signup.listing_id, Signup.place, func.count())
                            .where(Signup.listing_id.in_(listing_ids),
                                   Signup.place.in_((*HOLDS, Place.ATTENDED, Place.NO_SHOW)))
                            .group_by(Signup.listing_id, Signup.place))
    found: dict[int, dict[str, int]] = {listing_id: {} for listing_id in listing_ids}
    for listing_id, place, count in rows:
        found[listing_id][place] = count
    waiting = {listing_id: by_place.get(Place.WAITING, 0) for listing_id, by_place in found.items()}
    taken = {listing_id: sum(n for place, n in by_place.items() if place != Place.WAITING)
             for listing_id, by_place in found.items()}
    ready = await _count_ready(db, [listing_id for listing_id, count in waiting.items() if count], taken)
    return {listing_id: Counts(taken[listing_id], waiting[listing_id], ready.get(listing_id, waiting[listing_id]))
            for listing_id in found}


async def held(db: AsyncSession, listing: Listing, resident: Resident) -> Signup | None:
    """The person's place or waiting place on it."""
    return await db.scalar(_loaded().where(Signup.listing_id == listing.id, Signup.resident_id == resident.id,
                                           Signup.place.in_(HOLDS)))


async def given_back_since(db: AsyncSession, listing: Listing, resident: Resident, moment: datetime) -> str | None:
    """The door by which a place of the person on it, or in its line, was given back last since that moment, if any."""
    return await db.scalar(
        select(SignupChange.via).join(Signup, Signup.id == SignupChange.signup_id)
        .where(Signup.listing_id == listing.id, Signup.resident_id == resident.id,
               SignupChange.place == Place.CANCELLED, SignupChange.at >= moment)
        .order_by(SignupChange.id.desc()).limit(1))


async def with_ids(db: AsyncSession, ids: Sequence[int]) -> list[Signup]:
    """These sign-ups, in the order of signing up."""
    return list(await db.scalars(_loaded().where(Signup.id.in_(ids)).order_by(Signup.id)))


async def held_by(db: AsyncSession, resident_ids: Sequence[int]) -> list[Signup]:
    """What these people hold or wait for and is not over, soonest first."""
    return list(await db.scalars(
        _loaded().join(Signup.listing).where(Signup.resident_id.in_(resident_ids), Signup.place.in_(HOLDS),
                                             Listing.state != State.CALLED_OFF, Listing.ends_at > clock.now())
        .order_by(Listing.starts_at, Signup.id)))


async def on(db: AsyncSession, listing: Listing) -> list[Signup]:
    """Everybody who ever signed up, in that order."""
    return list(await db.scalars(_loaded().where(Signup.listing_id == listing.id).order_by(Signup.id)))


async def position(db: AsyncSession, signup: Signup) -> int:
    """The person's turn in the waiting list, from 1."""
    return await _position(db, signup.listing_id, signup.id)


async def clash(db: AsyncSession, listing: Listing, resident_id: int) -> Listing | None:
    """Another listing at which the person already has a place at that time."""
    return await db.scalar(
        select(Listing).join(Signup, Signup.listing_id == Listing.id)
        .where(Signup.resident_id == resident_id, Signup.place == Place.TAKEN, Listing.id != listing.id,
               Listing.state != State.CALLED_OFF, Listing.starts_at < listing.ends_at,
               Listing.ends_at > listing.starts_at)
        .limit(1))


async def due_promotions(db: AsyncSession) -> list[Listing]:
    """Listings to come that have both a free place and somebody waiting, such as after a night."""
    # Asked of each listing: few are to come, while sign-ups go back for years.
    taken = select(func.count()).where(Signup.listing_id == Listing.id, Signup.place == Place.TAKEN).scalar_subquery()
    waiting = exists().where(Signup.listing_id == Listing.id, Signup.place == Place.WAITING)
    return list(await db.scalars(
        select(Listing).where(Listing.state != State.CALLED_OFF, Listing.starts_at > clock.now(), waiting,
                              taken < Listing.places).order_by(Listing.id)))


async def _position(db: AsyncSession, listing_id: int, signup_id: int) -> int:
    return await db.scalar(select(func.count()).where(
        Signup.listing_id == listing_id, Signup.place == Place.WAITING, Signup.id <= signup_id)) or 0


def _must_be_open(listing: Listing) -> None:
    if listing.state == State.CALLED_OFF:
        raise Refused(_("Number {number} was called off."), number=listing.number)
    if not listing.open:
        raise Refused(_("Number {number} is closed."), number=listing.number)
    if listing.started(clock.now()):
        raise Refused(_("Number {number} has begun already."), number=listing.number)


def _must_be_of_age(listing: Listing, resident: Resident) -> None:
    if not listing.min_age:
        return  # for everybody: nobody has to say when they were born
    age = resident.age(clock.local(listing.starts_at).date())
    if age is None:
        raise NeedsBirthDate(_("We do not know your birth date yet. Please give it first."), field="born_on")
    if age < listing.min_age:
        raise Refused(_("Number {number} is only for people of {age} years and older."), number=listing.number,
                      age=listing.min_age)


async def _must_be_free(db: AsyncSession, listing: Listing, resident: Resident) -> None:
    """Neither on this listing already, nor with a place at another one at that time."""
    mine = await db.execute(
        select(Signup.id, Signup.place, Signup.listing_id, Listing.number, Listing.title)
        .join(Listing, Listing.id == Signup.listing_id)
        .where(Signup.resident_id == resident.id, Signup.place.in_(HOLDS), Listing.state != State.CALLED_OFF,
               Listing.starts_at < listing.ends_at, Listing.ends_at > listing.starts_at))
    for row in sorted(mine, key=lambda one: one.listing_id != listing.id):
        if row.listing_id == listing.id and row.place == Place.WAITING:
            raise Refused(_("You are on the waiting list of {number}, number {position} in line."),
                          number=row.number, position=await _position(db, listing.id, row.id))
        if row.listing_id == listing.id:
            raise Refused(_("You already have a place on {number}: {title}."), number=row.number, title=row.title)
        if row.place == Place.TAKEN:
            raise Refused(_("At that time you already have a place on {number}: {title}."), number=row.number,
                          title=row.title)


async def _mark(db: AsyncSession, signup: Signup, place: Place, by: Officer) -> None:
    require(by, May.SIGN_UP)
    if not signup.listing.started(clock.now()):
        raise Refused(_("{number} has not started yet."), number=signup.listing.number)
    if signup.place not in (Place.TAKEN, Place.ATTENDED, Place.NO_SHOW):
        raise Refused(_("This person has no place."))
    signup.place = place
    _note(db, signup, via=Via.STAFF, by=by)
    audit.record(db, place, signup.listing, by=by, resident=signup.resident_id)


async def _ready(db: AsyncSession, listing: Listing) -> list[Signup]:
    """Who waits and could take a place, in their order, each held until the transaction ends. People are held in the
    order of their ids everywhere, so that two listings do not wait for each other's."""
    waiting = list(await db.scalars(
        _loaded().join(Resident, Resident.id == Signup.resident_id)
        .where(Signup.listing_id == listing.id, Signup.place == Place.WAITING, ~_elsewhere(), _old_enough(listing))
        .order_by(Signup.id).limit(listing.places)))
    await residents.hold(db, [signup.resident_id for signup in waiting])
    return waiting


async def _count_ready(db: AsyncSession, listing_ids: Sequence[int], taken: dict[int, int]) -> dict[int, int]:
    """How many of those who wait could take a place, for the listings that have one free."""
    if not listing_ids:
        return {}
    rows = await db.execute(select(Listing.id, Listing.places).where(Listing.id.in_(listing_ids)))
    free = [listing_id for listing_id, places in rows if taken[listing_id] < places]
    if not free:
        return {}
    counted = await db.execute(
        select(Signup.listing_id, func.count()).where(Signup.listing_id.in_(free), Signup.place == Place.WAITING,
                                                      ~_elsewhere()).group_by(Signup.listing_id))
    return {**dict.fromkeys(free, 0), **dict(counted.all())}


def _elsewhere() -> ColumnElement[bool]:
    """The condition: the person of that sign-up has a place on another listing at the same time."""
    other, here, there = aliased(Signup), aliased(Listing), aliased(Listing)
    return exists().where(
        other.resident_id == Signup.resident_id, other.place == Place.TAKEN, other.listing_id != Signup.listing_id,
        here.id == Signup.listing_id, there.id == other.listing_id, there.state != State.CALLED_OFF,
        there.starts_at < here.ends_at, there.ends_at > here.starts_at)


def _old_enough(listing: Listing) -> ColumnElement[bool]:
    """The condition on Resident: of the age that the listing asks for on its day, if it asks for any."""
    if not listing.min_age:
        return true()
    return Resident.born_on <= residents.born_until(clock.local(listing.starts_at).date(), listing.min_age)


def _loaded() -> Select[Signup]:
    return select(Signup).options(joinedload(Signup.listing), joinedload(Signup.resident))


def _note(db: AsyncSession, signup: Signup, *, via: Via, by: Officer | None) -> None:
    db.add(SignupChange(signup_id=signup.id, place=signup.place, via=via, officer_id=by.id if by else None))
