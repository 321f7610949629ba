"""Why did I get this? The texts of the last 30 days to a phone, each with a plain reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.access import codes, links
from app.i18n import _
from app.jobs import pushes
from app.listings.listings import Listing
from app.residents import numbers
from app.residents.residents import Resident
from app.rights import wording
from app.sms import consent
from app.sms.arrivals import Inbound
from app.sms.batches import Batch, Reason
from app.sms.consent import JOBS, ConsentRecord, Word
from app.sms.outbox import ALARM, Message, Purpose, Status

DAYS = 30
MOST = 60
_LEFT = (Status.SENDING, Status.ACCEPTED, Status.DELIVERED, Status.UNKNOWN)


@dataclass(frozen=True)
class Got:
    """A text, and why it came. `body` is empty where it was for somebody else at the phone: of that nothing is told."""

    at: datetime
    body: str
    because: list[str]


@dataclass(frozen=True)
class _Known:
    """What the reasons are made of, fetched for all texts at once."""

    said: Sequence[ConsentRecord]
    batches: dict[int, Batch]
    reasons: dict[int, list[str]]
    listings: dict[int, Listing]
    wrote: dict[int, Inbound]


async def texts(db: AsyncSession, person: Resident) -> list[Got]:
    """The newest first, as far as the number was this person's then."""
    if not person.phone:
        return []
    told_at = func.coalesce(Message.sent_at, Message.created_at)
    since = max(await numbers.held_since(db, person), clock.now() - timedelta(days=DAYS))
    found = [one for one in await db.scalars(
        select(Message).where(Message.phone == person.phone, Message.status.in_(_LEFT), told_at >= since)
        .order_by(told_at.desc(), Message.id.desc()).limit(MOST)) if ALARM not in one.memory]
    known = await _gather(db, person, found)
    return [Got(one.sent_at or one.created_at, _covered(one), _because(one, known))
            if not one.addressed or person.id in one.addressed
            else Got(one.sent_at or one.created_at, "", []) for one in found]


def _covered(message: Message) -> str:
    """Without what signs somebody in: at the station it would open the pages of everybody on the phone."""
    body = links.covered(message.body)
    return codes.covered(body) if message.purpose == Purpose.CODE else body


async def _gather(db: AsyncSession, person: Resident, found: Sequence[Message]) -> _Known:
    batch_ids = {one.batch_id for one in found if one.batch_id}
    why = await db.scalars(select(Reason).where(Reason.resident_id == person.id, Reason.batch_id.in_(batch_ids)))
    return _Known(
        said=await consent.log(db, person.phone or ""),
        batches=await _by_id(db, Batch, batch_ids),
        reasons={one.batch_id: one.why for one in why},
        listings=await _by_id(db, Listing, {one.listing_id for one in found if one.listing_id}),
        wrote=await _by_id(db, Inbound, {one.inbound_id for one in found if one.inbound_id}))


async def _by_id(db: AsyncSession, table: Any, ids: set[int]) -> dict[int, Any]:
    return {one.id: one for one in await db.scalars(select(table).where(table.id.in_(ids)))} if ids else {}


def _because(message: Message, known: _Known) -> list[str]:
    if message.batch_id:
        return _of_many(message, known)
    listing = known.listings.get(message.listing_id or 0)
    if message.purpose == Purpose.CODE:
        return [i18n.say(_("Somebody asked for it: on a page with this number, or at the station."))]
    if message.purpose == Purpose.SERVICE and listing is not None:
        return [i18n.say(_("It is about your place: {number} {title}."), number=listing.number, title=listing.title)]
    wrote = known.wrote.get(message.inbound_id or 0)
    if wrote is not None:
        return [i18n.say(_("It answers your text of {day}: “{text}”"), day=words.year_day(wrote.received_at),
                         text=wrote.text[:100])]
    return [i18n.say(_("Somebody of the station wrote to you."))]


def _of_many(message: Message, known: _Known) -> list[str]:
    """A text to many: on what word it was sent, and why this person was meant."""
    batch = known.batches[message.batch_id or 0]
    found = [pushes.explain(code) for code in known.reasons.get(batch.id, []) if not code.startswith("consent")]
    agreed = next((one for one in known.said if one.word == Word.AGREED and one.purpose in (batch.about, JOBS)
                   and one.at <= message.created_at), None)
    if agreed is not None:
        found.insert(0, i18n.say(_("You agreed to such texts on {day} ({how})."), day=words.year_day(agreed.at),
                                 how=wording.source(agreed.source)))
    return found
