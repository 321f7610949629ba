"""A gateway that fails rests for a while, so that no more texts are put at risk: a circuit breaker per gateway. What it
decides stands in the database, so that every dispatcher heeds it and staff see it."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table, core, settings_of
from app.errors import Refused
from app.i18n import _
from app.sms.gateways.base import Outcome, Reason, Sent
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

log = logging.getLogger("doorstep.breaker")
BAD_CLAIMS, BAD_TEXTS = 3, 20  # in a row, before a gateway rests
SLOW_SECONDS = 10              # a call is slow from here on; a gateway gives up at 15
FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=10)
FIRST_OF_ACCOUNT, LONGEST_OF_ACCOUNT = timedelta(minutes=1), timedelta(minutes=15)
RELAPSE = timedelta(minutes=10)  # within which a next rest is longer than the last one
BEYOND = timedelta(hours=25)     # later than that no rest ends: a clock that ran ahead has written it


class State(StrEnum):
    WORKING = "working"
    RESTING = "resting"  # until `retry_at`; without one, until an officer lets it go on
    TRYING = "trying"    # one text is with it, to see; from `retry_at` on somebody else may try


class Why(StrEnum):
    ERRORS = "errors"    # no answers, or none that is any good
    SLOW = "slow"
    ACCOUNT = "account"  # our account, money or settings
    QUOTA = "quota"      # as many as it takes from us in a day
    STAFF = "staff"      # an officer took it out
    WELL = "well"        # it took a text again


class Standing(Table):
    """How a gateway stands. `bad` are the claims in a row that went badly, `rests` the rests in a row. `earliest`,
    `day` and `used` say how much it was given: see allowance.py."""

    __tablename__ = "gateway"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(8), default=State.WORKING)
    why: Mapped[str] = mapped_column(String(8), default="")
    since: Mapped[datetime] = mapped_column(default=clock.now)
    retry_at: Mapped[datetime | None]
    bad: Mapped[int] = mapped_column(default=0)
    rests: Mapped[int] = mapped_column(default=0)
    earliest: Mapped[datetime | None]
    day: Mapped[date | None]
    used: Mapped[int] = mapped_column(default=0)


class Decision(Table):
    """What was decided of a gateway, and why; `code` is the provider's own word, `officer_id` whoever decided it, where
    it was somebody. `until` is when it was to be tried again."""

    __tablename__ = "gateway_decision"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(String(8))
    why: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(40), default="")
    until: Mapped[datetime | None]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (Index(None, "gateway", "id"),)


_standing = core(Standing)


@dataclass(frozen=True)
class Verdict:
    """Of one claim: `why` it went badly, or nothing; so many texts, and the provider's word for most of them."""

    why: Why | None
    texts: int = 0
    code: str = ""


def judge(results: Sequence[Sent], *, seconds: float, rounds: int) -> Verdict:
    """Of what a gateway said to a claim, and how long it took for so many rounds of calls. What it refuses for a number
    or a text is no fault of its own."""
    ours = [sent for sent in results if sent.outcome == Outcome.TRY_LATER and sent.reason in (
        Reason.ACCOUNT, Reason.QUOTA)]
    failed = [sent for sent in results if sent.outcome in (Outcome.TRY_LATER, Outcome.UNKNOWN)]
    if ours:
        why = Why.QUOTA if all(sent.reason == Reason.QUOTA for sent in ours) else Why.ACCOUNT
        return Verdict(why, len(ours), _usual(ours))
    if failed and 2 * len(failed) >= len(results):
        return Verdict(Why.ERRORS, len(failed), _usual(failed))
    if seconds > SLOW_SECONDS * rounds:
        return Verdict(Why.SLOW, 0, f"{seconds:.0f} s")
    return Verdict(None)


async def standings(db: AsyncSession) -> Mapping[str, Any]:
    """The rows by name; a gateway without one works."""
    return {row.name: row for row in await db.execute(select(_standing))}


async def introduce(db: AsyncSession, name: str) -> None:
    """A row for a gateway that has none yet; several may do that at once."""
    upsert = sqlite.insert if settings_of(db).is_sqlite else postgresql.insert
    await db.execute(upsert(_standing).values(name=name, state=State.WORKING, why="", since=clock.now(), bad=0, rests=0,
                                              used=0).on_conflict_do_nothing())


async def may_have(db: AsyncSession, name: str, *, trial: bool, lease_seconds: int) -> bool:
    """Whether the gateway may still be given texts, now that they are to be claimed: somebody may have decided
    otherwise since it was looked at. A `trial` begins with it, for one process."""
    if trial:
        return await _begin_trial(db, name, lease_seconds=lease_seconds)
    state = await db.scalar(select(_standing.c.state).where(_standing.c.name == name))
    return state in (None, State.WORKING)


def works(row: Any) -> bool:
    return row is None or row.state == State.WORKING


def may_try(row: Any) -> bool:
    """Whether it has rested for long enough."""
    now = clock.now()
    return (row is not None and row.state != State.WORKING and row.retry_at is not None
            and (row.retry_at <= now or row.retry_at > now + BEYOND))


