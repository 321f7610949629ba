"""The record of one person's phone, for a complaint: who said what when, both ways, and on whose word it was sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, phones
from app.access import links
from app.db import settings_of
from app.desk import conversations, corrections
from app.desk.corrections import Fixed
from app.errors import Refused
from app.i18n import _
from app.jobs import pushes
from app.listings.listings import Listing
from app.org import areas
from app.org.areas import Area
from app.residents import covers, numbers, reasons, residents
from app.residents.residents import Resident
from app.sms import consent
from app.sms.arrivals import Inbound
from app.sms.batches import Batch, Reason
from app.sms.consent import Consent, ConsentRecord
from app.sms.outbox import ALARM, Message, Purpose
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass(frozen=True)
class Said:
    """A word about texts to the number, and the officer who noted it, if one did. `ground` is None where the number may
    have been somebody else's then."""

    at: datetime
    record: ConsentRecord
    ground: str | None
    officer: str


@dataclass(frozen=True)
class Sent:
    """A text to the number. `body` is None where it was for somebody else at the number, and then nothing else of it
    is told. `ours` is our own number, `title` the campaign or job, `author` who wrote it, `why` why this person was
    told."""

    at: datetime
    message: Message
    body: str | None
    ours: str = ""
    title: str = ""
    author: str = ""
    approver: str = ""
    approved_at: datetime | None = None
    why: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Came:
    """A text from the number to ours, and how its reading was put right, if it was."""

    at: datetime
    text: Inbound
    body: str
    ours: str
    fixed: Fixed | None


@dataclass(frozen=True, repr=False)
class _Cover:
    """What a reader of the record may not read: names of the others, phones but those `shown`."""

    names: frozenset[str]
    shown: frozenset[str]

    def over(self, text: str) -> str:
        return covers.bare(text, self.names, shown=self.shown)


@dataclass(frozen=True)
class Record:
    """`entries` in the order of time, from `since` on: what was before may have been somebody else's number. `held` is
    what holds by purpose now; `people` use the number; `phone` is masked unless it was opened."""

    person: Resident
    phone: str
    people: int
    station: Area
    since: datetime
    held: dict[str, Consent]
    entries: list[Said | Sent | Came]
    reason: str
    made_at: datetime
    made_by: str


async def open_record(db: AsyncSession, person: Resident, reason: str, *, by: Officer,
                      whole_phone: bool = False) -> Record:
    """Everything about the person's number, for an officer who says why; asking is audited, and so is the number that
    is not masked. Raises Refused for a reason that says nothing."""
    require(by, May.OPEN)
    if not person.phone:
        raise Refused(_("Without a phone there are no texts."), field="reason")
    others = await _others(db, person)
    names = frozenset(one.name for one in others)
    reason = await reasons.read(db, reason, by=by, names={person.name, *names})
    audit.record(db, "open_record", person, by=by, reason=reason)
    phone = await residents.open_phone(db, person, by=by) if whole_phone else phones.mask(person.phone)
    station = await areas.community_of(db, await areas.get(db, person.area_id))
    cover = _Cover(names, frozenset(filter(None, [station.phone, person.phone if whole_phone else ""])))
    since = await numbers.held_since(db, person)
    entries: list[Said | Sent | Came] = [
        *await _said(db, person, cover, since), *await _sent(db, person, cover, since, by),
        *await _came(db, person, cover, since, by)]
    return Record(person, phone, 1 + sum(one.left_at is None for one in others), station, since,
                  await consent.held(db, person.phone), sorted(entries, key=lambda entry: entry.at), reason,
                  clock.now(), by.name)


async def _others(db: AsyncSession, person: Resident) -> list[Resident]:
    """Everybody else of the registry who uses the number, or did until they moved away; not a namesake, whose name
    could not be told from the person's own."""
    return list(await db.scalars(select(Resident).where(Resident.phone == person.phone, Resident.id != person.id)))


