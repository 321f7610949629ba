"""Card numbers: what the check digit finds, one number a person, and limited tries."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.access import card_numbers, sessions
from app.access.card_numbers import CardNumber
from app.errors import Refused
from app.staff.audit import Audit
from tests.village import Village, settle


def test_the_check_digit_finds_every_wrong_digit_and_every_swap_of_neighbours() -> None:
    for _time in range(50):
        number = card_numbers._new()
        assert card_numbers.read(number) == number
        assert number[0] != "0"
        for place in range(7):
            for digit in set("0123456789") - {number[place]}:
                with pytest.raises(Refused):
                    card_numbers.read(number[:place] + digit + number[place + 1:])
        for place in range(6):
            if number[place] != number[place + 1]:
                with pytest.raises(Refused):
                    card_numbers.read(number[:place] + number[place + 1] + number[place] + number[place + 2:])


@pytest.mark.parametrize("typed", ["572 4", "", "abcdefg", "57240000", "１２３"])
def test_what_is_no_number_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(Refused, match="7 digits"):
        card_numbers.read(typed)


def test_blanks_and_wide_digits_make_no_difference() -> None:
    number = card_numbers._new()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    assert card_numbers.read(f" {wide[:3]} {wide[3:]} ") == number


async def test_a_new_number_ends_the_old_one(village: Village) -> None:
    person = await village.neighbour("王秀英")
    async with village.database.session() as db:
        first = (await card_numbers.issue(db, person, by=village.boss)).number
        second = (await card_numbers.issue(db, person, by=village.boss)).number
    assert first != second
    async with village.database.session() as db:
        with pytest.raises(Refused, match="No card"):
            await card_numbers.open_pages(db, first, by=village.boss)
    async with village.database.session() as db:
        found, token = await card_numbers.open_pages(db, second, by=village.boss)
        session = await sessions.of(db, token)
        assert session is not None
        assert (found.id, session.phone, session.at_station) == (person.id, "", True)
        assert [one.id for one in await sessions.people(db, session)] == [person.id]
        verbs = list(await db.scalars(select(Audit.verb).where(
            Audit.subject == "resident", Audit.subject_id == person.id).order_by(Audit.id)))
    assert verbs == ["issue_card", "issue_card", "open_pages"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_after_five_wrong_numbers_the_officer_waits(village: Village) -> None:
    person = await village.neighbour("王秀英")
    async with village.database.session() as db:
        right = (await card_numbers.issue(db, person, by=village.boss)).number
    wrong = next(number for number in iter(card_numbers._new, "") if number != right)
    for _time in range(card_numbers.TRIES):
        async with village.database.session() as db:
            with pytest.raises(Refused, match="No card"):
                await card_numbers.open_pages(db, wrong, by=village.boss)
    async with village.database.session() as db:
        with pytest.raises(Refused, match="Too many"):
            await card_numbers.open_pages(db, right, by=village.boss)
        await card_numbers.open_pages(db, right, by=village.second)  # another officer has mistyped nothing
    clock.turn(clock.now() + card_numbers.WITHIN + timedelta(seconds=1))
    async with village.database.session() as db:
        await card_numbers.open_pages(db, right, by=village.boss)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_card_of_another_community_is_no_card_here(village: Village) -> None:
    person = await village.neighbour("王秀英")
    far = await settle(village.database, "far", "别的社区")
    async with village.database.session() as db:
        number = (await card_numbers.issue(db, person, by=village.boss)).number
        with pytest.raises(Refused, match="No card"):
            await card_numbers.open_pages(db, number, by=far.boss)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_session_at_the_station_ends_after_a_quarter_of_an_hour(village: Village) -> None:
    person = await village.neighbour("王秀英")
    async with village.database.session() as db:
        number = (await card_numbers.issue(db, person, by=village.boss)).number
        _person, token = await card_numbers.open_pages(db, number, by=village.boss)
        clock.turn(clock.now() + timedelta(minutes=15))
        assert await sessions.of(db, token) is None
        assert len(list(await db.scalars(select(CardNumber)))) == 1
