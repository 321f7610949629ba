"""Occasions: a fair, a course or a bus is a listing, too; people say yes to it exactly as they do to a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Select, String, Text, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from app import clock, i18n, words
from app.calls import telling
from app.calls.calls import Why
from app.errors import Refused
from app.i18n import _
from app.listings import listings, signups, upkeep
from app.listings.listings import Listing, State
from app.org.areas import Area
from app.sms import length
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class Kind(StrEnum):
    FAIR = "fair"
    COURSE = "course"
    BUS = "bus"


class Occasion(Listing):
    """`place` is where people come or get on; `destination` is where a bus goes; `cost_fen` is what each person pays,
    0 for nothing. What only one kind has gets a table of that kind, below this one."""

    __tablename__ = "occasion"
    id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    destination: Mapped[str] = mapped_column(String(40), default="")
    cost_fen: Mapped[int] = mapped_column(default=0)
    bring: Mapped[str] = mapped_column(String(80), default="")
    details: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(40), default="")

    __mapper_args__ = {"polymorphic_abstract": True}  # noqa: RUF012


class Fair(Occasion):
    __mapper_args__ = {"polymorphic_identity": Kind.FAIR.value}  # noqa: RUF012


class Course(Occasion):
    __mapper_args__ = {"polymorphic_identity": Kind.COURSE.value}  # noqa: RUF012


class Bus(Occasion):
    __mapper_args__ = {"polymorphic_identity": Kind.BUS.value}  # noqa: RUF012


@dataclass(frozen=True)
class Draft:
    """What staff enter; times are aware moments, the cost is in fen. `min_age` 0 is for everybody."""

    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    places: int
    destination: str = ""
    cost_fen: int = 0
    bring: str = ""
    details: str = ""
    contact: str = ""
    min_age: int = 0


async def post(db: AsyncSession, area: Area, kind: Kind, draft: Draft, *, by: Officer) -> Occasion:
    """A new open occasion with the next free number of the community; the button pressed twice gives the same one.
    Raises Refused, naming the field."""
    require(by, May.POST)
    _check(kind, draft, starts_after=clock.now())
    number = await listings.free_number(db, area)
    twin = await _just_posted(db, area, kind, draft, by)
    if twin is not None:
        return twin
    occasion = _CLASSES[kind](area_id=area.id, number=number, created_by_id=by.id, **_columns(draft))
    db.add(occasion)
    await db.flush()
    audit.record(db, "post_occasion", occasion, by=by, number=number, kind=kind)
    return occasion


async def change(db: AsyncSession, occasion: Occasion, draft: Draft, *, by: Officer) -> None:
    """Enter new facts. When time, place, destination or cost changed, everybody with a place or waiting is told; more
    places let people move up. Raises Refused, naming the field."""
    require(by, May.POST)
    await listings.locked(db, occasion)
    upkeep.must_be_to_come(occasion)
    _check(Kind(occasion.kind), draft, starts_after=None if draft.starts_at == occasion.starts_at else clock.now())
    await upkeep.must_hold(db, occasion, draft.places)
    columns = _columns(draft)
    changed = [name for name, value in columns.items() if getattr(occasion, name) != value]
    for name in changed:
        setattr(occasion, name, columns[name])
    await db.flush()
    audit.record(db, "change_occasion", occasion, by=by, fields=changed)
    if _SAID.intersection(changed):
        await upkeep.withdraw(db, occasion, reason="changed")
    if _TOLD.intersection(changed):
        await _tell_all(db, occasion, "occasion_changed.txt", changed=changed)
    if "starts_at" in changed:
        await signups.remind_again(db, occasion)
    if "places" in changed:
        await upkeep.follow_places(db, occasion)


async def call_off(db: AsyncSession, occasion: Occasion, *, by: Officer) -> None:
    """Everybody with a place or waiting is told."""
    await upkeep.call_off(db, occasion, by=by)
    await _tell_all(db, occasion, "called_off.txt")


async def get(db: AsyncSession, occasion_id: int) -> Occasion | None:
    return await db.scalar(_loaded().where(Occasion.id == occasion_id))


async def with_number(db: AsyncSession, number: int) -> list[Occasion]:
    """Every open occasion of that number, one per community at the most."""
    return list(await db.scalars(_loaded().where(Occasion.number == number, Occasion.state == State.OPEN)
                                 .order_by(Occasion.id)))


async def between(db: AsyncSession, area: Area | None, since: datetime, until: datetime, *,
                  kinds: Sequence[Kind] = tuple(Kind), limit: int = 300) -> list[Occasion]:
    """What takes place between these moments, soonest first, closed or called off or not: whoever looks for it has to
    read that. Everywhere when no area is given."""
    chosen = _loaded().where(literal_column("listing.kind <> 'job'"), Occasion.kind.in_(kinds),
                             Occasion.starts_at < until, Occasion.ends_at > since)
    if area is not None:
        chosen = chosen.where(Occasion.area_id == area.id)
    return list(await db.scalars(chosen.order_by(Occasion.starts_at, Occasion.number, Occasion.id).limit(limit)))


def cost(occasion: Occasion) -> str:
    """Free, or what each person pays."""
    return i18n.say(_("{yuan} yuan each"), yuan=words.yuan(occasion.cost_fen)) if occasion.cost_fen else i18n.gettext(
        _("free of charge"))


TITLE_UNITS = PLACE_UNITS = 12  # longer ones do not fit into one text with the rest
DESTINATION_UNITS = 10
BRING_LENGTH, CONTACT_LENGTH = 80, 40
_CLASSES: dict[Kind, type[Occasion]] = {Kind.FAIR: Fair, Kind.COURSE: Course, Kind.BUS: Bus}
_TOLD = {"starts_at", "ends_at", "place", "destination", "cost_fen"}
_SAID = _TOLD | {"title"}  # what a bulk text may have said of it


async def _just_posted(db: AsyncSession, area: Area, kind: Kind, draft: Draft, by: Officer) -> Occasion | None:
    """The very same occasion, posted by this officer a few seconds ago."""
    found = await db.scalars(select(Occasion).where(
        Occasion.created_at > clock.now() - timedelta(seconds=10), Occasion.area_id == area.id, Occasion.kind == kind,
        Occasion.created_by_id == by.id, Occasion.starts_at == draft.starts_at, Occasion.state == State.OPEN))
    wanted = _columns(draft)
    return next((one for one in found if all(getattr(one, name) == value for name, value in wanted.items())), None)


def _columns(draft: Draft) -> dict[str, Any]:
    columns = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
    return {name: value.strip() if isinstance(value, str) else value for name, value in columns.items()}


def _check(kind: Kind, draft: Draft, *, starts_after: datetime | None) -> None:
    """Raises Refused for the first thing that is missing, impossible or forbidden."""
    for name, most, missing in (("title", TITLE_UNITS, _("Please say what it is.")),
                                ("place", PLACE_UNITS, _("Please say where people meet.")),
                                ("destination", DESTINATION_UNITS, _("Please say where the bus goes."))):
        given = getattr(draft, name).strip()
        if not given and (name != "destination" or kind == Kind.BUS):
            raise Refused(missing, field=name)
        if length.utf16(given) > most:
            raise Refused(_("Please use at most {most} characters, so that it fits into one text."), field=name,
                          most=most)
    for name, most in (("bring", BRING_LENGTH), ("contact", CONTACT_LENGTH)):
        if len(getattr(draft, name).strip()) > most:
            raise Refused(_("Please use at most {most} characters."), field=name, most=most)
    if draft.ends_at <= draft.starts_at:
        raise Refused(_("The end must be after the start."), field="ends_at")
    if starts_after is not None and draft.starts_at <= starts_after:
        raise Refused(_("The start must be in the future."), field="starts_at")
    if not 1 <= draft.places <= 9_999:
        raise Refused(_("Please give between 1 and 9,999 places."), field="places")
    if not 0 <= draft.min_age <= 99:
        raise Refused(_("Please give an age, or 0 for everybody."), field="min_age")
    if not 0 <= draft.cost_fen <= 10_000_000:
        raise Refused(_("Please give the cost in yuan, or 0."), field="cost")
    if kind == Kind.FAIR and draft.cost_fen:
        raise Refused(_("Nobody pays to look for work: a fair is free (Human Resources Market Regulations, art. 15)."),
                      field="cost")


async def _tell_all(db: AsyncSession, occasion: Occasion, template: str, *, changed: Sequence[str] = ()) -> None:
    for signup in await upkeep.concerned(db, occasion):
        with i18n.speaking(signup.resident.language):
            paid = cost(occasion) if "cost_fen" in changed else ""
        await telling.tell(db, signup.resident, template, about=occasion, why=Why.CHANGED, cost=paid,
                           destination=occasion.destination if "destination" in changed else "",
                           asks=f"signed:{occasion.number}" if occasion.state != State.CALLED_OFF else "")


def _loaded() -> Select[Occasion]:
    return select(Occasion).options(joinedload(Occasion.area))
