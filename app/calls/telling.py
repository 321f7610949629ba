"""News for somebody who holds or awaits a place: by text where that is allowed, else a person telephones."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.calls import calls
from app.calls.calls import Why
from app.db import settings_of
from app.residents.residents import Resident
from app.sms import consent, outbox, quiet
from app.sms.outbox import Purpose


class Event(Protocol):
    """What the news is about: a listing, as far as this room has to know it."""

    id: int
    number: int
    area_id: int
    starts_at: datetime


async def tell(db: AsyncSession, resident: Resident, template: str, *, about: Event, why: Why,
               asks: str = "", **values: object) -> None:
    """Queue the text, or make a call task for somebody without a phone that may be texted.

    In the quiet hours the text waits for the morning, unless what it is about starts before ten.
    """
    with i18n.speaking(resident.language):
        said = words.text(template, listing=about, resident=resident, **values)
    if resident.phone is None or resident.wrong_phone_at or await consent.stopped(db, resident.phone):
        await calls.ask(db, why, resident=resident, said=said, listing_id=about.id)
        return
    leaves = quiet.news_may_leave(settings_of(db).quiet_hours, clock.now(), about.starts_at)
    await outbox.queue(db, to=resident.phone, text=said, purpose=Purpose.SERVICE, asks=asks, addressed=[resident.id],
                       area_id=about.area_id, listing_id=about.id, not_before=leaves, expires_at=about.starts_at)
