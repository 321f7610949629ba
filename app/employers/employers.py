"""Employers: only one whose papers somebody checked can have a job pushed (Interim Regulations on the Human Resources
Market, art. 26)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class Employer(Table):
    """`document` says which papers were seen, such as a licence and its number."""

    __tablename__ = "employer"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    document: Mapped[str] = mapped_column(String(120), default="")
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def verified(self) -> bool:
        return self.verified_at is not None


async def add(db: AsyncSession, area: Area, *, name: str, by: Officer, contact: str = "",
              phone: str = "") -> Employer:
    """A new employer, not verified yet. Raises Refused without a name."""
    require(by, May.POST)
    if not name.strip():
        raise Refused(_("Please give the employer's name."), field="name")
    employer = Employer(area_id=area.id, name=name.strip()[:80], contact=contact.strip()[:40], phone=phone.strip()[:20])
    db.add(employer)
    await db.flush()
    audit.record(db, "add_employer", employer, by=by)
    return employer


async def verify(db: AsyncSession, employer: Employer, *, document: str, by: Officer) -> None:
    """Somebody with the right saw the papers. Raises Refused without saying which."""
    require(by, May.VERIFY)
    if not document.strip():
        raise Refused(_("Please say which papers you saw, such as a business licence and its number."),
                      field="document")
    employer.document, employer.verified_at, employer.verified_by_id = document.strip()[:120], clock.now(), by.id
    audit.record(db, "verify_employer", employer, by=by)


async def of(db: AsyncSession, area: Area) -> list[Employer]:
    return list(await db.scalars(select(Employer).where(Employer.area_id == area.id).order_by(Employer.name)))
