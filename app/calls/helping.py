"""Somebody presses "ask somebody for help" on a page: a person telephones. Whoever is signed in is asked nothing."""

from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.calls import calls
from app.calls.calls import Call, Why
from app.db import Id, Table, take_turn
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area
from app.residents.residents import Resident

HOUR = timedelta(hours=1)
PER_ADDRESS = 20  # as with codes: a village may come from one address of its carrier


class Asking(Table):
    """That somebody at an address asked; the address is kept only as a keyed hash."""

    __tablename__ = "asking"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index(None, "address_hash", "created_at"),)


async def ask(db: AsyncSession, phone: str, people: list[Resident], *, where: str, address_mark: str,
              area: Area | None) -> Call:
    """A call task for this phone, `where` naming the page that it came from. The first of a family stands for all; a
    number that nobody knows belongs to the community. One that is open already takes the new page in, and is no second
    one. Raises Refused when somebody at this address has asked too often."""
    await take_turn(db, "help")
    asked = await db.scalar(select(func.count()).where(Asking.address_hash == address_mark,
                                                       Asking.created_at > clock.now() - HOUR)) or 0
    if asked >= PER_ADDRESS:
        raise Refused(_("Many people have asked for a call from here just now, and we will call them. Please "
                        "telephone us, or try again in an hour."), field="phone")
    db.add(Asking(address_hash=address_mark))
    area_id = area.id if area else await calls.anywhere(db)
    return await calls.ask_once(db, Why.ASKED, phone=phone, resident=people[0] if people else None, area_id=area_id,
                                said=where)


async def forget_old(db: AsyncSession) -> None:
    """They count for an hour; a day later nothing needs them."""
    await db.execute(delete(Asking).where(Asking.created_at < clock.now() - timedelta(days=1))
                     .execution_options(synchronize_session=False))
