"""Who of an audience gets what, put together inside the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.audience import reach
from app.audience.query import Audience
from app.audience.reach import Span
from app.campaigns import wording
from app.campaigns.rare import rare
from app.campaigns.wording import Hole, Part
from app.dialects import spelled
from app.org.areas import Area, Level
from app.residents.residents import NAME_LENGTH, Resident
from app.sms import length

HOME = aliased(Area)  # the building that a text may name
# The numbers of a group as a JSON list, ascending, and its names in the order of their numbers. SQLite gathers in the
# order of its index of phones, in which rows with the same phone stand in the order of their ids.
_list = spelled("list", sqlite="json_group_array({0})", postgresql="json_agg({0} ORDER BY {0})")
_names = spelled("names", sqlite="group_concat({0}, '、')", postgresql="string_agg({0}, '、' ORDER BY {1})",
                 gives=String())


def people(whom: Audience, of: list[Part], leaves: datetime, *columns: Any, listing_id: int | None = None,
           span: Span | None = None) -> Select[Any]:
    """Those to whom the text may go and whom it fits: somebody whose building nobody knows cannot be told theirs."""
    found = reach.reached(whom, leaves, *columns, listing_id=listing_id, span=span)
    if "building" not in wording.holes(of):
        return found
    return found.join(HOME, HOME.id == Resident.area_id).where(HOME.level == Level.BUILDING)


def texts(whom: Audience, of: list[Part], leaves: datetime, *, listing_id: int | None = None,
          span: Span | None = None) -> Any:
    """One row for each phone: phone, body, segments, addressed (ids in the order of the registry), as a subquery. Of
    texts in which a character may count as two, as it does in a few names only, there are 0 segments: those have to be
    measured one by one. They come in the order of phones, in which they are written fastest."""
    filled = {"name": _names(Resident.name, Resident.id), "building": func.min(HOME.name)}
    told = people(whom, of, leaves, Resident.phone, _list(Resident.id).label("addressed"),
                  *(filled[name].label(name) for name in sorted(wording.holes(of))), listing_id=listing_id,
                  span=span).group_by(Resident.phone).order_by(Resident.phone).subquery()
    odd = or_(false(), *(rare(told.c[name]) for name in sorted(wording.holes(of))))
    one = select(told.c.phone, _body(of, told).label("body"), told.c.addressed, odd.label("odd")).subquery()
    rarely = sum(length.measure(part).units - len(part) for part in of if isinstance(part, str))
    units = func.length(one.c.body) + rarely  # the signature makes it UCS-2
    segments = case((one.c.odd, 0), (units <= 70, 1), else_=(units + 66) // 67)
    return select(one.c.phone, one.c.body, segments.label("segments"), one.c.addressed).subquery()


async def most_segments(db: AsyncSession, of: list[Part]) -> int | None:
    """More than any text can have, without looking at a text; None where that cannot be said."""
    if wording.holes(of) - {"name"}:
        return None
    units = sum(length.measure(part).units for part in of if isinstance(part, str))
    if wording.holes(of):
        sharing = select(func.count().label("people")).where(Resident.phone.is_not(None)).group_by(Resident.phone)
        together = await db.scalar(select(func.max(sharing.subquery().c.people))) or 0
        units += together * (2 * NAME_LENGTH + 1) * sum(isinstance(part, Hole) for part in of)
    return units // 67 + 1


def _body(of: list[Part], person: Any) -> ColumnElement[str]:
    """The text as an expression: plain pieces and what the person fills in."""
    pieces = [person.c[part.name] if isinstance(part, Hole) else literal(part) for part in of]
    body: ColumnElement[str] = pieces[0]
    for piece in pieces[1:]:
        body = body.concat(piece)
    return body
