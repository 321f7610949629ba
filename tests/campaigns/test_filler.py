"""A campaign is written down while others write, too: whoever waits comes first."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.audience.filters import Filter
from app.campaigns import campaigns, filler, filling, sending
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.filler import Filler
from app.db import core
from app.errors import Refused
from app.listings.listings import Listing
from app.residents.residents import Resident
from app.settings import Settings
from app.sms import arrivals, consent
from app.sms.batches import PEOPLE, Batch, Recipient, State
from app.sms.gateways.base import Incoming
from app.sms.outbox import Status
from tests.campaigns.acts import approved, counted, drafted, filled, handed_in
from tests.campaigns.conftest import PHONES
from tests.conftest import PLAIN
from tests.stories.acts import batch_now, drain, turn
from tests.village import Village

THREE = "+86" + PHONES[3]
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=5)


@pytest.fixture
def _a_phone_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FIRST", 1), ("FEWEST", 1), ("PIECE_SECONDS", 0.0), ("PRESSED_SECONDS", 0.0)):
        monkeypatch.setattr(filling, name, value)
    monkeypatch.setattr(sending, "PIECE", 2)
    monkeypatch.setattr(filler, "LONGEST_SECONDS", 60.0)


@on_sqlite
@pytest.mark.usefixtures("_a_phone_at_a_time")
async def test_while_nobody_waits_one_transaction_takes_all(ten: Village) -> None:
    batch = await handed_in(ten, await drafted(ten))
    assert batch.filling == PEOPLE
    await Filler(ten.database).go_on()
    now = await batch_now(ten, batch)
    assert (now.filling, now.texts, now.state) == ("", 10, State.AWAITING_APPROVAL)


@on_sqlite
@pytest.mark.usefixtures("_a_phone_at_a_time")
async def test_a_text_that_comes_meanwhile_waits_for_a_piece_only(ten: Village,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    batch = await handed_in(ten, await drafted(ten))
    begun = asyncio.Event()
    first = filling.People.piece

    async def piece(stage: filling.People, db: AsyncSession, batch: Batch) -> None:
        begun.set()
        await first(stage, db, batch)

    monkeypatch.setattr(filling.People, "piece", piece)
    writing = asyncio.create_task(Filler(ten.database).go_on())
    await begun.wait()
    await arrivals.store(ten.database, [("simulator", Incoming(THREE, "1", raw="1", provider_id="x"))])
    await writing
    assert 0 < (await batch_now(ten, batch)).texts < 10
    await filled(ten)
    assert (await batch_now(ten, batch)).texts == 10


async def test_what_was_foreseen_of_another_draft_is_looked_up_again(ten: Village) -> None:
    campaign = await drafted(ten)
    async with ten.database.reading() as db:
        foreseen = await sending.foresee(db, await db.get_one(Campaign, campaign.id))
    assert foreseen.tally.texts == 10
    async with ten.database.session() as db:
        changed = await db.get_one(Campaign, campaign.id)
        two = list(await db.scalars(select(Resident.id).order_by(Resident.id).limit(2)))
        await campaigns.change(db, changed, by=ten.boss, chosen=Filter(people=tuple(two)), text=changed.text)
        batch = await sending.hand_in(db, changed, by=ten.boss, foreseen=foreseen)
    assert (await batch_now(ten, batch)).texts == 2


async def test_the_same_words_that_somebody_else_handed_in_meanwhile_are_asked_about(ten: Village) -> None:
    campaign, other = await drafted(ten), await drafted(ten, title="同样的话")
    async with ten.database.reading() as db:
        foreseen = await sending.foresee(db, await db.get_one(Campaign, campaign.id))
    await handed_in(ten, other)
    with pytest.raises(Refused, match="same text"):
        async with ten.database.session() as db:
            await sending.hand_in(db, await db.get_one(Campaign, campaign.id), by=ten.boss, foreseen=foreseen)


async def test_what_was_planned_for_a_piece_holds_for_a_second(ten: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((sending, "PIECE"), (filling, "PIECE"), (filling, "WALKED")):
        monkeypatch.setattr(module, name, 2)
    monkeypatch.setattr(filler, "LONGEST_SECONDS", 0.0)
    job = await ten.job()
    batch = await handed_in(ten, await drafted(ten, "{编号}号活缺人,来吗?", kind=Kind.JOB, listing_id=job.id))
    going = Filler(ten.database)
    assert await going.go_on() == 1
    async with ten.database.session() as db:
        await db.execute(update(core(Listing)).where(core(Listing).c.id == job.id).values(state="called_off"))
    assert await going.go_on() == 1
    assert (await batch_now(ten, batch)).state == State.PREPARING  # not yet looked at again
    turn("2026-03-10 12:00:02")
    await going.go_on()
    assert (await batch_now(ten, batch)).state == State.STOPPED


@pytest.mark.parametrize("word", ["stopped", None])
async def test_a_copy_of_a_word_that_is_out_of_date_keeps_nobody_from_a_text(ten: Village, word: str | None) -> None:
    campaign = await drafted(ten)
    batch = await handed_in(ten, campaign)
    async with ten.database.session() as db:
        await db.execute(update(Resident).where(Resident.phone == THREE).values(jobs_word=word, notices_word=word))
    await approved(ten, campaign)
    await drain(ten)
    assert await counted(ten, batch) == {Status.ACCEPTED: 10}


async def test_a_copy_that_still_says_yes_sends_nothing_to_who_said_stop(ten: Village) -> None:
    campaign = await drafted(ten)
    batch = await handed_in(ten, campaign)
    async with ten.database.session() as db:
        await consent.withdraw(db, THREE, source="text")
        await db.execute(update(Resident).where(Resident.phone == THREE).values(jobs_word="agreed"))
    await approved(ten, campaign)
    assert await counted(ten, batch) == {Status.QUEUED: 10}
    await drain(ten)
    assert await counted(ten, batch) == {Status.ACCEPTED: 9, Status.WITHDRAWN: 1}


async def test_texts_of_rare_names_are_measured_before_they_are_counted(ten: Village) -> None:
    await ten.neighbour("𠮷" * 3, "14200000200", agreed=True)
    batch = await handed_in(ten, await drafted(ten, "{姓名}" + "字" * 50 + "回1想 2不想"))
    async with ten.database.reading() as db:
        lengths = list(await db.scalars(select(Recipient.segments).where(Recipient.batch_id == batch.id)
                                        .order_by(Recipient.phone)))
    assert lengths == [1] * 10 + [2]
    assert (await batch_now(ten, batch)).segments == 12
