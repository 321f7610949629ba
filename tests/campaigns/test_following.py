"""After a campaign: what came of it, whom to text again, whom to have telephoned, and what leaves the house."""

import io
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from app import i18n
from app.audience import query
from app.audience.filters import Filter
from app.calls.calls import Call, Why
from app.campaigns import export, following, history, results
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.following import Rest
from app.campaigns.history import What
from app.campaigns.results import Which
from app.desk import conversations
from app.errors import Refused
from app.org import areas
from app.org.areas import Area, Level
from app.residents.residents import Resident
from app.settings import Settings
from app.sms import batches
from app.sms.batches import Batch
from app.sms.outbox import Message, Status
from app.staff.audit import Audit
from tests.campaigns.acts import does, drafted, handed_in
from tests.conftest import PLAIN
from tests.stories.acts import LI, WANG, ZHAO, drain, moment, signs_up, turn
from tests.village import Village

SUN = "14200000004"
ID_NUMBER = "420304195601010005"


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=30)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


class Asked:
    """Four people were asked: Wang (building 1) answered, Li (2) has it, Zhao (2) did not get it, Sun (1) is not known;
    Zhou has no phone."""

    def __init__(self, village: Village, campaign: Campaign, batch: Batch, people: dict[str, Resident]) -> None:
        self.village, self.campaign, self.batch, self.people = village, campaign, batch, people


@pytest.fixture
async def asked(village: Village) -> Asked:
    async with village.database.session() as db:
        other = await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋",
                                parent=await db.get_one(Area, village.area.id))
    people = {
        "王秀兰": await village.neighbour("王秀兰", WANG, agreed=True),
        "李建国": await village.neighbour("李建国", LI, agreed=True, area_id=other.id),
        "赵大妈": await village.neighbour("赵大妈", ZHAO, agreed=True, area_id=other.id),
        "孙小山": await village.neighbour("孙小山", SUN, agreed=True), "周一": await village.neighbour("周一")}
    campaign = await drafted(village)
    batch = await handed_in(village, campaign)
    await drain(village)
    async with village.database.session() as db:
        for phone, status, reason in ((WANG, Status.DELIVERED, ""), (LI, Status.DELIVERED, ""),
                                      (ZHAO, Status.FAILED, "no_such_number"), (SUN, Status.UNKNOWN, "cannot_tell")):
            await db.execute(update(Message).where(Message.phone == "+86" + phone).values(status=status, reason=reason))
    await village.says(WANG, "2")
    return Asked(village, campaign, batch, people)


async def does_it(asked: Asked, verb: Any, *parts: Any, **facts: Any) -> Any:
    async with asked.village.database.session() as db:
        return await verb(db, await db.get_one(Campaign, asked.campaign.id), *parts, by=asked.village.boss, **facts)


async def whom(asked: Asked, chosen: Filter) -> str:
    async with asked.village.database.reading() as db:
        found = await query.audience(db, chosen, asked.village.area)
        return "".join(name[0] for name in await db.scalars(query.matching(found, Resident.name).order_by(Resident.id)))


async def test_the_results_add_up_to_everybody(asked: Asked) -> None:
    async with asked.village.database.reading() as db:
        rows = await results.by_building(db, asked.batch, asked.village.boss)
        assert [(row.name, dict(row.states), dict(row.answers)) for row in rows] == [
            ("1栋", {Status.DELIVERED: 1, Status.UNKNOWN: 1}, {2: 1}),
            ("2栋", {Status.DELIVERED: 1, Status.FAILED: 1}, {})]
        whole = results.together(rows)
        assert (whole.people, whole.arrived, whole.answered) == (4, 2, 1)
        assert await results.answers(db, asked.batch) == Counter({2: 1})
        assert await results.count(db, asked.batch, Which(), asked.village.boss) == asked.batch.people == 4


async def test_everybody_is_listed_with_what_happened_page_by_page(asked: Asked) -> None:
    async with asked.village.database.reading() as db:
        first = await results.people(db, asked.batch, Which(), asked.village.boss, most=2)
        rest = await results.people(db, asked.batch, Which(), asked.village.boss, after=first[-1].resident_id,
                                    most=2)
        assert [(one.masked_name, one.area, one.state, one.reason, one.choice) for one in [*first, *rest]] == [
            ("王*兰", "1栋", "delivered", "", 2), ("李*国", "2栋", "delivered", "", None),
            ("赵*妈", "2栋", "failed", "no_such_number", None), ("孙*山", "1栋", "unknown", "cannot_tell", None)]
        for which, count in ((Which(state="failed"), 1), (Which(choice=2), 1), (Which(choice=0), 3),
                             (Which(area_id=asked.village.building.id), 2),
                             (Which(state="delivered", choice=0, area_id=asked.village.building.id), 0)):
            assert await results.count(db, asked.batch, which, asked.village.boss) == count, which


