"""What was put up, read out or passed on where, by whom and when; and what hangs there still."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock
from app.campaigns import campaigns
from app.campaigns.campaigns import Campaign
from app.db import Id, Table
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area
from app.sms import batches
from app.sms.batches import Batch
from app.staff import audit, scopes
from app.staff.accounts import May, Officer
from app.staff.scopes import require

PLACE_LENGTH = 60
AGAIN = timedelta(minutes=10)  # the same once more within this time is a button pressed twice
FRESH = timedelta(days=45)     # how long a building head is shown a campaign


class Channel(StrEnum):
    POSTER = "poster"
    SHEET = "sheet"
    LOUDSPEAKER = "loudspeaker"
    GROUP = "group"
    PHONE = "phone"
    OTHER = "other"

    @property
    def hangs(self) -> bool:
        """Whether it stays where it is until somebody takes it down."""
        return self in (Channel.POSTER, Channel.SHEET, Channel.OTHER)


class ChannelPost(Table):
    """`area_id` is the building, or whatever larger area it was for; `place` says where exactly, in free words."""

    __tablename__ = "channel_post"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    channel: Mapped[str] = mapped_column(String(12))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), default="")
    at: Mapped[datetime]
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    noted_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_down_at: Mapped[datetime | None]
    taken_down_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))

    area: Mapped[Area] = relationship(lazy="raise_on_sql")
    officer: Mapped[Officer] = relationship(lazy="raise_on_sql", foreign_keys=[officer_id])

    __table_args__ = (Index(None, "campaign_id", "area_id"),)

    @property
    def hangs(self) -> bool:
        return Channel(self.channel).hangs and self.taken_down_at is None


async def post(db: AsyncSession, campaign: Campaign, channel: Channel, *, area: Area, by: Officer, place: str = "",
               at: datetime | None = None) -> ChannelPost:
    """Note that it was posted there; pressed twice, it is noted once. Raises Refused for an area that is not the
    officer's or not the campaign's, and for a moment that cannot be."""
    require(by, May.NOTE_POSTED)
    await campaigns.locked(db, campaign)
    if not campaign.text:
        raise Refused(_("This campaign says nothing yet. Please write its text first."))
    if not by.area.contains(area) or not (await db.get_one(Area, campaign.area_id)).contains(area):
        raise Refused(_("This place is outside your area."), field="area_id")
    place, at = place.strip(), at or clock.now()
    if len(place) > PLACE_LENGTH:
        raise Refused(_("Please say the place in at most {most} characters."), field="place", most=PLACE_LENGTH)
    if not campaign.created_at - AGAIN <= at <= clock.now() + AGAIN:
        raise Refused(_("That cannot be the time: it lies ahead, or before the campaign."), field="day")
    before = await _just_noted(db, campaign, channel, area, place)
    if before is not None:
        return before
    noted = ChannelPost(campaign_id=campaign.id, channel=channel, area_id=area.id, place=place,
                        at=min(at, clock.now()), officer_id=by.id)
    db.add(noted)
    await db.flush()
    audit.record(db, "note_posted", noted, by=by, campaign=campaign.id, channel=channel)
    return noted


async def take_down(db: AsyncSession, noted: ChannelPost, *, by: Officer) -> None:
    """It does not hang there any more. Raises Refused for what never hung, and when somebody took it down before."""
    require(by, May.NOTE_POSTED)
    await db.refresh(noted, ["taken_down_at"], with_for_update=True)
    if not Channel(noted.channel).hangs:
        raise Refused(_("Nothing hangs there: it was read out or passed on."))
    if noted.taken_down_at is not None:
        raise Refused(_("It was noted as taken down already."))
    noted.taken_down_at, noted.taken_down_by_id = clock.now(), by.id
    audit.record(db, "note_taken_down", noted, by=by, campaign=noted.campaign_id, channel=noted.channel)


async def of(db: AsyncSession, campaign_ids: Sequence[int], officer: Officer) -> list[ChannelPost]:
    """What was posted of these campaigns in the officer's area, the newest first."""
    return list(await db.scalars(
        scopes.visible(ChannelPost, officer).where(ChannelPost.campaign_id.in_(campaign_ids))
        .options(joinedload(ChannelPost.area), joinedload(ChannelPost.officer))
        .order_by(ChannelPost.at.desc(), ChannelPost.id.desc())))


def hanging(posts: Sequence[ChannelPost]) -> dict[int, list[ChannelPost]]:
    """Of these, what hangs still, by area."""
    found: dict[int, list[ChannelPost]] = {}
    for one in posts:
        if one.hangs:
            found.setdefault(one.area_id, []).append(one)
    return found


async def current(db: AsyncSession, officer: Officer, *, most: int) -> list[Campaign]:
    """What the officer may note a posting of, the newest first: campaigns of their area and of those above it that were
    handed in lately, and drafts of which something was posted already."""
    posted = select(ChannelPost.campaign_id)
    out = select(Batch.id).where(Batch.state != batches.State.REFUSED)
    return list(await db.scalars(
        scopes.around(Campaign, officer).where(
            Campaign.text != "", Campaign.changed_at > clock.now() - FRESH,
            Campaign.batch_id.in_(out) | Campaign.id.in_(posted))
        .order_by(Campaign.id.desc()).limit(most)))


async def _just_noted(db: AsyncSession, campaign: Campaign, channel: Channel, area: Area,
                      place: str) -> ChannelPost | None:
    return await db.scalar(select(ChannelPost).where(
        ChannelPost.campaign_id == campaign.id, ChannelPost.channel == channel, ChannelPost.area_id == area.id,
        ChannelPost.place == place, ChannelPost.taken_down_at.is_(None),
        ChannelPost.noted_at > clock.now() - AGAIN).limit(1))