async def _said(db: AsyncSession, person: Resident, cover: _Cover, since: datetime) -> list[Said]:
    """That and when it was said is of the number; in which words, of whoever had it then."""
    log = await consent.log(db, person.phone or "")
    names = await _names(db, (one.officer_id for one in log))
    return [Said(one.at, one, cover.over(one.ground) if since <= one.at <= _until(person) else None,
                 names.get(one.officer_id or 0, "")) for one in log]


async def _sent(db: AsyncSession, person: Resident, cover: _Cover, since: datetime,
                officer: Officer) -> list[Sent]:
    found = [one for one in await db.scalars(select(Message).where(_theirs(Message, Message.created_at, person, since)))
             if not one.memory.get(ALARM)]  # that is for an officer who happens to have this number
    answered = {one.inbound_id for one in found if one.inbound_id}
    seen = set(await db.scalars(conversations.theirs(officer).where(Inbound.id.in_(answered))
                                .with_only_columns(Inbound.id)))
    mine = [one for one in found if (person.id in one.addressed if one.addressed
                                     else one.inbound_id is None or one.inbound_id in seen)]
    wrote = await conversations.authors(db, "message", [one.id for one in mine])
    bulk = await _bulk(db, person, {one.batch_id for one in mine if one.batch_id})
    theirs = {one.id for one in mine}
    return [Sent(one.created_at, one, cover.over(_covered(one)), _ours(db, one.gateway),
                 **({"author": wrote.get(one.id, "")} | bulk.get(one.batch_id or 0, {})))
            if one.id in theirs else Sent(one.created_at, one, None) for one in found]


async def _bulk(db: AsyncSession, person: Resident, batch_ids: set[int]) -> dict[int, dict[str, Any]]:
    """By batch: what it was called, who wrote and who approved it, and why the person was told."""
    rows = list(await db.execute(
        select(Batch, Reason, Listing).outerjoin(Listing, Listing.id == Batch.listing_id)
        .outerjoin(Reason, and_(Reason.batch_id == Batch.id, Reason.resident_id == person.id))
        .where(Batch.id.in_(batch_ids))))
    names = await _names(db, (one for batch, _why, _about in rows for one in (batch.author_id, batch.approved_by_id)))
    return {batch.id: {
        "title": batch.title or (f"{listing.number} · {listing.title}" if listing else ""),
        "author": names.get(batch.author_id, ""), "approver": names.get(batch.approved_by_id or 0, ""),
        "approved_at": batch.approved_at, "why": [pushes.explain(code) for code in reason.why] if reason else []}
        for batch, reason, listing in rows}


async def _came(db: AsyncSession, person: Resident, cover: _Cover, since: datetime,
                officer: Officer) -> list[Came]:
    found = list(await db.scalars(conversations.theirs(officer).where(
        _theirs(Inbound, Inbound.received_at, person, since))))
    fixed = await corrections.made_of(db, [one.id for one in found])
    return [Came(one.received_at, one, cover.over(one.text), _ours(db, one.gateway), fixed.get(one.id))
            for one in found]


def _theirs(table: Any, at: Any, person: Resident, since: datetime) -> ColumnElement[bool]:
    """The condition: of their number, from then on until they moved away."""
    return and_(table.phone == person.phone, at >= since, at <= _until(person))


def _until(person: Resident) -> datetime:
    return person.left_at or datetime(9999, 1, 1, tzinfo=UTC)


def _ours(db: AsyncSession, gateway: str) -> str:
    """Our number at the gateway; its name where the number is the carrier's matter."""
    return getattr(settings_of(db), f"{gateway}_from", "") or gateway


async def _names(db: AsyncSession, officer_ids: Iterable[int | None]) -> dict[int, str]:
    rows = await db.execute(select(Officer.id, Officer.name).where(Officer.id.in_(set(filter(None, officer_ids)))))
    return {row.id: row.name for row in rows}


def _covered(message: Message) -> str:
    """The words as sent; a code, or a link that opens a page, is for its owner's eyes alone."""
    body = links.covered(message.body)
    return _CODE.sub("******", body) if message.purpose == Purpose.CODE else body
