"""Pages that answered a form, kept for a moment so that they have an address of their own: a browser goes back to it
without asking whether to send the form again.

Only the browser that sent the form can read them: they are sealed with a key made of that browser's own token, which
is not in the database; what answered somebody who was signed in, with the token of their session, too.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Table, core, settings_of

KEPT = timedelta(minutes=30)
MOST = 20_000  # at a time: whoever sends nothing but wrong forms fills no disk


class FormAnswer(Table):
    __tablename__ = "form_answer"
    mark: Mapped[str] = mapped_column(String(22), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


@dataclass(frozen=True)
class Answer:
    """An answer as it was about to be sent; `headers` by name, without cookies."""

    status: int
    headers: dict[str, str]
    body: bytes


async def keep(db: AsyncSession, answer: Answer, *, browser: str, session: str = "") -> str:
    """Put it away; returns the mark by which this browser finds it again, or none where too many are kept."""
    full = select(core(FormAnswer).c.made_at).order_by(core(FormAnswer).c.made_at).offset(MOST - 1).limit(1)
    if await db.scalar(full) is not None:
        return ""
    mark = secrets.token_urlsafe(16)
    plain = json.dumps([answer.status, answer.headers]).encode() + b"\n" + answer.body
    db.add(FormAnswer(mark=mark, sealed=_seal(db, browser, session, mark).encrypt(plain)))
    await db.flush()
    return mark


async def find(db: AsyncSession, mark: str, *, browser: str, session: str = "") -> Answer | None:
    """None for one that is too old, was never there or is another browser's or session's."""
    sealed = await db.scalar(select(core(FormAnswer).c.sealed).where(
        core(FormAnswer).c.mark == mark, core(FormAnswer).c.made_at > clock.now() - KEPT))
    if sealed is None:
        return None
    try:
        first, _end, body = _seal(db, browser, session, mark).decrypt(sealed).partition(b"\n")
    except InvalidToken:
        return None
    status, headers = json.loads(first)
    return Answer(status, headers, body)


async def forget_old(db: AsyncSession) -> None:
    await db.execute(delete(FormAnswer).where(FormAnswer.made_at < clock.now() - KEPT)
                     .execution_options(synchronize_session=False))


def _seal(db: AsyncSession, browser: str, session: str, mark: str) -> Fernet:
    whose = f"form answer:{mark}:{browser}:{session}"
    key = hmac.digest(settings_of(db).secret_key.encode(), whose.encode(), hashlib.sha256)
    return Fernet(urlsafe_b64encode(key))
