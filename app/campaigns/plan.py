"""What handing a campaign in would do now: whom it reaches, what they read, what it costs, what an approval binds."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, phones
from app.audience import query, reach
from app.audience.query import Audience
from app.campaigns import pieces, wording
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.wording import Part
from app.db import settings_of
from app.errors import Refused
from app.i18n import _
from app.jobs import jobs
from app.listings.listings import Listing
from app.org import areas
from app.residents.residents import Resident, mask_name
from app.sms import batches, length, quiet
from app.sms.batches import PIECE, Batch
from app.sms.length import Length

EXAMPLES = 3
LATELY = timedelta(days=1)
_ASKS = {Kind.SURVEY: "survey", Kind.TRANSPORT: "bus"}


@dataclass(frozen=True)
class Plan:
    """`parts` are the text as it would leave at `leaves`."""

    campaign: Campaign
    whom: Audience
    listing: Listing | None
    parts: list[Part]
    leaves: datetime

    @property
    def asks(self) -> str:
        """The question that an answer answers."""
        return f"push:{self.listing.number}" if self.listing else _ASKS.get(Kind(self.campaign.kind), "")

    @property
    def expires_at(self) -> datetime | None:
        return self.listing.starts_at if self.listing else None

    def digest(self, texts: int, segments: int) -> str:
        """Another one as soon as text, audience or what they come to are not what they were."""
        whole = "\x00".join([wording.shown(self.parts), self.campaign.chosen.digest_text, str(self.campaign.listing_id),
                             str(texts), str(segments)])
        return hashlib.sha256(whole.encode()).hexdigest()

    async def needs_approval(self, db: AsyncSession, texts: int) -> bool:
        """Slices count together: those about the same listing, and those with the same words since yesterday."""
        before = await batches.unapproved(db, self.listing.id) if self.listing else await _same_words(db, self.campaign)
        return texts + before > settings_of(db).approval_above


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


@dataclass(frozen=True)
class Preview:
    """What it comes to. The first example is the longest text."""

    people: int
    texts: int
    segments: int
    price_fen: int
    left_out: dict[str, int]
    examples: list[Example]
    needs_approval: bool
    held_until: datetime | None


async def of(db: AsyncSession, campaign: Campaign) -> Plan:
    """Raises Refused for a text that cannot be sent, and for a listing that is over."""
    area = await areas.get(db, campaign.area_id)
    now = clock.now()
    leaves = quiet.opening(settings_of(db).quiet_hours, now)
    listing = await _listing(db, campaign.listing_id) if campaign.listing_id else None
    if listing is not None and (not listing.open or listing.started(leaves)):
        raise Refused(_("Number {number} is closed."), number=listing.number, field="listing_id")
    community = await areas.community_of(db, area)
    parts = wording.parts(campaign.text, listing, station=community.phone, signature=settings_of(db).sms_signature,
                          leaves=leaves)
    whom = await query.audience(db, campaign.chosen, area, Kind(campaign.kind).about)
    return Plan(campaign, whom, listing, parts, leaves)


async def tally(db: AsyncSession, plan: Plan) -> Tally:
    """What it comes to, without writing anything. Raises Refused for a text that is too long for somebody."""
    told = pieces.texts(plan.whom, plan.parts, plan.leaves, listing_id=plan.campaign.listing_id)
    counted = await reach.count(db, plan.whom, plan.leaves, listing_id=plan.campaign.listing_id)
    people, left_out = counted.people, counted.left_out
    if "building" in wording.holes(plan.parts):
        fitting = pieces.people(plan.whom, plan.parts, plan.leaves, Resident.id, listing_id=plan.campaign.listing_id)
        people = await db.scalar(select(func.count()).select_from(fitting.subquery())) or 0
        left_out = {**left_out, **({"no_building": counted.people - people} if people < counted.people else {})}
    row = (await db.execute(select(func.count(), func.coalesce(func.sum(told.c.segments), 0),
                                   func.coalesce(func.max(told.c.segments), 0)))).one()
    wording.must_fit(row[2])
    return Tally(people, row[0], row[1], left_out)


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
    """The same with cost and examples."""
    comes_to = await tally(db, plan)
    told = pieces.texts(plan.whom, plan.parts, plan.leaves, listing_id=plan.campaign.listing_id)
    return Preview(comes_to.people, comes_to.texts, comes_to.segments,
                   batches.price_fen(comes_to.segments, settings_of(db).sms_price_fen), comes_to.left_out,
                   await _examples(db, told), await plan.needs_approval(db, comes_to.texts),
                   plan.leaves if plan.leaves > clock.now() else None)


async def _same_words(db: AsyncSession, campaign: Campaign) -> int:
    """Texts with the same words that went out in the area since yesterday without a second officer."""
    return await db.scalar(select(func.coalesce(func.sum(Batch.texts), 0)).join(
        Campaign, Campaign.batch_id == Batch.id).where(
        Campaign.area_id == campaign.area_id, Campaign.text == campaign.text, Campaign.id != campaign.id,
        Batch.created_at > clock.now() - LATELY, batches.went_out_unapproved())) or 0


async def _listing(db: AsyncSession, listing_id: int) -> Listing | None:
    """A job with its pay; of other kinds what all listings have."""
    return await jobs.get(db, listing_id) or await db.get(Listing, listing_id)


async def _examples(db: AsyncSession, told: Any) -> list[Example]:
    """The longest text, and the first ones."""
    table = told.c
    rows = list(await db.execute(select(table.phone, table.body, table.addressed)
                                 .order_by(func.length(table.body).desc(), table.phone).limit(1)))
    rows += [row for row in await db.execute(select(table.phone, table.body, table.addressed).order_by(table.phone)
                                             .limit(EXAMPLES)) if row.phone != rows[0].phone]
    names = {row.id: row.name for row in await db.execute(select(Resident.id, Resident.name).where(
        Resident.id.in_([one for row in rows for one in _ids(row.addressed)])))}
    return [Example("、".join(mask_name(names[one]) for one in _ids(row.addressed)), phones.mask(row.phone), row.body,
                    length.measure(row.body)) for row in rows[:EXAMPLES]]


def _ids(addressed: Any) -> list[int]:
    """SQLite gives the list as it stands in the row, PostgreSQL as a list."""
    return [int(one) for one in (json.loads(addressed) if isinstance(addressed, str) else addressed)]
