"""A campaign: staff say whom they mean and what they want to say; what is sent is a batch."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.audience import filters
from app.audience.filters import Filter
from app.db import Id, Table, core
from app.errors import Refused
from app.i18n import _
from app.sms.batches import Batch
from app.sms.consent import JOBS, NOTICES
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

TITLE_LENGTH, TEXT_LENGTH = 30, 1000
MOST_AHEAD, MOST_SPREAD_HOURS = timedelta(days=60), 12


class Kind(StrEnum):
    JOB = "job"
    NOTICE = "notice"
    MOBILISE = "mobilise"
    SURVEY = "survey"
    TRANSPORT = "transport"

    @property
    def about(self) -> str:
        """The purpose of consent that it needs."""
        return JOBS if self in (Kind.JOB, Kind.MOBILISE) else NOTICES


class Campaign(Table):
    """A draft until it has a batch; from then on nothing of it changes. `template_version_id` is what its text began
    as."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(60))
    filter: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text, default="")
    listing_id: Mapped[int | None] = mapped_column(Id)
    template_version_id: Mapped[int | None] = mapped_column(Id)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    leaves_at: Mapped[datetime | None]
    spread_minutes: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    changed_by_id: Mapped[int | None] = mapped_column(Id)  # whose words or people they were last
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    author: Mapped[Officer] = relationship(lazy="raise_on_sql")
    batch: Mapped[Batch | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index(None, "batch_id", unique=True),)

    @property
    def chosen(self) -> Filter:
        return filters.from_json(self.filter)


async def draft(db: AsyncSession, title: str, *, kind: Kind, by: Officer) -> Campaign:
    """A new draft in the officer's area, meant for everybody, that says nothing yet."""
    require(by, May.PUSH)
    campaign = Campaign(area_id=by.area_id, kind=kind, title=_titled(title), filter={}, author_id=by.id)
    db.add(campaign)
    await db.flush()
    audit.record(db, "draft_campaign", campaign, by=by, kind=kind)
    return campaign


async def change(db: AsyncSession, campaign: Campaign, *, by: Officer, title: str | None = None,
                 chosen: Filter | None = None, text: str | None = None, listing_id: int | None = None) -> None:
    """Change parts of a draft; a text comes with its listing. Raises Refused once it was handed in."""
    require(by, May.PUSH)
    await locked(db, campaign)
    must_be_draft(campaign)
    if title is not None:
        campaign.title = _titled(title)
    if chosen is not None:
        campaign.filter = filters.checked(chosen).to_json()
    if text is not None:
        if len(text) > TEXT_LENGTH:
            raise Refused(_("The text is longer than {most} characters."), field="text", most=TEXT_LENGTH)
        campaign.text, campaign.listing_id = text.strip(), listing_id
    given = {"title": title, "filter": chosen, "text": text}
    _changed(db, campaign, by, [name for name, value in given.items() if value is not None])
    await db.flush()


async def set_time(db: AsyncSession, campaign: Campaign, *, leaves_at: datetime | None, spread_minutes: int,
                   by: Officer) -> None:
    """When a draft will leave: from that moment on, or at once, all together or over so many minutes. Raises Refused
    for a moment in the past or beyond two months, and once it was handed in."""
    require(by, May.PUSH)
    await locked(db, campaign)
    must_be_draft(campaign)
    now = clock.now()
    if leaves_at is not None and leaves_at <= now:
        raise Refused(_("That moment has passed. Please choose a later one."), field="leaves_at")
    if leaves_at is not None and leaves_at > now + MOST_AHEAD:
        raise Refused(_("Please choose a moment within the next {days} days."), field="leaves_at",
                      days=MOST_AHEAD.days)
    if not 0 <= spread_minutes <= MOST_SPREAD_HOURS * 60:
        raise Refused(_("It can be spread over {hours} hours at the most."), field="spread", hours=MOST_SPREAD_HOURS)
    campaign.leaves_at, campaign.spread_minutes = leaves_at, spread_minutes
    _changed(db, campaign, by, ["leaves_at", "spread_minutes"])
    await db.flush()


def must_be_draft(campaign: Campaign) -> None:
    """Raises Refused once it was handed in."""
    if campaign.batch_id is not None:
        raise Refused(_("It was handed in and does not change any more. Stop it and use it again."))


async def again(db: AsyncSession, campaign: Campaign, *, by: Officer, chosen: Filter | None = None) -> Campaign:
    """A new draft with the same words for the same people, or for those that are `chosen`."""
    require(by, May.PUSH)
    copy = Campaign(area_id=campaign.area_id, kind=campaign.kind, title=campaign.title,
                    filter=campaign.filter if chosen is None else filters.checked(chosen).to_json(),
                    text=campaign.text, listing_id=campaign.listing_id,
                    template_version_id=campaign.template_version_id, author_id=by.id)
    db.add(copy)
    await db.flush()
    audit.record(db, "draft_campaign", copy, by=by, kind=campaign.kind, like=campaign.id)
    return copy


async def of_batch(db: AsyncSession, batch_id: int) -> Campaign:
    """The campaign that became this batch."""
    return (await db.scalars(select(Campaign).where(Campaign.batch_id == batch_id))).one()


async def locked(db: AsyncSession, campaign: Campaign) -> None:
    """The row as it is now, held until the transaction ends: two presses of a button find each other here."""
    await db.execute(select(core(Campaign).c.id).where(core(Campaign).c.id == campaign.id).with_for_update())
    await db.refresh(campaign, ["batch_id", "filter", "text", "listing_id", "kind", "title", "leaves_at",
                                "spread_minutes"])


def _changed(db: AsyncSession, campaign: Campaign, by: Officer, parts: list[str]) -> None:
    campaign.changed_by_id, campaign.changed_at = by.id, clock.now()
    audit.record(db, "change_campaign", campaign, by=by, parts=parts)


def wrote(campaign: Campaign, officer: Officer) -> bool:
    """Whether any of it is this officer's own, who therefore cannot be the second one."""
    return officer.id in (campaign.author_id, campaign.changed_by_id)


def _titled(title: str) -> str:
    title = title.strip()
    if not 0 < len(title) <= TITLE_LENGTH:
        raise Refused(_("Please give a name of at most {most} characters."), field="title", most=TITLE_LENGTH)
    return title
