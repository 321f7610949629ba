"""Officers: who they are, what their role lets them do, and where."""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock
from app.db import Id, Table
from app.errors import Refused
from app.i18n import _
from app.org import areas
from app.org.areas import Area
from app.staff import passwords

OPERATOR = "command-line"  # stands in the audit for whoever runs the command on the server


class Role(StrEnum):
    HEAD = "head"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class May(StrEnum):
    """What a staff page may ask for; every office route names one."""

    LOOK = "look"            # see what is in scope, phones masked
    OPEN = "open"            # open a masked value, audited
    CALL = "call"            # work on call tasks
    ANSWER = "answer"        # answer texts, and put right how they were read
    SIGN_UP = "sign_up"      # sign people up and take them off, on the telephone or at the counter
    EDIT_RESIDENTS = "edit_residents"
    IMPORT = "import"
    POST = "post"            # post and change jobs
    PUSH = "push"
    OPEN_MANY = "open_many"  # whole names and phones in an export
    NOTE_POSTED = "note_posted"  # note what was put up or read out where
    VERIFY = "verify"        # check an employer's papers
    APPROVE = "approve"      # approve somebody else's batch
    CARRIERS = "carriers"    # see how texts leave, and what providers sent that nobody could read
    MANAGE_STAFF = "manage_staff"


_HEAD = frozenset({May.LOOK, May.OPEN, May.CALL, May.ANSWER, May.SIGN_UP, May.NOTE_POSTED})
_CLERK = _HEAD | {May.EDIT_RESIDENTS, May.IMPORT, May.POST, May.PUSH}
_SUPERVISOR = _CLERK | {May.VERIFY, May.APPROVE, May.CARRIERS, May.OPEN_MANY}
ROLES: dict[str, frozenset[May]] = {
    Role.HEAD: _HEAD,
    Role.CLERK: _CLERK,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMIN: frozenset(May),
}


class Officer(Table):
    __tablename__ = "officer"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(12))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]

    area: Mapped[Area] = relationship(lazy="raise_on_sql")

    def may(self, what: May) -> bool:
        return what in ROLES[self.role]


async def add(db: AsyncSession, username: str, *, role: Role, area: Area, name: str = "", phone: str | None = None,
              password: str | None = None) -> tuple[Officer, str]:
    """A new account and its password; without one given, a one-time password that must be changed."""
    if await db.scalar(select(Officer.id).where(Officer.username == username)) is not None:  # a closed one as well
        raise Refused(_("The user name {username} is taken."), field="username", username=username)
    chosen = password or secrets.token_urlsafe(9)
    officer = Officer(username=username, name=name or username, phone=phone, role=role, area=area,
                      password_hash=passwords.hashed(chosen), must_change=password is None)
    db.add(officer)
    await db.flush()
    return officer, chosen


async def by_username(db: AsyncSession, username: str) -> Officer | None:
    """The open account of that name, its area loaded."""
    return await db.scalar(_with_area().where(Officer.username == username, Officer.closed_at.is_(None)))


async def operator(db: AsyncSession, area: Area) -> Officer:
    """The account in whose name the command writes: closed from the start, so that nobody can log in with it."""
    found = await db.scalar(select(Officer).where(Officer.username == OPERATOR))
    if found is None:
        found = Officer(username=OPERATOR, name=OPERATOR, role=Role.ADMIN, password_hash="",
                        area=(await areas.above(db, area))[0], closed_at=clock.now())
        db.add(found)
        await db.flush()
    return found


async def get(db: AsyncSession, officer_id: int) -> Officer | None:
    return await db.scalar(_with_area().where(Officer.id == officer_id, Officer.closed_at.is_(None)))


def _with_area() -> Select[Officer]:
    return select(Officer).options(joinedload(Officer.area))
