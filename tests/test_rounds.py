"""What the clock makes due happens by itself: here, forgetting."""

from datetime import timedelta

from sqlalchemy import func, select

from app import clock, rounds
from app.access import codes
from app.access.codes import Code
from app.db import Database
from app.staff.logins import LoginFailure


async def _kept(database: Database) -> tuple[int | None, int | None]:
    async with database.reading() as db:
        return (await db.scalar(select(func.count(Code.id))), await db.scalar(select(func.count(LoginFailure.id))))


async def test_codes_and_failed_log_ins_are_forgotten_after_a_day(database: Database) -> None:
    async with database.session() as db:
        await codes.ask(db, "+8614200000001", address="192.0.2.1")
        db.add(LoginFailure(who="somebody"))
    start = clock.now()
    clock.turn(start + timedelta(hours=23))
    async with database.session() as db:
        await codes.ask(db, "+8614200000001", address="192.0.2.1")
        db.add(LoginFailure(who="somebody"))
    await rounds.go(database)
    assert await _kept(database) == (2, 2)
    clock.turn(start + timedelta(hours=25))
    await rounds.go(database)
    assert await _kept(database) == (1, 1)
