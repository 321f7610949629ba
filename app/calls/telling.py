"""News for somebody who holds or awaits a place: by text where that is allowed, else a person telephones."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.calls import calls
from app.calls.calls import Why
from app.db import settings_of
from app.residents import residents
from app.residents.residents import Resident
from app.sms import consent, outbox, quiet
from app.sms.outbox import Purpose


class Event(Protocol):
    """What the news is about: a listing, as far as this room has to know it."""

    id: int
    number: int
    area_id: int
    starts_at: datetime
    ends_at: datetime


async def tell(db: AsyncSession, resident: Resident, template: str, *, about: Event, why: Why,
               asks: str = "", **values: object) -> None:
    """Queue the text, or make a call task for somebody without a phone that may be texted.

    In the quiet hours the text waits for the morning, unless what it is about starts before ten.
    """
    now = clock.now()
    leaves, end = _leaves(db, about, now)
    with i18n.speaking(resident.language), words.leaving(leaves):
        said = words.text(template, listing=about, resident=resident, **values)
    if not await may_be_texted(db, resident):
        await calls.ask(db, why, resident=resident, said=said, listing_id=about.id)
        return
    if len(await residents.by_phone(db, resident.phone or "")) > 1:
        said = f"{resident.name}:{said}"
    await outbox.queue(db, to=resident.phone or "", text=said, purpose=Purpose.SERVICE, asks=asks,
                       addressed=[resident.id], area_id=about.area_id, listing_id=about.id, not_before=leaves,
                       expires_at=quiet.good_until(leaves, end))


async def may_be_texted(db: AsyncSession, resident: Resident) -> bool:
    """Whether news can reach the person by text: there is a phone, it exists, and it has not said stop."""
    return bool(resident.phone and not resident.wrong_phone_at and not await consent.stopped(db, resident.phone))


def _leaves(db: AsyncSession, about: Event, now: datetime) -> tuple[datetime, datetime]:
    """When the news may leave, and the moment from which on it is none: the start; the end, once it has started."""
    hours = settings_of(db).quiet_hours
    if about.starts_at > now:
        return quiet.news_may_leave(hours, now, about.starts_at), about.starts_at
    return quiet.opening(hours, now), about.ends_at