async def _begin_trial(db: AsyncSession, name: str, *, lease_seconds: int) -> bool:
    """Whether this process may see, with one text, whether the gateway works again: one at a time does."""
    now = clock.now()
    done = await db.execute(update(_standing).where(
        _standing.c.name == name, _standing.c.state != State.WORKING,
        or_(_standing.c.retry_at <= now, _standing.c.retry_at > now + BEYOND))
        .values(state=State.TRYING, retry_at=now + timedelta(seconds=lease_seconds)))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # every UPDATE has one


async def no_trial(db: AsyncSession, name: str) -> None:
    """There was no text to try it with."""
    await db.execute(update(_standing).where(_standing.c.name == name, _standing.c.state == State.TRYING)
                     .values(state=State.RESTING, retry_at=clock.now()))


async def heed(db: AsyncSession, name: str, verdict: Verdict, *, trial: bool) -> bool:
    """Draw the consequence from a claim; returns whether the gateway rests from now on."""
    row = await db.get_one(Standing, name, with_for_update=True, populate_existing=True)
    if row.state == State.WORKING or (trial and row.state == State.TRYING):
        if verdict.why is None:
            _well(db, row, trial=trial)
            return False
        row.bad += 1
        if trial or row.bad >= BAD_CLAIMS or verdict.texts >= BAD_TEXTS or verdict.why in (Why.ACCOUNT, Why.QUOTA):
            _rest(db, row, verdict)
            return True
    return False


async def try_now(db: AsyncSession, name: str, *, by: Officer) -> None:
    """Do not wait for the end of its rest. Raises Refused when it works."""
    row = await _of(db, name, by)
    if row.state == State.WORKING:
        raise Refused(_("It works, so there is nothing to try."))
    row.state, row.retry_at = State.RESTING, clock.now()
    _decide(db, row, State.TRYING, Why.STAFF, by=by)
    audit.record(db, "try_gateway", row, by=by, gateway=name)


async def take_out(db: AsyncSession, name: str, *, by: Officer) -> None:
    """Nothing more is given to it until an officer lets it go on. Raises Refused when it was taken out before."""
    row = await _of(db, name, by)
    if row.state != State.WORKING and row.retry_at is None:
        raise Refused(_("It has been taken out already."))
    row.state, row.why, row.since, row.retry_at = State.RESTING, Why.STAFF, clock.now(), None
    _decide(db, row, State.RESTING, Why.STAFF, by=by)
    audit.record(db, "rest_gateway", row, by=by, gateway=name)


async def wake(db: AsyncSession) -> None:
    """Somebody has put the account right, or believes so: it is tried at once."""
    await db.execute(update(_standing).where(
        _standing.c.state == State.RESTING, _standing.c.why.in_((Why.ACCOUNT, Why.QUOTA)))
        .values(retry_at=clock.now()))


async def decisions(db: AsyncSession, *, most: int) -> Sequence[Decision]:
    """The last ones, the newest first."""
    return (await db.scalars(select(Decision).order_by(Decision.id.desc()).limit(most))).all()


async def _of(db: AsyncSession, name: str, by: Officer) -> Standing:
    require(by, May.CARRIERS)
    row = await db.get(Standing, name, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused(_("There is no such gateway."))
    return row


def _well(db: AsyncSession, row: Standing, *, trial: bool) -> None:
    row.bad = 0
    if trial:
        row.state, row.why, row.since, row.retry_at = State.WORKING, "", clock.now(), None
        _decide(db, row, State.WORKING, Why.WELL)
        log.warning("the gateway %s works again", row.name)


def _rest(db: AsyncSession, row: Standing, verdict: Verdict) -> None:
    now, why = clock.now(), verdict.why or Why.ERRORS
    of_account = why in (Why.ACCOUNT, Why.QUOTA)
    first, longest = (FIRST_OF_ACCOUNT, LONGEST_OF_ACCOUNT) if of_account else (FIRST_REST, LONGEST_REST)
    row.rests = row.rests + 1 if row.state == State.TRYING or now - row.since < RELAPSE else 1
    if row.state == State.WORKING:
        row.since = now
    row.state, row.why, row.bad = State.RESTING, why, 0
    row.retry_at = now + min(first * 2 ** min(row.rests - 1, 10), longest) if why != Why.QUOTA else _tomorrow()
    _decide(db, row, State.RESTING, why, code=verdict.code)
    log.error("the gateway %s rests: %s", row.name, why)


def _tomorrow() -> datetime:
    """When providers count anew."""
    return clock.at(clock.today() + timedelta(days=1), time(0, 5))


def _decide(db: AsyncSession, row: Standing, state: State, why: Why, *, code: str = "",
            by: Officer | None = None) -> None:
    db.add(Decision(gateway=row.name, state=state, why=why, code=code[:40],
                    until=row.retry_at if state == State.RESTING else None, officer_id=by.id if by else None))


def _usual(results: Sequence[Sent]) -> str:
    """The provider's word for most of them."""
    return Counter(sent.code for sent in results).most_common(1)[0][0]
