"""Codes: short-lived, five tries, one a minute and five an hour per phone, twenty an hour per address."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock, i18n
from app.access import codes
from app.access.codes import Code, TooOften
from app.db import Database
from app.residents.residents import Resident
from app.sms import length
from app.sms.outbox import Message, Priority, Purpose
from tests.village import Village

WANG, LI = "+8614200000001", "+8614200000002"
HOME, AWAY = "192.0.2.1", "192.0.2.2"


async def _asked(database: Database, phone: str = WANG, address: str = HOME) -> str:
    """Ask for a code; returns its digits, as the phone shows them."""
    async with database.session() as db:
        await codes.ask(db, phone, address=address)
        text = (await db.scalars(select(Message).where(Message.phone == phone).order_by(Message.id.desc()))).first()
    assert text
    return str(re.findall(r"\d{6}", text.body)[-1])


async def _fits(database: Database, typed: str, phone: str = WANG) -> bool:
    async with database.session() as db:
        return await codes.check(db, phone, typed)


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_code_fits_once(database: Database) -> None:
    code = await _asked(database)
    assert await _fits(database, code)
    assert not await _fits(database, code)


async def test_a_code_fits_its_own_phone_only(database: Database) -> None:
    code = await _asked(database)
    assert not await _fits(database, code, phone=LI)


async def test_a_code_lasts_ten_minutes(database: Database) -> None:
    code = await _asked(database)
    clock.turn(clock.now() + timedelta(minutes=9, seconds=50))
    assert await _fits(database, code)
    clock.turn(clock.now() + timedelta(minutes=2))
    code = await _asked(database)
    clock.turn(clock.now() + timedelta(minutes=10, seconds=1))
    assert not await _fits(database, code)


async def test_after_five_wrong_tries_the_right_code_is_too_late(database: Database) -> None:
    code = await _asked(database)
    for _ in range(5):
        assert not await _fits(database, _other(code))
    assert not await _fits(database, code)


async def test_the_fifth_try_may_be_the_right_one(database: Database) -> None:
    code = await _asked(database)
    for _ in range(4):
        assert not await _fits(database, _other(code))
    assert await _fits(database, code)


async def test_an_earlier_code_fits_until_it_expires(database: Database) -> None:
    """The first text may arrive after the second one was asked for."""
    first = await _asked(database)
    clock.turn(clock.now() + timedelta(minutes=2))
    second = await _asked(database)
    assert await _fits(database, first)
    assert not await _fits(database, second)


async def test_one_a_minute_and_five_an_hour_per_phone(database: Database) -> None:
    start = clock.now()
    for minute in range(5):
        clock.turn(start + timedelta(minutes=minute, seconds=minute))
        await _asked(database, address=f"192.0.2.{minute}")
        with pytest.raises(TooOften):
            await _asked(database, address="192.0.2.9")
    clock.turn(start + timedelta(minutes=30))
    with pytest.raises(TooOften):
        await _asked(database, address="192.0.2.9")
    await _asked(database, phone=LI, address="192.0.2.9")
    clock.turn(start + timedelta(minutes=60, seconds=1))
    await _asked(database, address="192.0.2.9")


async def test_of_many_who_ask_at_once_one_gets_a_text(database: Database) -> None:
    results = await asyncio.gather(*(_asked(database, address=f"192.0.2.{n}") for n in range(8)),
                                   return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["TooOften"] * 7 + ["str"]


async def test_of_many_wrong_tries_at_once_five_count(database: Database) -> None:
    code = await _asked(database)
    await asyncio.gather(*(_fits(database, _other(code)) for _ in range(8)))
    async with database.reading() as db:
        assert (await db.scalars(select(Code.tries))).one() == 5
    assert not await _fits(database, code)


async def test_twenty_an_hour_per_address(database: Database) -> None:
    for number in range(20):
        await _asked(database, phone=f"+86142000001{number:02d}")
    with pytest.raises(TooOften):
        await _asked(database)
    await _asked(database, address=AWAY)
    clock.turn(clock.now() + timedelta(minutes=61))
    await _asked(database, phone=LI)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_network_of_a_newer_address_counts_as_one(database: Database) -> None:
    for number in range(20):
        await _asked(database, phone=f"+86142000001{number:02d}", address=f"2001:db8::{number:x}")
    with pytest.raises(TooOften):
        await _asked(database, address="2001:db8::ffff")
    await _asked(database, address="2001:db8:0:1::1")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_neither_code_nor_address_is_kept_readable(database: Database) -> None:
    code = await _asked(database)
    async with database.reading() as db:
        row = (await db.scalars(select(Code))).one()
    kept = " ".join(str(value) for name, value in vars(row).items() if name not in ("created_at", "expires_at"))
    assert code not in kept
    assert HOME not in kept
    assert len(row.code_hash) == len(row.address_hash) == 64


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
async def test_the_text_is_one_segment_that_leaves_first_and_not_late(database: Database, language: str) -> None:
    with i18n.speaking(language):
        await _asked(database)
    async with database.reading() as db:
        text = (await db.scalars(select(Message))).one()
    assert length.measure(text.body).segments == 1
    assert (text.purpose, text.priority) == (Purpose.CODE, Priority.REPLY)
    assert text.expires_at is not None
    assert text.expires_at <= clock.now() + timedelta(minutes=10)


async def _texts(database: Database, phone: str) -> int:
    async with database.reading() as db:
        return len(list(await db.scalars(select(Message.id).where(Message.phone == phone))))


async def test_numbers_abroad_get_a_code_only_if_the_registry_knows_them(village: Village) -> None:
    known, stranger = "+12025550101", "+12025550102"
    await village.neighbour("王秀兰")
    async with village.database.session() as db:
        await db.execute(update(Resident).values(phone=known))
    for phone in (known, stranger):
        async with village.database.session() as db:
            await codes.ask(db, phone, address=HOME)
        async with village.database.reading() as db:
            assert await codes.is_open(db, phone)
        with pytest.raises(TooOften):  # the same for both
            async with village.database.session() as db:
                await codes.ask(db, phone, address=HOME)
    assert await _texts(village.database, known) == 1
    assert await _texts(village.database, stranger) == 0
    assert not await _fits(village.database, "", phone=stranger)
    assert not await _fits(village.database, "000000", phone=stranger)


async def test_beyond_the_hours_codes_only_the_registry_gets_one(
        village: Village, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(codes, "MOST_AN_HOUR", 3)
    await village.neighbour("王秀兰", WANG.removeprefix("+86"))
    for n in range(5):
        async with village.database.session() as db:
            await codes.ask(db, f"+8614200001{n:03d}", address=HOME)
    assert [await _texts(village.database, f"+8614200001{n:03d}") for n in range(5)] == [1, 1, 1, 0, 0]
    await _asked(village.database)
    assert await _texts(village.database, WANG) == 1
    assert "codes within the hour" in caplog.text
    assert "142" not in caplog.text
    clock.turn(clock.now() + timedelta(minutes=61))
    await _asked(village.database, phone=LI)
