"""Whose number it is: a phone may have been somebody else's before."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.residents.residents import CHANGED_PHONE, Resident
from app.staff.audit import Audit


async def held_since(db: AsyncSession, person: Resident) -> datetime:
    """Since when the number is this person's, as far as the register knows."""
    changes = await db.scalars(select(Audit).where(
        Audit.subject == Resident.__tablename__, Audit.subject_id == person.id,
        Audit.verb.in_(("change_resident", CHANGED_PHONE))))
    return max([person.created_at, *(one.at for one in changes if one.verb == CHANGED_PHONE
                                     or "phone" in one.detail.get("fields", ()))])
