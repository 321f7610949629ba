"""Calls of a phone that nobody knew get their person, once somebody has registered them."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Call
from app.org.areas import Area, inside
from app.residents.residents import Resident
from app.staff.accounts import May, Officer
from app.staff.scopes import require


async def adopt(db: AsyncSession, resident: Resident, *, by: Officer, call: Call | None = None) -> None:
    """Open calls from this person's phone that are nobody's become theirs; so does the one that led to them, from
    whatever phone it came."""
    require(by, May.CALL)
    found = [call] if call is not None and call.resident_id is None else []
    if resident.phone:
        found += await db.scalars(
            select(Call).outerjoin(Area, Call.area_id == Area.id)
            .where(Call.phone == resident.phone, Call.resident_id.is_(None), Call.done_at.is_(None),
                   or_(Call.area_id.is_(None), inside(by.area))))
    for one in found:
        one.resident_id, one.area_id = resident.id, resident.area_id
    await db.flush()
