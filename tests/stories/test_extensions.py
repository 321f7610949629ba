"""A reply to the number of one text is an answer to that text, even when another one came later."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.settings import Settings
from app.sms import arrivals, conversation, extensions, inbox
from app.sms.arrivals import Inbound
from app.sms.gateways.base import Incoming, Made
from app.sms.outbox import Message, Purpose
from tests.sms.gateways import fake_cloudmas
from tests.sms.gateways.fake_cloudmas import FakeCloudMas
from tests.stories.acts import LI, WANG, messages, moment, turn, worker
from tests.village import SIGNATURE, Village


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


@pytest.fixture
async def fake() -> AsyncIterator[FakeCloudMas]:
    async with fake_cloudmas.running() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, fake: FakeCloudMas) -> Settings:
    return replace(
        settings, sms_gateway="cloudmas", cloudmas_url=fake.url(), cloudmas_ec_name=fake_cloudmas.NAME,
        cloudmas_ap_id=fake_cloudmas.ACCOUNT, cloudmas_secret_key=fake_cloudmas.SECRET,
        cloudmas_sign=fake_cloudmas.SIGN, cloudmas_service_code="10657529", cloudmas_extensions=True)


async def leave(village: Village) -> None:
    """Everything that may leave does; a moment passes."""
    gateways = Made(village.database.settings, village.database)
    working = worker(village, gateways)
    while await working.drain_once():
        pass
    await gateways.close()
    clock.turn(clock.now() + timedelta(minutes=1))


async def says(village: Village, text: str, to: str, phone: str = WANG) -> str:
    """A text to our number with that extension; returns what is answered."""
    before = len(await village.texts(phone))
    await arrivals.store(village.database, [("cloudmas", Incoming("+86" + phone, text, raw=text, extension=to))])
    async with village.database.session() as db:
        await inbox.answer_some(db, most=100, seconds=60)
    await leave(village)
    return "".join(body.removeprefix(SIGNATURE) for body in (await village.texts(phone))[before:])


async def two_pushes(village: Village) -> None:
    """Job 10, then job 11."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    for title, day in (("香菇分拣", 11), ("织袜", 12)):
        await village.push(await village.job(title, starts_at=moment(f"2026-03-{day} 14:00")))
        await leave(village)


async def test_a_push_leaves_from_its_own_number_and_everything_else_from_the_general_one(
        village: Village, fake: FakeCloudMas) -> None:
    await two_pushes(village)
    assert [one.serial for one in fake.taken] == ["10010", "10011"]
    assert all("【" not in one.text for one in fake.taken)
    await says(village, "我的", "90000")
    await says(village, "帮助", "")
    assert [one.serial for one in fake.taken[2:]] == ["90000", "90000"]


async def test_the_number_says_which_of_two_pushes_is_meant(village: Village) -> None:
    await two_pushes(village)
    assert (await says(village, "1", "10010")).startswith("已给您报上10号")
    assert (await says(village, "报名", "10011")).startswith("已给您报上11号")


@pytest.mark.parametrize("to", ["", "90000", "10099", "77777"])
async def test_a_number_that_names_nothing_is_read_as_ever(village: Village, to: str) -> None:
    await two_pushes(village)
    answer = await says(village, "1", to)
    assert "10" in answer
    assert "11" in answer
    assert not answer.startswith("已给您报上")


async def test_a_question_is_answered_in_its_own_thread(village: Village, fake: FakeCloudMas) -> None:
    await two_pushes(village)
    assert (await says(village, "收到", "10010")).startswith("要报名10号")
    assert fake.taken[-1].serial == "10010"
    turn("2026-03-11 09:00")
    await village.push(await village.job("采茶", starts_at=moment("2026-03-13 14:00")))
    await leave(village)
    assert (await says(village, "是", "10010")).startswith("已给您报上10号")
    async with village.database.reading() as db:
        rows = list(await db.execute(select(Inbound.extension, Inbound.context).order_by(Inbound.id)))
    assert [tuple(row) for row in rows] == [("10010", "push:10"), ("10010", "confirm:10")]


async def test_staff_see_what_was_on_the_table_in_that_thread(village: Village) -> None:
    await two_pushes(village)
    async with village.database.reading() as db:
        for written_to, numbers in (("10010", (10,)), ("10011", (11,)), ("90000", (11, 10)), (None, (11, 10))):
            said = await conversation.as_it_was(db, "+86" + WANG, "1", inbound_id=1, moment=clock.now(),
                                                written_to=written_to)
            assert said.context.numbers == numbers
            assert [message.asks for message in said.told] == ["push:11", "push:10"]


async def test_after_72_hours_the_number_says_nothing_any_more(village: Village) -> None:
    await two_pushes(village)
    turn("2026-03-14 12:00")
    assert not (await says(village, "1", "10010")).startswith("已给您报上")


async def test_a_text_to_another_phone_is_no_thread_of_this_one(village: Village) -> None:
    await two_pushes(village)
    await village.neighbour("李建国", LI)
    assert not (await says(village, "1", "10010", LI)).startswith("已给您报上")


async def test_who_of_a_shared_phone_is_asked_there_too(village: Village, fake: FakeCloudMas) -> None:
    await village.neighbour("王大山", WANG, agreed=True)
    await two_pushes(village)
    answer = await says(village, "1", "10011")
    assert "王大山" in answer
    assert "王秀兰" in answer
    assert fake.taken[-1].serial == "10011"
    assert (await says(village, "王秀兰", "10011")).startswith("已给王秀兰报上11号")


async def test_a_job_a_bulk_text_and_the_rest_are_told_apart(village: Village) -> None:
    await two_pushes(village)
    (first, _second) = await messages(village, WANG)
    for change, on in (({}, "10010"), ({"asks": "push:12345"}, "12345"), ({"asks": "survey"}, f"2{first.batch_id:04d}"),
                       ({"asks": "", "batch_id": 20_042}, "20042"), ({"asks": "", "batch_id": None}, "90000"),
                       ({"purpose": Purpose.SERVICE, "asks": "signed:10"}, "10010"),
                       ({"asks": "list:10,11", "batch_id": None}, "90000")):
        facts = {"purpose": first.purpose, "asks": first.asks, "batch_id": first.batch_id, "inbound_id": None, **change}
        assert extensions.about(Message(**facts), {}) == on
