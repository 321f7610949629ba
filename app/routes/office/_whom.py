"""A filter as the form says it, and the form of a filter that is there."""

from dataclasses import dataclass
from typing import Any

from litestar.datastructures import FormMultiDict
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from app import clock
from app.audience import filters
from app.audience.audiences import SavedAudience
from app.audience.filters import OLDEST, Filter
from app.campaigns.campaigns import Campaign
from app.listings.listings import Listing, State
from app.org.areas import Area, Level, inside
from app.residents import hardship
from app.residents.hardship import HardshipCategory
from app.routes.office._forms import Form
from app.sms import batches
from app.sms.batches import Batch
from app.staff import scopes
from app.staff.accounts import Officer

MOST_AREAS, MOST_EARLIER = 400, 20
NOT_OUT = (batches.State.PREPARING, batches.State.AWAITING_APPROVAL, batches.State.REFUSED)
_MANY: tuple[str, ...] = ("work", "skills", "wishes", "hardship")


@dataclass(frozen=True)
class Choices:
    """What the form offers: areas by the node above them, earlier batches, what people can sign up for, categories,
    and what was kept by name. What is chosen already is always among it, or sending the form would widen the choice."""

    groups: list[tuple[Area, list[Area]]]
    earlier: list[Batch]
    listings: list[Listing]
    categories: list[HardshipCategory]
    saved: list[SavedAudience]


async def choices(db: AsyncSession, campaign: Campaign, officer: Officer, chosen: Filter) -> Choices:
    area = await db.get_one(Area, campaign.area_id)
    nodes = list(await db.scalars(select(Area).where(inside(area)).order_by(
        Area.id.not_in(chosen.areas), Area.level != Level.BUILDING, Area.id).limit(MOST_AREAS)))
    above = {one.parent_id for one in nodes if one.id in chosen.areas} - {one.id for one in nodes}
    nodes += await db.scalars(select(Area).where(inside(area), Area.id.in_(above)))
    groups = [(node, [one for one in nodes if one.parent_id == node.id and one.level == Level.BUILDING])
              for node in sorted(nodes, key=_in_the_tree) if node.level != Level.BUILDING]
    return Choices(
        [(node, below) for node, below in groups if below or node.id != area.id],
        list(await db.scalars(select(Batch).join(Area, Area.id == Batch.area_id).where(
            inside(area), Batch.texts > 0, Batch.state.not_in(NOT_OUT) | (Batch.id == chosen.batch_id))
            .order_by(Batch.id.is_distinct_from(chosen.batch_id), Batch.id.desc()).limit(MOST_EARLIER))),
        await listings(db, campaign, also=chosen.listing_id),
        await hardship.categories(db, clock.today()),
        list(await db.scalars(scopes.visible(SavedAudience, officer).order_by(SavedAudience.name)
                              .options(defer(SavedAudience.filter)))))  # one may hold 50,000 people


async def listings(db: AsyncSession, campaign: Campaign, *, also: int | None = None) -> list[Listing]:
    """What is open in the campaign's area, and the one that is chosen already."""
    area = await db.get_one(Area, campaign.area_id)
    is_open = and_(Listing.state == State.OPEN, Listing.starts_at > clock.now())
    return list(await db.scalars(select(Listing).join(Area, Area.id == Listing.area_id).where(
        inside(area), is_open | (Listing.id == also)).order_by(Listing.id.is_distinct_from(also), Listing.starts_at)
        .limit(200)))


def filter_of(form: Form, before: Filter) -> Filter:
    """Raises Refused, naming the field, for what cannot be read. A list of people stays as it was."""
    return filters.checked(Filter(
        areas=tuple(_number(one) for one in form.all("areas") if one.isdecimal()),
        age_from=_age(form, "age_from"), age_to=_age(form, "age_to"), sex=form.get("sex"),
        **_words(form), **_of_batch(form), signed=form.get("signed"),
        listing_id=_number(form.get("listing_id")) or None if form.get("signed") else None,
        told_since=form.day("told_since") if form.get("told_since") else None,
        untold_since=form.day("untold_since") if form.get("untold_since") else None, phone=form.get("phone"),
        people=before.people if form.ticked("people") else None))


def _words(form: Form) -> dict[str, Any]:
    return {name: tuple(form.all(name)) for name in _MANY}


def _of_batch(form: Form) -> dict[str, Any]:
    """What is said of the earlier batch, where one is chosen."""
    batch_id = _number(form.get("batch_id"))
    if not batch_id:
        return {}
    return {"batch_id": batch_id, "answered": form.get("answered"), "outcome": form.get("outcome"),
            "choices": tuple(int(one) for one in form.all("choices") if one.isdecimal() and len(one) == 1)}


def form_of_filter(chosen: Filter) -> Form:
    """What the form shows of a filter."""
    typed: list[tuple[str, str]] = []
    for name, value in chosen.to_json().items():
        if name == "people":
            typed.append((name, "1"))
        elif isinstance(value, list):
            typed += [(name, str(one)) for one in value]
        else:
            typed.append((name, str(value)))
    return Form(FormMultiDict(typed))


def _in_the_tree(area: Area) -> list[int]:
    """Each node before what lies below it, and in the order in which they were made."""
    return [int(part) for part in area.path.strip("/").split("/")]


def _age(form: Form, name: str) -> int | None:
    return form.whole(name, least=0, most=OLDEST) if form.get(name) else None


def _number(typed: str) -> int:
    return int(typed[:18]) if typed.isdecimal() else 0
