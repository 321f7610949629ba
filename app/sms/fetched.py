"""What a provider was asked for is not brought again: it is kept as it came, before anybody tries to understand it, and
forgotten in the transaction that keeps what stood in it. It is sealed, as nobody knows yet what people wrote."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, LargeBinary, String, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Database, Id, Table
from app.residents import vault

AGAIN = timedelta(seconds=60)  # after which whoever took it in hand has died
_AT_ONCE = 8


class Fetched(Table):
    """One answer, as `sealed` keeps it; until `due_at` somebody has it in hand. `kind` is receipt or reply."""

    __tablename__ = "fetched"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    came_at: Mapped[datetime]
    due_at: Mapped[datetime]

    __table_args__ = (Index(None, "gateway", "id"),)

    def name_of(self, place: int) -> str:
        """What the part at that place is called, whenever it is read again. Ids alone are given anew."""
        return f"fetched-{self.id}-{self.came_at.timestamp():.6f}-{place}"


async def keep(database: Database, gateway: str, *, kind: str, raw: bytes) -> None:
    sealed = vault.with_key(database.settings.data_key).seal(raw)
    async with database.session() as db:
        await db.execute(insert(Fetched).values(gateway=gateway, kind=kind, sealed=sealed, came_at=clock.now(),
                                                 due_at=clock.now()))


def opened(database: Database, row: Fetched) -> bytes:
    """What came. Raises WrongKey."""
    return vault.with_key(database.settings.data_key).open(row.sealed)


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
