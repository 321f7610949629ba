"""What staff write back, hand on to the telephone, and mark as done."""

import pytest
from sqlalchemy import event

from app.desk import conversations, replies
from app.errors import NotFound, Refused
from app.sms.answers import Needs
from app.sms.outbox import Purpose
from app.staff import accounts
from app.staff.accounts import Role
from tests.desk.conftest import Desk
from tests.stories.acts import LI, STRANGER, WANG, last, moment, tasks, turn
from tests.village import Village, settle

ASKS = "那个要带啥子不"


async def _asked(village: Village, wall: str = "2026-03-10 12:00") -> None:
    turn(wall)
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, ASKS)


async def test_an_answer_is_sent_and_nothing_waits_any_more(village: Village, desk: Desk) -> None:
    await _asked(village)
    assert await desk.waiting() == 1
    message = await desk.answers(WANG, "  带个水杯\n就行  ")
    assert await last(village, WANG) == "带个水杯 就行"
    assert message.next_at == message.created_at
    assert await desk.waiting() == 0
    [audited] = await desk.audited("answer_text")
    assert "水杯" not in str(audited.detail)


async def test_what_is_empty_too_long_or_pressed_twice_is_refused(village: Village, desk: Desk) -> None:
    await _asked(village)
    before = await village.texts(WANG)
    for words in ("", " \n ", "字" * 200):
        with pytest.raises(Refused) as refused:
            await desk.answers(WANG, words)
        assert refused.value.field == "text"
    assert await village.texts(WANG) == before
    await desk.answers(WANG, "带个水杯就行")
    with pytest.raises(Refused, match="a moment ago"):
        await desk.answers(WANG, "带个水杯就行")
    assert len(await village.texts(WANG)) == len(before) + 1


async def test_a_stop_is_kept_until_the_person_writes_again(village: Village, desk: Desk) -> None:
    await _asked(village)
    turn("2026-03-10 12:05")
    await village.says(WANG, "退订")
    with pytest.raises(Refused, match="said stop"):
        await desk.answers(WANG, "带个水杯就行")
    turn("2026-03-10 12:10")
    await village.says(WANG, ASKS)
    assert (await desk.answers(WANG, "带个水杯就行")).purpose == Purpose.ANSWER


async def test_at_night_only_whoever_is_awake_is_answered_at_once(village: Village, desk: Desk) -> None:
    await _asked(village, "2026-03-10 21:00")
    turn("2026-03-10 21:20")
    at_once = await desk.answers(WANG, "带个水杯就行")
    assert at_once.next_at == at_once.created_at
    turn("2026-03-10 23:00")
    assert (await desk.answers(WANG, "再带双手套")).next_at == moment("2026-03-11 08:00")


async def test_the_words_that_wait_are_handed_on_to_the_telephone(village: Village, desk: Desk) -> None:
    await _asked(village)
    first = await desk.newest(WANG)
    await village.says(WANG, "搞不懂你们这个东西哦")
    async with village.database.session() as db:
        await replies.to_call(db, await conversations.load(db, first.id, village.boss), by=village.boss)
    assert ("王桂香", "passed_on", f"{ASKS}\n搞不懂你们这个东西哦") in await tasks(village)
    assert await desk.waiting() == 0


async def test_done_is_noted_once(village: Village, desk: Desk) -> None:
    await _asked(village)
    for expected in (1, 0):
        async with village.database.session() as db:
            done = await conversations.handled(db, await conversations.load(
                db, (await desk.newest(WANG)).id, village.boss), by=village.boss)
        assert done == expected
    assert len(await desk.audited("handled")) == 1
    assert (await desk.newest(WANG)).handled_by_id == village.boss.id


async def test_conversations_are_listed_by_what_they_wait_for(village: Village, desk: Desk) -> None:
    await _asked(village)
    await village.neighbour("李大山", LI, agreed=True)
    await village.says(LI, "老王晕倒了快来人")
    await village.says(LI, ASKS)
    await village.says(STRANGER, "谢谢")
    async with village.database.reading() as db:
        async def names(**which: object) -> list[str]:
            found = await conversations.listed(db, village.boss, **which)  # type: ignore[arg-type]
            return [one.people[0].name if one.people else one.text.phone for one in found]

        assert await names() == ["李大山", "王桂香"]
        assert await names(need=Needs.URGENT) == ["李大山"]
        assert await names(need=Needs.COMPLAINT) == []
        assert await names(everything=True) == ["+86" + STRANGER, "李大山", "王桂香"]
        assert await names(before=(await desk.newest(LI)).id) == ["王桂香"]
        [urgent] = await conversations.listed(db, village.boss, need=Needs.URGENT)
        assert (urgent.text.text, urgent.needs) == ("老王晕倒了快来人", (Needs.URGENT, Needs.QUESTION))
        waiting = await conversations.open_count(db, village.boss)
        assert (waiting.phones, waiting.by_need) == (2, {Needs.URGENT: 1, Needs.QUESTION: 2})


async def test_a_conversation_is_only_for_those_in_whose_area_somebody_lives(village: Village, desk: Desk) -> None:
    await _asked(village)
    await village.says(STRANGER, ASKS)
    far = await settle(village.database, "far", "别的社区")
    async with village.database.session() as db:
        head, _password = await accounts.add(db, "head", role=Role.HEAD, area=village.building)
        other, _password = await accounts.add(db, "other", role=Role.HEAD, area=far.building)
    async with village.database.reading() as db:
        wang, stranger = (await desk.newest(WANG)).id, (await desk.newest(STRANGER)).id
        assert (await conversations.load(db, wang, head)).people[0].name == "王桂香"
        for officer, text in ((other, wang), (far.boss, wang), (head, stranger), (other, stranger)):
            with pytest.raises(NotFound):
                await conversations.load(db, text, officer)
        assert await conversations.listed(db, other) == []
        assert await conversations.waiting(db, other) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_waits_is_found_by_the_index_of_what_waits(village: Village, desk: Desk) -> None:
    asked: list[tuple[str, object]] = []

    @event.listens_for(village.database.reader.sync_engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, values: object, *_others: object) -> None:
        asked.append((statement, values))

    async with village.database.reading() as db:
        await conversations.listed(db, village.boss)
        await conversations.listed(db, village.boss, need=Needs.URGENT)
        await conversations.waiting(db, village.boss)
        about_texts = [one for one in asked if ("FROM inbound" in one[0] and "ORDER BY" in one[0]) or "count" in one[0]]
        assert len(about_texts) == 3
        connection = await db.connection()
        for statement, values in about_texts:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
            assert any("inbound USING INDEX ix_inbound_needs" in row[-1] for row in plan), statement
