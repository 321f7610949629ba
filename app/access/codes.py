"""Codes by text: how a resident proves a phone. The page says the same whether the phone is known or not."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table


class Code(Table):
    """A code that was asked for; the code and the asker's address are kept only as keyed hashes."""

    __tablename__ = "code"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "phone", "created_at"), Index(None, "address_hash", "created_at"))
