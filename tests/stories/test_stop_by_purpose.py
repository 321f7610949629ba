"""Stop and come back are about all texts; a word about one purpose leaves the other, up to the moment of sending."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.campaigns.campaigns import Kind
from app.errors import Refused
from app.residents import consents
from app.residents.consents import Source, Told
from app.settings import Settings
from app.sms import answers, consent, outbox
from app.sms.arrivals import Inbound
from app.sms.consent import JOBS, NOTICES, ConsentRecord, Word
from app.sms.gateways.base import Outcome, Reason
from app.sms.outbox import Purpose, Status
from tests.campaigns.acts import approved, drafted, handed_in, texts_of
from tests.conftest import PLAIN
from tests.stories.acts import LI, WANG, ZHAO, drain, messages, moment, turn
from tests.stories.test_outbox import Script, _working
from tests.village import Village


@pytest.fixture
def settings() -> Settings:
    """Four texts need a second officer."""
    return replace(PLAIN, approval_above=3)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _says(village: Village, phone: str, word: Word, purpose: str = JOBS) -> None:
    say = consent.give if word == Word.AGREED else consent.withdraw
    async with village.database.session() as db:
        await say(db, "+86" + phone, source="form", purpose=purpose)


async def _held(village: Village, phone: str = WANG) -> tuple[Word | None, Word | None]:
    async with village.database.reading() as db:
        return (await consent.word(db, "+86" + phone), await consent.word(db, "+86" + phone, NOTICES))


async def _undo_last(village: Village) -> list[str]:
    """What staff do about the newest text when it was misread."""
    async with village.database.session() as db:
        text = (await db.scalars(select(Inbound).order_by(Inbound.id.desc()).limit(1))).one()
        return await answers.undo(db, text.did, by=village.second)


async def _told(village: Village, person: Any, word: Word, about: str | None = None, *, ground: str = "") -> None:
    async with village.database.session() as db:
        await consents.record(db, person, Told(word, Source.SPOKEN, clock.today(), ground, about), by=village.boss)


async def test_a_stop_by_text_stops_notices_too_and_come_back_brings_both(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await _says(village, WANG, Word.AGREED, NOTICES)
    await village.says(WANG, "TD")
    assert await _held(village) == (Word.STOPPED, Word.STOPPED)
    await village.says(WANG, "恢复")
    assert await _held(village) == (Word.AGREED, Word.AGREED)
    async with village.database.reading() as db:
        log = list(await db.scalars(select(ConsentRecord).where(ConsentRecord.source == "text")
                                    .order_by(ConsentRecord.id)))
    assert [(one.purpose, one.word, one.ground) for one in log] == [
        (JOBS, "stopped", "TD"), (NOTICES, "stopped", "TD"), (JOBS, "agreed", "恢复"), (NOTICES, "agreed", "恢复")]


@pytest.mark.parametrize(("jobs", "notices", "text", "sentence"), [
    (Word.AGREED, Word.STOPPED, "TD", "找活短信照常发给您。不想收了,请回TD。"),
    (Word.STOPPED, Word.AGREED, "TD", ""),
    (Word.AGREED, None, "TD", "找活短信照常发给您。不想收了,请回TD。"),
    (Word.STOPPED, Word.AGREED, "恢复", '找活短信还是不发给您。想再收,请回"恢复"。'),
    (Word.AGREED, Word.STOPPED, "恢复", ""),
])
async def test_undoing_a_misread_text_brings_back_what_held_for_each_purpose(
        village: Village, jobs: Word, notices: Word | None, text: str, sentence: str) -> None:
    await village.neighbour("王秀兰", WANG)
    await _says(village, WANG, jobs)
    if notices:
        await _says(village, WANG, notices, NOTICES)
    before = await _held(village)
    await village.says(WANG, text)
    assert await _held(village) == ((Word.STOPPED,) * 2 if text == "TD" else (Word.AGREED,) * 2)
    assert await _undo_last(village) == ([sentence] if sentence else [])
    assert await _held(village) == before


async def test_what_was_said_of_one_purpose_since_is_not_undone(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await _says(village, WANG, Word.AGREED, NOTICES)
    await village.says(WANG, "TD")
    await _told(village, wang, Word.STOPPED, NOTICES)
    await _undo_last(village)
    assert await _held(village) == (Word.AGREED, Word.STOPPED)


async def test_an_undo_reads_what_older_texts_had_noted(village: Village) -> None:
    """Rows from before there were purposes name jobs alone."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "TD")
    async with village.database.session() as db:
        [text] = await db.scalars(select(Inbound))
        assert set(text.did["stopped"]) == {"phone", "before", "record"}
    assert await _undo_last(village) == ["找活短信照常发给您。不想收了,请回TD。"]


