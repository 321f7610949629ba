"""People who have difficulty finding work: the categories are set by each province, so they are rows, not code."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table
from app.errors import NotFound, Refused
from app.i18n import _
from app.residents.residents import Resident
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class HardshipCategory(Table):
    """One entry of the list, such as DL 大龄, with the days on which it counts."""

    __tablename__ = "hardship_category"
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


class Hardship(Table):
    """Somebody was recognised in a category: on what ground, from when until when."""

    __tablename__ = "hardship"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    code: Mapped[str] = mapped_column(ForeignKey("hardship_category.code"))
    ground: Mapped[str] = mapped_column(String(100), default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (Index(None, "resident_id", "code"), Index(None, "code", "resident_id"))

    def counts(self, day: date) -> bool:
        """Whether it has not ended before that day."""
        return self.until is None or self.until >= day


async def recognise(db: AsyncSession, resident: Resident, code: str, *, ground: str, since: date | None,
                    until: date | None, by: Officer) -> Hardship:
    """The person counts in this category from now on. Raises Refused, naming the field."""
    require(by, May.EDIT_RESIDENTS)
    if code not in {row.code for row in await categories(db, clock.today())}:
        raise Refused(_("Please choose a category from the list."), field="code")
    if not ground.strip():
        raise Refused(_("Please say on what ground, such as the card or the decision that you saw."), field="ground")
    if since and until and until < since:
        raise Refused(_("The last day is before the first."), field="until")
    if any(row.code == code and row.counts(clock.today()) for row, _category in await of(db, resident)):
        raise Refused(_("This category is noted already. End the earlier entry first."), field="code")
    row = Hardship(resident_id=resident.id, code=code, ground=ground.strip()[:100], since=since, until=until,
                   officer_id=by.id)
    db.add(row)
    await db.flush()
    audit.record(db, "recognise_hardship", resident, by=by, code=code)
    return row


async def end(db: AsyncSession, resident: Resident, hardship_id: int, *, until: date, by: Officer) -> None:
    """The entry counts until that day, the day itself included. Raises Refused, naming the field."""
    require(by, May.EDIT_RESIDENTS)
    row = await db.scalar(select(Hardship).where(Hardship.id == hardship_id, Hardship.resident_id == resident.id))
    if row is None:
        raise NotFound
    if row.since and until < row.since:
        raise Refused(_("The last day is before the first."), field=f"until-{row.id}")
    row.until = until
    audit.record(db, "end_hardship", resident, by=by, code=row.code)


async def of(db: AsyncSession, resident: Resident) -> list[tuple[Hardship, HardshipCategory]]:
    """Everything that was ever recognised, the newest first."""
    rows = await db.execute(select(Hardship, HardshipCategory)
                            .join(HardshipCategory, HardshipCategory.code == Hardship.code)
                            .where(Hardship.resident_id == resident.id).order_by(Hardship.id.desc()))
    return [(row, category) for row, category in rows]


async def categories(db: AsyncSession, day: date) -> list[HardshipCategory]:
    """The list as it counts on that day."""
    c = HardshipCategory
    return list(await db.scalars(select(c).where(or_(c.valid_from.is_(None), c.valid_from <= day),
                                                 or_(c.valid_until.is_(None), c.valid_until >= day)).order_by(c.code)))
