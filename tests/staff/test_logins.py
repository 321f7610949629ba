"""Guessing is slow however it is done, and looking at a password holds up nobody else."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import Refused
from app.staff import logins, passwords
from app.staff.logins import FREE_FAILURES, FREE_FAILURES_OF_AN_ADDRESS, LoginFailure
from tests.village import Village

RIGHT = "not-a-secret"


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared with a hash; slowly, but without the work."""
    seen: list[str] = []

    async def look(kept: str, password: str) -> bool:
        seen.append(password)
        await asyncio.sleep(0.2)
        return password == RIGHT

    monkeypatch.setattr(passwords, "soon_fits", look)
    return seen


async def _try(village: Village, password: str, *, username: str = "", address: str = "10.0.0.1") -> Any:
    try:
        return await logins.log_in(village.database, username or village.boss.username, password, address=address)
    except Refused as refused:
        return refused


async def _failures(village: Village) -> int:
    async with village.database.reading() as db:
        return await db.scalar(select(func.count(LoginFailure.id))) or 0


async def test_many_guesses_at_once_are_no_more_than_many_in_a_row(village: Village, looked_at: list[str]) -> None:
    results = await asyncio.gather(*(_try(village, f"guess {n}", address=f"10.0.0.{n}") for n in range(15)))
    assert len(looked_at) == FREE_FAILURES + 1
    assert sum(isinstance(result, Refused) for result in results) == 15 - len(looked_at)
    assert await _failures(village) == 2 * len(looked_at)  # by name and by address


async def test_a_log_in_that_fits_leaves_no_failure(village: Village, looked_at: list[str]) -> None:
    await _try(village, "wrong")
    assert await _try(village, RIGHT)
    assert await _failures(village) == 2


async def test_an_address_has_more_tries_than_a_name(village: Village, looked_at: list[str]) -> None:
    for n in range(FREE_FAILURES_OF_AN_ADDRESS + 1):
        assert await _try(village, "wrong", username=f"somebody-{n}") is None
    assert isinstance(await _try(village, "wrong", username="somebody-else"), Refused)
    assert await _try(village, RIGHT, address="10.0.0.2")


async def test_nobody_waits_for_a_password_that_is_looked_at(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite there is one connection that writes."""
    looking, go = asyncio.Event(), asyncio.Event()

    async def look(kept: str, password: str) -> bool:
        looking.set()
        await go.wait()
        return True

    monkeypatch.setattr(passwords, "soon_fits", look)
    under_way = asyncio.create_task(_try(village, RIGHT))
    await looking.wait()
    async with asyncio.timeout(60), village.database.session() as db:
        db.add(LoginFailure(who="somebody"))
    go.set()
    assert await under_way


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_loop_goes_on_while_a_password_is_hashed(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", {})
    turns = 0
    hashing = asyncio.create_task(passwords.soon_hashed("a long enough one"))
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 5
    assert passwords.fits(await hashing, "a long enough one")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_password_of_a_book_is_no_password(village: Village) -> None:
    assert not passwords.fits(passwords.hashed("x" * 200), "x" * 201)
    with pytest.raises(Refused, match="at most 200"):
        await logins.change_password(village.database, village.boss, RIGHT, "x" * 201)


async def test_another_password_ends_the_other_sessions(village: Village) -> None:
    mine, other = [await _try(village, RIGHT), await _try(village, RIGHT)]
    await logins.change_password(village.database, village.boss, RIGHT, "another good one", token=mine)
    async with village.database.reading() as db:
        assert await logins.officer_of(db, mine)
        assert await logins.officer_of(db, other) is None
    assert await _try(village, RIGHT) is None
    assert await _try(village, "another good one")


def test_a_password_is_hashed_as_slowly_as_the_standard_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", {})
    assert passwords.hashed("a long enough one").startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, section 4
