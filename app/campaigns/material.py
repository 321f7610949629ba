"""What a campaign says to everybody: the same words for poster, sheet, loudspeaker, chat group and telephone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n
from app.campaigns import everybody, wording
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.wording import Part
from app.db import settings_of
from app.errors import Refused
from app.i18n import _
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings.listings import Listing
from app.org import areas
from app.org.areas import Area
from app.printing.notice import Notice, Work
from app.sms import outbox
from app.sms.batches import Batch

HEADLINES = {
    Kind.JOB: _("Work close to home"),
    Kind.NOTICE: _("Notice to all neighbours"),
    Kind.MOBILISE: _("Off to work: a call to everybody"),
    Kind.SURVEY: _("What work would you like?"),
    Kind.TRANSPORT: _("A bus takes you to work"),
}
_LONG_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class Material:
    """A campaign's words, read once for however many sheets; `language` is the one that they are in."""

    kind: Kind
    lines: list[list[Part]]
    listing: Listing | None
    community: Area
    published_at: datetime
    language: str
    public_url: str
    text_to: str

    def notice(self, *, building: str = "") -> Notice:
        """The notice for the whole community, or the one that hangs in the building of this name."""
        with i18n.speaking(self.language):
            said = [everybody.said(parts, building=building) for parts in self.lines]
            return Notice(i18n.gettext(HEADLINES[self.kind]), "\n".join(said),
                          _work(self.listing) if self.listing else None, self.community.name, self.community.phone,
                          self.text_to, self.address, self.published_at)

    @property
    def address(self) -> str:
        """The listing's own page, or the first page, of this community."""
        page = f"/jobs/{self.listing.number}" if self.listing else "/"
        return f"{self.public_url}{page}?area={quote(self.community.code)}"


async def of(db: AsyncSession, campaign: Campaign) -> Material:
    """Raises Refused for a draft that says nothing yet."""
    if not campaign.text:
        raise Refused(_("This campaign says nothing yet. Please write its text first."))
    settings = settings_of(db)
    community = await areas.community_of(db, await areas.get(db, campaign.area_id))
    listing = await _listing(db, campaign.listing_id) if campaign.listing_id else None
    language = everybody.language(campaign.text)
    with i18n.speaking(language):
        lines = [_parts(line, listing, community.phone) for line in campaign.text.splitlines() if line.strip()]
    return Material(Kind(campaign.kind), lines, listing, community, await _published_at(db, campaign), language,
                    settings.public_url, settings.text_to)


def _parts(line: str, listing: Listing | None, station: str) -> list[Part]:
    """One line of the text with what everybody shares filled in. Its days are dates: paper is read on other days."""
    leaves = (listing.starts_at if listing else clock.now()) - _LONG_BEFORE
    found = wording.parts(line, listing, station=station, signature="", leaves=leaves)
    if isinstance(found[0], str):
        found[0] = found[0].removeprefix(outbox.sign("", ""))  # a text begins with who sends it, paper has a head
    return found


async def _listing(db: AsyncSession, listing_id: int) -> Listing | None:
    """A job with its pay; of other kinds what all listings have."""
    return await jobs.get(db, listing_id) or await db.get(Listing, listing_id)


def _work(listing: Listing) -> Work:
    pay = jobs.pay(listing) if isinstance(listing, Job) else ""
    return Work(listing.number, listing.title, listing.place, listing.starts_at, pay)


async def _published_at(db: AsyncSession, campaign: Campaign) -> datetime:
    """When it was handed in, so that a "tomorrow" in it stays what it meant; now for a draft."""
    batch = await db.get(Batch, campaign.batch_id) if campaign.batch_id else None
    return batch.created_at if batch else clock.now()
