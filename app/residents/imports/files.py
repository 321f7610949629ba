"""An uploaded list between its check and the button that applies it: encrypted, its officer's only, for a day."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table
from app.errors import NotFound, Refused
from app.i18n import _
from app.org import areas
from app.org.areas import Area
from app.residents import vault
from app.staff.accounts import Officer

KEPT = timedelta(days=1)


class ImportFile(Table):
    """`content` is sealed: a list holds ID numbers and phones."""

    __tablename__ = "import_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


async def keep(db: AsyncSession, sealed: bytes, *, name: str, area: Area, by: Officer) -> ImportFile:
    """Keep what was uploaded, and drop what has grown old."""
    await db.execute(delete(ImportFile).where(ImportFile.created_at < clock.now() - KEPT))
    file = ImportFile(token=secrets.token_urlsafe(16), name=name[:100], content=sealed, officer_id=by.id,
                      area_id=area.id)
    db.add(file)
    await db.flush()
    return file


async def load(db: AsyncSession, token: str, *, by: Officer) -> tuple[ImportFile, bytes, Area]:
    """The file, its bytes and the area for which it was uploaded. Raises NotFound for anybody else's, or an old one."""
    row = (await db.execute(select(ImportFile, ImportFile.content).where(
        ImportFile.token == token, ImportFile.officer_id == by.id,
        ImportFile.created_at >= clock.now() - KEPT))).one_or_none()
    if row is None:
        raise NotFound
    return row[0], vault.of(db).open(row[1]), await areas.get(db, row[0].area_id)


async def drop(db: AsyncSession, token: str) -> None:
    """Forget the file; what it said is in the registry now. Raises Refused when that has happened before."""
    dropped = await db.scalar(delete(ImportFile).where(ImportFile.token == token).returning(ImportFile.id))
    if dropped is None:
        raise Refused(_("This list was imported already."))
