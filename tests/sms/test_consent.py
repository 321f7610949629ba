"""What holds for a number, purpose by purpose: the word about jobs is the general one."""

import pytest
from sqlalchemy import select

from app.db import Database
from app.sms import consent
from app.sms.consent import JOBS, NOTICES, ConsentRecord, Word
from tests.village import Village

WANG, LI = "+8614200000001", "+8614200000002"
Words = tuple[Word | None, Word | None]


async def _words(database: Database, phone: str = WANG) -> Words:
    """What holds for jobs and for notices; the question and the condition must agree."""
    async with database.reading() as db:
        held = {purpose: await consent.word(db, phone, purpose) for purpose in (JOBS, NOTICES)}
        for purpose, word in held.items():
            for one in (Word.AGREED, Word.STOPPED):
                assert await db.scalar(select(consent.said(one, phone, purpose))) is (word == one)
            assert await consent.stopped(db, phone, purpose) is (word == Word.STOPPED)
    return held[JOBS], held[NOTICES]


async def _log(database: Database) -> list[tuple[str, str, str]]:
    async with database.reading() as db:
        return [(one.purpose, one.word, one.source) for one in await db.scalars(
            select(ConsentRecord).order_by(ConsentRecord.id))]


async def test_the_general_word_holds_where_nothing_was_said(database: Database) -> None:
    assert await _words(database) == (None, None)
    async with database.session() as db:
        await consent.give(db, WANG, source="form")
    assert await _words(database) == (Word.AGREED, Word.AGREED)
    async with database.session() as db:
        await consent.withdraw(db, WANG, source="spoken")
    assert await _words(database) == (Word.STOPPED, Word.STOPPED)
    assert await _words(database, LI) == (None, None)


async def test_a_word_of_its_own_holds_for_its_purpose_alone(database: Database) -> None:
    async with database.session() as db:
        await consent.give(db, WANG, source="form")
        await consent.withdraw(db, WANG, source="spoken", purpose=NOTICES)
        await consent.give(db, LI, source="spoken", purpose=NOTICES)
    assert await _words(database) == (Word.AGREED, Word.STOPPED)
    assert await _words(database, LI) == (None, Word.AGREED)
    async with database.session() as db:
        await consent.withdraw(db, LI, source="spoken")
    assert await _words(database, LI) == (Word.STOPPED, Word.AGREED)


async def test_a_word_about_all_texts_changes_each_purpose_with_a_record_of_each(database: Database) -> None:
    async with database.session() as db:
        await consent.give(db, WANG, source="form")
        assert list(await consent.say_of_all(db, WANG, Word.AGREED, source="text")) == [JOBS]
        await consent.give(db, WANG, source="spoken", purpose=NOTICES)
        changes = await consent.say_of_all(db, WANG, Word.STOPPED, source="text")
        assert {purpose: one.before for purpose, one in changes.items()} == {
            JOBS: Word.AGREED, NOTICES: Word.AGREED}
        assert await consent.stopped_all(db, WANG)
    assert await _words(database) == (Word.STOPPED, Word.STOPPED)
    assert (await _log(database))[-2:] == [(JOBS, "stopped", "text"), (NOTICES, "stopped", "text")]


async def test_what_is_kept_stays_while_the_general_word_changes(village: Village) -> None:
    """Nothing said stays nothing said; and once there is a word of its own, nothing is kept anew."""
    database = village.database
    async with database.session() as db:
        await consent.keep(db, LI, NOTICES, by=village.boss)
        await consent.give(db, LI, source="form")
        await consent.give(db, WANG, source="form")
        await consent.keep(db, WANG, NOTICES, by=village.boss)
        await consent.withdraw(db, WANG, source="form")
        await consent.keep(db, WANG, NOTICES, by=village.boss)
    assert await _words(database) == (Word.STOPPED, Word.AGREED)
    assert await _words(database, LI) == (Word.AGREED, None)
    assert [one for one in await _log(database) if one[2] == "kept"] == [
        (NOTICES, "unsaid", "kept"), (NOTICES, "agreed", "kept")]


@pytest.mark.parametrize("before", [None, Word.UNSAID, Word.AGREED, Word.STOPPED])
async def test_what_was_no_word_is_taken_back(village: Village, before: Word | None) -> None:
    async with village.database.session() as db:
        await consent.give(db, WANG, source="form")
        await consent.withdraw(db, WANG, source="text", purpose=NOTICES)
        await consent.take_back(db, WANG, before=before, by=village.boss, purpose=NOTICES)
    after = {None: Word.AGREED, Word.UNSAID: None}.get(before, before)
    assert await _words(village.database) == (Word.AGREED, after)
    assert (await _log(village.database))[-1] == (NOTICES, before or "unsaid", consent.CORRECTED)
