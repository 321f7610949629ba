"""What a provider was asked for is not brought again: it is kept as it came, before anybody tries to understand it, and
forgotten in the transaction that keeps what stood in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, LargeBinary, String, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Database, Id, Table

AGAIN = timedelta(seconds=60)  # after which whoever took it in hand has died
_AT_ONCE = 8


class Fetched(Table):
    """One answer; until `due_at` somebody has it in hand. `kind` is receipt or reply."""

    __tablename__ = "fetched"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(8))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    due_at: Mapped[datetime]

    __table_args__ = (Index(None, "gateway", "id"),)


async def keep(database: Database, gateway: str, *, kind: str, raw: bytes) -> None:
    async with database.session() as db:
        await db.execute(insert(Fetched).values(gateway=gateway, kind=kind, raw=raw, due_at=clock.now()))


async def take_in_hand(database: Database, gateway: str) -> Sequence[Fetched]:
    """The oldest that nobody has in hand. Whoever takes them calls `forget` within a minute, or they come again."""
    due = Fetched.gateway == gateway, Fetched.due_at <= clock.now()
    async with database.reading() as db:
        if not await db.scalar(select(exists().where(*due))):
            return []
    async with database.session() as db:
        rows = (await db.scalars(select(Fetched).where(*due).order_by(Fetched.id).limit(_AT_ONCE)
                                 .with_for_update(skip_locked=True))).all()
        for row in rows:
            row.due_at = clock.now() + AGAIN
        return rows


async def forget(db: AsyncSession, ids: Sequence[int]) -> None:
    """What stood in them is kept, if this transaction is."""
    if ids:
        await db.execute(delete(Fetched).where(Fetched.id.in_(ids)))