async def test_each_person_has_a_history(asked: Asked) -> None:
    wang = asked.people["王秀兰"]
    async with asked.village.database.reading() as db:
        events = await history.of(db, asked.batch, wang, "+86" + WANG, texts=conversations.theirs(asked.village.boss))
    assert [event.what for event in events] == [What.WRITTEN, What.ATTEMPT, What.WROTE, What.NOTED]
    assert [events[1].word, events[2].said, events[3].word] == ["accepted", "2", "2"]


@pytest.mark.parametrize(("rest", "names"), [
    (Rest.FAILED, "赵"), (Rest.UNANSWERED, "李"), (Rest.CORRECTED, ""), (Rest.KEPT_BACK, "")])
async def test_a_draft_for_those_who_need_it_again(asked: Asked, rest: Rest, names: str) -> None:
    if not names:
        with pytest.raises(Refused, match="nobody like that"):
            await does_it(asked, following.resend, rest)
        return
    copy = await does_it(asked, following.resend, rest)
    assert (copy.text, copy.kind, copy.batch_id) == (asked.campaign.text, Kind.SURVEY, None)
    assert await whom(asked, copy.chosen) == names


async def test_who_answered_before_a_pause_has_answered_after_it(asked: Asked) -> None:
    turn("2026-03-10 13:00")
    await does(asked.village, batches.pause, asked.batch)
    await does(asked.village, batches.resume, asked.batch)
    copy = await does_it(asked, following.resend, Rest.UNANSWERED)
    assert await whom(asked, copy.chosen) == "李"


async def test_what_is_unknown_is_not_sent_again_blindly(asked: Asked) -> None:
    with pytest.raises(Refused):
        await does_it(asked, following.resend, Rest.UNKNOWN)


async def test_a_phone_that_was_put_right_since_gets_it(asked: Asked) -> None:
    async with asked.village.database.session() as db:
        zhao = await db.get_one(Resident, asked.people["赵大妈"].id)
        zhao.phone = "+8614200000033"
        from app.sms import consent

        await consent.give(db, zhao.phone, source="form")
    copy = await does_it(asked, following.resend, Rest.CORRECTED)
    again = await handed_in(asked.village, copy)  # nobody is asked whether: none of these phones got it
    async with asked.village.database.reading() as db:
        assert list(await db.scalars(select(Message.phone).where(Message.batch_id == again.id))) == ["+8614200000033"]


async def test_the_same_words_to_those_who_have_them_ask_first(asked: Asked) -> None:
    copy = await does_it(asked, following.resend, Rest.UNANSWERED)
    with pytest.raises(Refused, match="within the last day") as refused:
        await handed_in(asked.village, copy)
    assert refused.value.values == {"again": 1, "texts": 1}
    assert (await handed_in(asked.village, copy, sure=True)).texts == 1