async def test_the_carriers_stop_is_about_all_texts(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await _says(village, WANG, Word.AGREED, NOTICES)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    await _working(village, Script(Outcome.REFUSED, reason=Reason.OPTED_OUT)).drain_once()
    assert await _held(village) == (Word.STOPPED, Word.STOPPED)


async def test_staff_note_for_which_texts_a_word_is(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    await _told(village, wang, Word.AGREED, JOBS)
    assert await _held(village) == (Word.AGREED, None)  # of notices nobody spoke
    await _told(village, wang, Word.AGREED)
    assert await _held(village) == (Word.AGREED, Word.AGREED)
    await _told(village, wang, Word.STOPPED, JOBS)
    assert await _held(village) == (Word.STOPPED, Word.AGREED)
    await _told(village, wang, Word.STOPPED, NOTICES)
    assert await _held(village) == (Word.STOPPED, Word.STOPPED)
    await _told(village, wang, Word.AGREED, NOTICES, ground="本人在窗口说通知可以发")
    assert await _held(village) == (Word.STOPPED, Word.AGREED)


async def test_a_stop_for_jobs_alone_leaves_notices_that_followed_the_general_word(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await _told(village, wang, Word.STOPPED, JOBS)
    assert await _held(village) == (Word.STOPPED, Word.AGREED)
    await village.says(WANG, "退订")
    assert await _held(village) == (Word.STOPPED, Word.STOPPED)


@pytest.mark.parametrize("about", [None, JOBS, NOTICES])
async def test_a_later_stop_of_the_number_holds_for_every_purpose(village: Village, about: str | None) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "退订")
    async with village.database.session() as db:
        with pytest.raises(Refused, match="said stop later"):
            await consents.record(db, wang, Told(Word.AGREED, Source.FORM, moment("2026-03-01 12:00").date(), "老表",
                                                 about), by=village.boss)
        with pytest.raises(Refused, match="said stop on"):
            await consents.record(db, wang, Told(Word.AGREED, Source.FORM, clock.today(), "", about), by=village.boss)
    await _told(village, wang, Word.AGREED, about, ground="本人今天来说的")
    assert (await _held(village))[about == NOTICES] == Word.AGREED


@pytest.mark.parametrize(("kind", "gets"), [(Kind.NOTICE, {LI}), (Kind.MOBILISE, {WANG})])
async def test_between_approval_and_sending_the_batchs_purpose_counts(village: Village, kind: Kind,
                                                                      gets: set[str]) -> None:
    """Approved while all agreed; then one stops notices, one stops jobs, one never agreed after all, and one stops."""
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO), ("孙一", "14200000004")):
        await village.neighbour(name, phone, agreed=True)
    campaign = await drafted(village, kind=kind)
    batch = await handed_in(village, campaign)
    await approved(village, campaign)
    assert {one.status for one in await texts_of(village, batch)} == {Status.QUEUED}
    await _says(village, WANG, Word.STOPPED, NOTICES)
    await _says(village, LI, Word.AGREED, NOTICES)
    await _says(village, LI, Word.STOPPED)
    async with village.database.session() as db:
        await consent.take_back(db, "+86" + ZHAO, before=None, by=village.boss)
    await village.says("14200000004", "退订")
    await drain(village)
    ended = {one.phone.removeprefix("+86"): (one.status, one.reason) for one in await texts_of(village, batch)}
    assert {phone for phone, (status, _why) in ended.items() if status == Status.ACCEPTED} == gets
    [other] = {WANG, LI} - gets
    assert ended[other] == ended["14200000004"] == (Status.WITHDRAWN, "stopped")
    assert ended[ZHAO] == (Status.WITHDRAWN, "no_consent")


async def test_who_stops_before_the_approval_is_not_told_after_it(village: Village) -> None:
    for number in range(1, 5):
        await village.neighbour(f"孙{number}", f"1420000010{number}", agreed=True)
    campaign = await drafted(village, kind=Kind.MOBILISE)
    batch = await handed_in(village, campaign)
    await village.says("14200000101", "TD")
    await approved(village, campaign)
    await drain(village)
    [stopped, *others] = await texts_of(village, batch)
    assert (stopped.status, stopped.reason) == (Status.WITHDRAWN, "stopped")
    assert {one.status for one in others} == {Status.ACCEPTED}


async def test_news_of_a_place_leaves_without_consent_but_not_after_a_stop(village: Village) -> None:
    """As ever: nobody has to agree to be told of their own place."""
    await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI, agreed=True)
    async with village.database.session() as db:
        for phone in (WANG, LI):
            await outbox.queue(db, to="+86" + phone, text="明早7点改到5号厂房", purpose=Purpose.SERVICE)
        await consent.withdraw(db, "+86" + LI, source="carrier")
    await drain(village)
    assert (await messages(village, WANG))[0].status == Status.ACCEPTED
    [news] = await messages(village, LI)
    assert (news.status, news.reason) == (Status.WITHDRAWN, "stopped")
