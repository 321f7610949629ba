"""What handing a campaign in would do now: whom it reaches, what they read, what it costs, what an approval binds."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app import clock, phones
from app.audience import query, reach
from app.audience.query import Audience
from app.campaigns import options, pace, pieces, sizes, wording
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.options import Option
from app.campaigns.pace import Pace
from app.campaigns.rows import Terms
from app.campaigns.sizes import Sizes
from app.campaigns.wording import Part
from app.db import settings_of
from app.errors import Refused
from app.i18n import _
from app.jobs import jobs
from app.listings.listings import Listing
from app.org import areas
from app.org.areas import Area, Level
from app.residents.residents import Resident, mask_name
from app.sms import batches, length, quiet
from app.sms.batches import PIECE, Batch
from app.sms.length import Length
from app.sms.reading import Context, read

EXAMPLES = 3
LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """`parts` are the text as it would leave at `leaves`."""

    campaign: Campaign
    whom: Audience
    listing: Listing | None
    parts: list[Part]
    leaves: datetime

    @property
    def options(self) -> list[Option]:
        """The numbered answers that it offers."""
        return options.of(wording.shown(self.parts))

    @property
    def terms(self) -> Terms:
        """What an answer answers, and until when the text is good."""
        if self.listing:
            return Terms(f"push:{self.listing.number}", expires_at=self.listing.starts_at)
        labels = tuple(option.label for option in self.options)
        ride = self.campaign.kind == Kind.TRANSPORT and _asks_for_a_ride(labels)
        return Terms("bus" if ride else "survey" if labels else "", labels)

    def digest(self, texts: int, segments: int) -> str:
        """Another one as soon as text, audience or what they come to are not what they were."""
        whole = "\x00".join([wording.shown(self.parts), self.campaign.chosen.digest_text, str(self.campaign.listing_id),
                             str(texts), str(segments)])
        return hashlib.sha256(whole.encode()).hexdigest()

    async def needs_approval(self, db: AsyncSession, texts: int) -> bool:
        """Slices count together: those about the same listing, and those with the same words since yesterday."""
        before = await batches.unapproved(db, self.listing.id) if self.listing else await _same_words(db, self.campaign)
        return texts + before > settings_of(db).approval_above


def _asks_for_a_ride(labels: Sequence[str]) -> bool:
    """Whether these are yes and no, in this order, so that "three of us" can be understood, too."""
    rides = [read(label, Context("bus")).slots.get("ride") for label in labels]
    return rides == ["yes", "no"]


@dataclass(frozen=True)
class Tally:
    """How many people and texts, and who is left out for what reason."""

    people: int
    texts: int
    segments: int
    left_out: dict[str, int]


@dataclass(frozen=True)
class Example:
    """One text as it will arrive; name and phone masked."""

    name: str
    phone: str
    text: str
    length: Length
    price_fen: int


@dataclass(frozen=True)
class Glance:
    """What can be said while somebody still types. `lacking` people get no text, because the register does not know
    what the text would tell them."""

    sizes: Sizes
    each_fen: Decimal
    longest: Example | None
    typical: Example | None
    others: list[Example]
    lacking: int

    def fen(self, segments: int) -> int:
        """What so many segments cost."""
        return batches.price_fen(segments, self.each_fen)

    @property
    def examples(self) -> list[Example]:
        """The longest text, a typical one, and the first ones."""
        return [one for one in (self.longest, self.typical if self.typical != self.longest else None, *self.others)
                if one][:EXAMPLES]


@dataclass(frozen=True)
class Preview:
    """What it comes to, all told."""

    people: int
    texts: int
    segments: int
    left_out: dict[str, int]
    glance: Glance
    needs_approval: bool
    held_until: datetime | None

    @property
    def price_fen(self) -> int:
        return self.glance.fen(self.segments)

    @property
    def examples(self) -> list[Example]:
        return self.glance.examples


@dataclass(frozen=True)
class Times:
    """When the first text leaves, and by when the carrier will have taken the last one; `carried` says that a night
    lies between, or before."""

    starts: datetime
    ends: datetime
    carried: bool


async def of(db: AsyncSession, campaign: Campaign, *, half_written: bool = False) -> Plan:
    """Raises Refused for a text that cannot be sent, for a listing that is over, and, of a draft that is not
    `half_written` any more, for a text that does not do what its kind promises."""
    area = await areas.get(db, campaign.area_id)
    now = clock.now()
    leaves = quiet.opening(settings_of(db).quiet_hours, max(now, campaign.leaves_at or now))
    listing = await _listing(db, campaign.listing_id) if campaign.listing_id else None
    if listing is not None and (not listing.open or listing.started(leaves)):
        raise Refused(_("Number {number} is closed."), number=listing.number, field="listing_id")
    if campaign.batch_id is None and not half_written:
        wording.must_suit(Kind(campaign.kind), campaign.text, listing)
    community = await areas.community_of(db, area)
    parts = wording.parts(campaign.text, listing, station=community.phone, signature=settings_of(db).sms_signature,
                          leaves=leaves)
    whom = await query.audience(db, campaign.chosen, area, Kind(campaign.kind).about)
    return Plan(campaign, whom, listing, parts, leaves)


async def tally(db: AsyncSession, plan: Plan) -> Tally:
    """What it comes to, without writing anything. Raises Refused for a text that is too long for somebody."""
    return await _tally(db, plan, await _sizes(db, plan), await lacking(db, plan))


async def glance(db: AsyncSession, plan: Plan) -> Glance:
    """Lengths, price and examples: quick enough for every pause in typing. Raises Refused as `tally`."""
    lengths = await _sizes(db, plan)
    found = await _examples(db, plan, lengths)
    longest, typical = (found.get(lengths.phones.get(size, "")) if size else None
                        for size in (lengths.longest, lengths.typical))
    return Glance(lengths, settings_of(db).sms_price_fen, longest, typical,
                  [one for one in found.values() if one not in (longest, typical)], await lacking(db, plan))


async def times(db: AsyncSession, plan: Plan, texts: int) -> Times:
    """When so many texts would leave and be done."""
    hours, now = settings_of(db).quiet_hours, clock.now()
    wanted = max(now, plan.campaign.leaves_at or now)
    ends = await pace.finished_by(db, Pace(plan.leaves, plan.campaign.spread_minutes or 0, max(texts, 1), hours))
    night = hours is not None and ends > quiet.closing(hours, plan.leaves)
    return Times(plan.leaves, ends, plan.leaves > wanted or night)


def must_be_true_to_the_last(db: AsyncSession, plan: Plan) -> None:
    """Raises Refused where the last text would come too late, or still say "tomorrow" on the day itself."""
    ends = Pace(plan.leaves, plan.campaign.spread_minutes or 0, 1, settings_of(db).quiet_hours).ends
    if plan.listing is not None and ends > quiet.good_until(plan.leaves, plan.listing.starts_at):
        raise Refused(_("The last texts would leave too late for what they say. Please let it leave earlier, or over "
                        "fewer hours."), field="spread")


async def expected(db: AsyncSession, plan: Plan) -> Tally:
    """The same, of a large audience at the most: putting every text together takes long, and happens when they are
    written down. Raises Refused as `tally` does."""
    most = await pieces.most_segments(db, plan.parts)
    if most is None or most > wording.MOST_SEGMENTS:
        return await tally(db, plan)
    seen = await reach.count(db, plan.whom, plan.leaves, listing_id=plan.campaign.listing_id)
    if seen.people <= PIECE:
        return await tally(db, plan)
    return Tally(seen.people, seen.people, seen.people * most, seen.left_out)


async def preview(db: AsyncSession, plan: Plan) -> Preview:
    """The same with who is left out, and what comes next."""
    seen = await glance(db, plan)
    comes_to = await _tally(db, plan, seen.sizes, seen.lacking)
    return Preview(comes_to.people, comes_to.texts, comes_to.segments, comes_to.left_out, seen,
                   await plan.needs_approval(db, comes_to.texts), plan.leaves if plan.leaves > clock.now() else None)


async def lacking(db: AsyncSession, plan: Plan) -> int:
    """How many people a text may go to, but the register does not know what it would tell them."""
    found = without(plan, Resident.id)
    return 0 if found is None else await db.scalar(select(func.count()).select_from(found.subquery())) or 0


def without(plan: Plan, *columns: Any) -> Select[Any] | None:
    """Those people; None where the text asks nothing of anybody that could be unknown."""
    if "building" not in wording.holes(plan.parts):
        return None
    home = aliased(Area)
    return (reach.reached(plan.whom, plan.leaves, *columns, listing_id=plan.campaign.listing_id)
            .join(home, home.id == Resident.area_id).where(home.level != Level.BUILDING))


async def _sizes(db: AsyncSession, plan: Plan) -> Sizes:
    found = await sizes.of(db, plan.whom, plan.parts, plan.leaves, listing_id=plan.campaign.listing_id)
    wording.must_fit(found.longest.segments if found.longest else 0)
    return found


async def _tally(db: AsyncSession, plan: Plan, lengths: Sizes, unknown: int) -> Tally:
    counted = await reach.count(db, plan.whom, plan.leaves, listing_id=plan.campaign.listing_id)
    left_out = {**counted.left_out, **({"no_building": unknown} if unknown else {})}
    return Tally(counted.people - unknown, lengths.texts, lengths.segments, left_out)


async def _same_words(db: AsyncSession, campaign: Campaign) -> int:
    """Texts with the same words that went out in the area since yesterday without a second officer."""
    return await db.scalar(select(func.coalesce(func.sum(Batch.texts), 0)).join(
        Campaign, Campaign.batch_id == Batch.id).where(
        Campaign.area_id == campaign.area_id, Campaign.text == campaign.text, Campaign.id != campaign.id,
        Batch.created_at > clock.now() - LATELY, batches.went_out_unapproved())) or 0


async def _listing(db: AsyncSession, listing_id: int) -> Listing | None:
    """A job with its pay; of other kinds what all listings have."""
    return await jobs.get(db, listing_id) or await db.get(Listing, listing_id)


async def told(db: AsyncSession, plan: Plan, numbers: Collection[str]) -> dict[str, tuple[Example, list[int]]]:
    """What these phones get, and whom it addresses; nothing for a phone that gets none."""
    texts = pieces.texts(plan.whom, plan.parts, plan.leaves, listing_id=plan.campaign.listing_id,
                        span=sizes.only(numbers)).c
    rows = list(await db.execute(select(texts.phone, texts.body, texts.addressed).order_by(texts.phone)))
    addressed = {row.phone: _ids(row.addressed) for row in rows}
    names = {row.id: mask_name(row.name) for row in await db.execute(select(Resident.id, Resident.name).where(
        Resident.id.in_([one for ids in addressed.values() for one in ids])))}
    each_fen = settings_of(db).sms_price_fen
    found = {}
    for row in rows:
        size = length.measure(row.body)
        found[row.phone] = (Example("、".join(names[one] for one in addressed[row.phone]), phones.mask(row.phone),
                                    row.body, size, batches.price_fen(size.segments, each_fen)), addressed[row.phone])
    return found


async def _examples(db: AsyncSession, plan: Plan, lengths: Sizes) -> dict[str, Example]:
    """By phone: one of the longest text, one of a typical one, and those of a few other lengths."""
    chosen = [lengths.phones[size] for size in (lengths.longest, lengths.typical) if size]
    numbers = list(dict.fromkeys([*chosen, *sorted(lengths.phones.values())]))[:EXAMPLES]
    return {phone: example for phone, (example, _ids) in (await told(db, plan, numbers)).items()} if numbers else {}


def _ids(addressed: Any) -> list[int]:
    """SQLite gives the list as it stands in the row, PostgreSQL as a list."""
    return [int(one) for one in (json.loads(addressed) if isinstance(addressed, str) else addressed)]