async def test_after_a_stop_the_rest_can_be_told_later(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    campaign = await drafted(village)
    batch = await handed_in(village, campaign)
    await does(village, batches.stop, batch)
    them = Asked(village, campaign, batch, {})
    copy = await does_it(them, following.resend, Rest.KEPT_BACK)
    assert await whom(them, copy.chosen) == "王"
    assert (await handed_in(village, copy)).texts == 1  # nobody got it: nothing to ask


@pytest.mark.parametrize(("rest", "names"), [
    (Rest.FAILED, ["赵大妈"]), (Rest.UNKNOWN, ["孙小山"]), (Rest.UNANSWERED, ["李建国"]),
    (Rest.NO_PHONE, ["周一"])])
async def test_call_tasks_lie_where_the_head_of_the_building_sees_them(asked: Asked, rest: Rest,
                                                                       names: list[str]) -> None:
    assert await does_it(asked, following.assign, rest) == len(names)
    async with asked.village.database.reading() as db:
        rows = (await db.execute(select(Resident.name, Call.area_id, Resident.area_id, Call.why, Call.said).join(
            Resident, Resident.id == Call.resident_id).order_by(Call.id))).all()
    assert [row[0] for row in rows] == names
    assert all(row[1] == row[2] and row[3] == Why.CAMPAIGN and "想干活吗" in row[4] for row in rows)
    with pytest.raises(Refused, match="no call task yet"):  # pressed twice
        await does_it(asked, following.assign, rest)


async def test_what_is_said_on_the_telephone_is_counted(asked: Asked) -> None:
    await does_it(asked, following.assign, Rest.NO_PHONE)
    async with asked.village.database.session() as db:
        [call] = await db.scalars(select(Call))
        with pytest.raises(Refused, match="choose one"):
            await following.told_by_telephone(db, call, 4, result="", by=asked.village.boss)
    async with asked.village.database.session() as db:
        [call] = await db.scalars(select(Call))
        await following.told_by_telephone(db, call, 3, result="带孙子", by=asked.village.boss)
        assert call.result == "暂不; 带孙子"
        assert await results.answers(db, asked.batch) == Counter({2: 1, 3: 1})


async def test_who_signed_up_is_counted(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-12 14:00"))
    batch = await handed_in(village, await drafted(village, "{活}要人", kind=Kind.JOB, listing_id=job.id))
    await drain(village)
    await signs_up(village, job, wang)
    async with village.database.reading() as db:
        assert await results.signed(db, batch) == 1
        assert [row.signed for row in await results.by_building(db, batch, village.boss)] == [1]
        assert (await results.people(db, batch, Which(), village.boss))[0].place == "taken"


@pytest.mark.parametrize(("whole", "name", "phone"), [(False, "王*兰", "142****0001"), (True, "王秀兰", WANG)])
async def test_an_export_is_covered_unless_one_may_and_says_so_and_is_noted(asked: Asked, whole: bool, name: str,
                                                                            phone: str) -> None:
    async with asked.village.database.session() as db:
        campaign = await db.get_one(Campaign, asked.campaign.id)
        await export.note(db, campaign, asked.batch, Which(), whole=whole, by=asked.village.second,
                          reason="王秀兰等人上门走访")
        made = await export.workbook(db, campaign, asked.batch, Which(), whole=whole, by=asked.village.second)
        [noted] = await db.scalars(select(Audit).where(Audit.verb == "export_campaign"))
    assert noted.detail == {"people": 4, "whole": whole, "state": "", "choice": None, "area": None} | (
        {"reason": "王*兰等人上门走访"} if whole else {})
    rows = list(load_workbook(io.BytesIO(made), read_only=True).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert "4 people" in str(rows[0][0]) or "4人" in str(rows[0][0])
    assert rows[2][1:3] == (name, phone)
    assert rows[2][7] == "2 想就近"
    assert len(rows) == 6


async def test_a_clerk_takes_no_whole_names_along(asked: Asked) -> None:
    from app.staff import accounts
    from app.staff.accounts import Role

    async with asked.village.database.session() as db:
        clerk, _password = await accounts.add(db, "clerk", role=Role.CLERK, area=await db.get_one(
            Area, asked.village.area.id))
        campaign = await db.get_one(Campaign, asked.campaign.id)
        with pytest.raises(Refused, match="does not allow"):
            await export.note(db, campaign, asked.batch, Which(), whole=True, by=clerk)
        await export.note(db, campaign, asked.batch, Which(), whole=False, by=clerk)


async def test_a_masked_export_says_whether_somebody_telephoned_and_not_what_was_said(asked: Asked) -> None:
    for rest in (Rest.UNANSWERED, Rest.UNKNOWN):
        await does_it(asked, following.assign, rest)
    async with asked.village.database.session() as db:
        first = (await db.scalars(select(Call).order_by(Call.id))).first()
        assert first
        await following.told_by_telephone(db, first, None, result=f"儿子{ZHAO}说,{ID_NUMBER}", by=asked.village.boss)

    async def calls_of(language: str, *, whole: bool) -> list[str]:
        async with asked.village.database.session() as db:
            campaign = await db.get_one(Campaign, asked.campaign.id)
            with i18n.speaking(language):
                made = await export.workbook(db, campaign, asked.batch, Which(), whole=whole, by=asked.village.boss)
        sheet = load_workbook(io.BytesIO(made), read_only=True).active
        assert sheet
        return [str(row[10] or "") for row in sheet.iter_rows(min_row=3, values_only=True)]

    assert await calls_of("zh", whole=False) == ["", "已打", "", "还没打"]
    assert await calls_of("en", whole=False) == ["", "telephoned already", "", "still to do"]
    assert await calls_of("zh", whole=True) == ["", f"已打: 儿子{ZHAO}说,4203**********0005", "", "还没打"]
