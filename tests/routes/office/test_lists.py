"""Choosing people from a file at a desk: upload, look, decide, use; without scripts."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.audience import audiences
from app.audience.audiences import SavedAudience
from app.audience.filters import Filter
from app.audience.lists import PeopleList
from app.campaigns.campaigns import Campaign
from app.residents.residents import Resident
from app.settings import Settings
from app.staff.accounts import Officer
from app.staff.audit import Audit
from tests.campaigns.acts import drafted, handed_in
from tests.conftest import PLAIN
from tests.residents.lists import text, workbook
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
WANG, LI, ZHAO, STRANGER = "14200000001", "14200000002", "14200000003", "14200000009"


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, quiet_hours=None)


@pytest.fixture
async def people(village: Village) -> dict[str, Resident]:
    return {name: await village.neighbour(name, phone, agreed=bool(phone)) for name, phone in (
        ("王秀兰", WANG), ("李建国", LI), ("李小花", LI), ("赵大妈", ZHAO), ("孙一", ""))}


@pytest.fixture
async def campaign(village: Village) -> Campaign:
    return await drafted(village, "想干活吗", Filter(work=("seeking",)))


async def _upload(desk: Desk, campaign: Campaign, data: bytes, *, name: str = "意向名单.xlsx") -> str:
    here = f"/office/campaigns/{campaign.id}/list"
    token = re.search(r'name="_csrf_token" value="([^"]+)"', await desk.open(here))
    assert token, desk.page
    answer = await desk.client.post(here, data={"_csrf_token": token[1]}, files={"file": (name, data)},
                                    follow_redirects=False)
    return await desk._follow(answer, here)


async def _draft(village: Village, campaign: Campaign) -> Campaign:
    [found] = await rows(village.database, select(Campaign).where(Campaign.id == campaign.id))
    return found  # type: ignore[no-any-return]


async def _kept(village: Village) -> int:
    [count] = await rows(village.database, select(func.count(PeopleList.id)))
    return int(count)


MIXED = workbook(["春季意向"], ["姓名", "手机"], ["王秀兰", 14200000001], ["", LI], ["赵大娘", ZHAO],
                 ["孙一", STRANGER], ["周二", "14200000008"], ["王秀兰", WANG], ["吴三", "1420"])


async def test_a_list_is_looked_at_decided_and_used(desk: Desk, village: Village, people: dict[str, Resident],
                                                    campaign: Campaign) -> None:
    page = await _upload(desk, campaign, MIXED)
    assert "意向名单.xlsx" in page
    for kind, count in (("底册里已有", 1), ("几个人合用这个手机", 1), ("号码对得上，姓名对不上", 1),
                        ("只有姓名对得上", 1), ("底册里没有", 1), ("名单里重复", 1), ("号码不能用", 1)):
        assert f'{kind} <span class="soft">{count}</span>' in page, kind
    assert "第 9 行" in page
    assert "11 位" in page
    assert '1 <small>人已选' in page
    here = desk.path
    await desk.send(f"{here}/chosen", kinds=["matched"], who=["4.1", "5.0"])
    assert desk.page.strip() == '<p class="big-number">3 <small>人已选</small></p>'
    await desk.open(here)
    page = await desk.send(f"{here}/use", kinds=["matched"], who=["4.1", "5.0"])
    assert desk.path == f"/office/campaigns/{campaign.id}/whom?said=listed"
    assert "在3人的名单里" in page
    assert (await _draft(village, campaign)).chosen == Filter(work=("seeking",), people=tuple(sorted(
        people[name].id for name in ("王秀兰", "李小花", "赵大妈"))))
    assert await _kept(village) == 0
    await desk.send(f"{here}/use", kinds=["matched"])
    assert desk.status == 404


async def test_nobodys_phone_or_name_stands_whole_on_the_page(desk: Desk, people: dict[str, Resident],
                                                              campaign: Campaign) -> None:
    page = await _upload(desk, campaign, MIXED)
    for secret in (WANG, LI, ZHAO, STRANGER, "14200000008", "王秀兰", "李建国", "赵大妈", "赵大娘"):
        assert secret not in page
    assert "142****0001" in page
    assert "王*兰" in page


async def test_nobody_chosen_stays_on_the_page_with_what_was_ticked(desk: Desk, village: Village, campaign: Campaign,
                                                                    people: dict[str, Resident]) -> None:
    await _upload(desk, campaign, MIXED)
    here = desk.path
    page = await desk.send(f"{here}/use", who=["99.9"])
    assert desk.status == 409
    assert "一个人都没选" in page
    assert 'value="matched" checked' not in page
    assert await _kept(village) == 1
    assert (await _draft(village, campaign)).chosen.people is None


async def test_all_of_a_kind_takes_those_that_are_not_shown_too(desk: Desk, village: Village,
                                                                campaign: Campaign) -> None:
    for number in range(70):
        await village.neighbour(f"王{number:02}", f"1420000{number:04}")
    page = await _upload(desk, campaign, text(["姓名", "手机"], *(["孙一", f"1420000{number:04}"]
                                                               for number in range(70))))
    assert "还有 10 行" in page
    await desk.send(f"{desk.path}/use", kinds=["doubtful"])
    assert len((await _draft(village, campaign)).chosen.people or ()) == 70


async def test_who_is_not_registered_can_be_downloaded_and_imported(desk: Desk, village: Village, campaign: Campaign,
                                                                    people: dict[str, Resident]) -> None:
    await _upload(desk, campaign, MIXED)
    here = desk.path
    token = re.search(r'name="_csrf_token" value="([^"]+)"', desk.page)
    assert token
    answer = await desk.client.post(f"{here}/unknown", data={"_csrf_token": token[1]})
    made = load_workbook(BytesIO(answer.content)).active
    assert made is not None
    assert [row[:2] for row in made.iter_rows(values_only=True)] == [
        ("姓名", "手机"), ("孙一", STRANGER), ("周二", "14200000008")]
    assert await rows(village.database, select(Audit.detail).where(Audit.verb == "download_unknown")) == [
        {"campaign": campaign.id, "rows": 2}]
    assert await _kept(village) == 1


async def test_a_list_can_be_thrown_away(desk: Desk, village: Village, campaign: Campaign) -> None:
    await _upload(desk, campaign, text([STRANGER]), name="号码.csv")
    page = await desk.send(f"{desk.path}/drop")
    assert "名单已删除" in page
    assert await _kept(village) == 0


@pytest.mark.parametrize(("data", "says"), [
    (b"", "这个文件是空的"), (b"PK\x03\x04junk", "工作簿已损坏"),
    (text(["姓名"], ["王秀兰"]), "没有找到手机号或身份证号的列"),
    (text(["手机"], [""]), "没有人"), (text(*([14200000000 + number] for number in range(50_001))), "最多50000人")])
async def test_what_is_no_such_list_gets_a_sentence(desk: Desk, village: Village, campaign: Campaign, data: bytes,
                                                    says: str) -> None:
    page = await _upload(desk, campaign, data, name="名单.csv")
    assert desk.status == 409
    assert says in page
    assert await _kept(village) == 0


async def test_no_file_chosen_is_said(desk: Desk, campaign: Campaign) -> None:
    await desk.open(f"/office/campaigns/{campaign.id}/list")
    assert "请选择一个文件" in await desk.send(f"/office/campaigns/{campaign.id}/list")
    assert desk.status == 409


async def test_a_file_that_is_too_large_is_not_read_to_its_end(desk: Desk, campaign: Campaign) -> None:
    await _upload(desk, campaign, b"x" * (42 * 1024 * 1024), name="名单.csv")
    assert desk.status == 413


async def test_whoever_may_not_is_sent_away_before_the_body_is_read(desk: Desk, campaign: Campaign) -> None:
    desk.client.cookies.delete("staff")
    answer = await desk.client.post(f"/office/campaigns/{campaign.id}/list", content=b"x" * 1024 * 1024, headers={
        "Content-Type": "application/x-www-form-urlencoded"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/login")


async def test_a_colleague_does_not_see_what_was_brought(desk: Desk, village: Village, campaign: Campaign,
                                                         clerk: Officer) -> None:
    await _upload(desk, campaign, text([STRANGER]), name="号码.csv")
    here = desk.path
    await desk.log_in(clerk.username)
    await desk.open(here)
    assert desk.status == 404
    await desk.open(f"/office/campaigns/{campaign.id}/list")
    form = desk.page
    for deed in ("use", "unknown", "drop", "chosen"):
        desk.page = form
        await desk.send(f"{here}/{deed}", kinds=["matched"])
        assert desk.status == 404, deed
    assert await _kept(village) == 1


async def test_what_was_handed_in_takes_no_list(desk: Desk, village: Village, people: dict[str, Resident],
                                                campaign: Campaign) -> None:
    await _upload(desk, campaign, MIXED)
    here = desk.path
    await handed_in(village, campaign)
    await desk.open("/office/campaigns")
    await desk.send(f"{here}/use", kinds=["matched"])
    assert desk.status == 409
    assert (await _draft(village, campaign)).chosen.people is None
    await desk.open(f"/office/campaigns/{campaign.id}/list")
    assert desk.status == 409


async def test_the_way_to_the_file_keeps_what_was_chosen(desk: Desk, village: Village, campaign: Campaign) -> None:
    await desk.open(f"/office/campaigns/{campaign.id}/whom")
    await desk.send(f"/office/campaigns/{campaign.id}/whom", sex="female", then="list")
    assert desk.path == f"/office/campaigns/{campaign.id}/list"
    assert (await _draft(village, campaign)).chosen == Filter(sex="female")


async def test_a_list_is_kept_by_name_used_for_another_text_and_forgotten(
        desk: Desk, village: Village, people: dict[str, Resident], campaign: Campaign) -> None:
    wang = people["王秀兰"]
    await _upload(desk, campaign, text([WANG]), name="号码.csv")
    await desk.send(f"{desk.path}/use", kinds=["matched"])
    await desk.send(f"/office/campaigns/{campaign.id}/whom", people="1", name="缝纫班")
    other = await drafted(village, "另一条", Filter())
    [saved] = await rows(village.database, select(SavedAudience))
    page = await desk.open(f"/office/campaigns/{other.id}/whom?saved={saved.id}")
    assert "在1人的名单里" in page
    await desk.send(f"/office/campaigns/{other.id}/count", people="1", saved=str(saved.id))
    assert desk.page.lstrip().startswith('<p class="big-number">1')
    await desk.open(f"/office/campaigns/{other.id}/whom?saved={saved.id}")
    await desk.send(f"/office/campaigns/{other.id}/whom", people="1", saved=str(saved.id))
    assert (await _draft(village, other)).chosen == Filter(people=(wang.id,))
    await desk.open(f"/office/campaigns/{other.id}/whom")
    page = await desk.send(f"/office/campaigns/{other.id}/audiences/{saved.id}/forget")
    assert "这个名字已删掉" in page
    assert await rows(village.database, select(SavedAudience)) == []
    assert (await _draft(village, other)).chosen == Filter(people=(wang.id,))


async def test_what_another_community_keeps_by_name_does_not_exist(desk: Desk, village: Village, elsewhere: Village,
                                                                   campaign: Campaign) -> None:
    async with village.database.session() as db:
        saved = await audiences.save(db, "别处的人", Filter(), by=elsewhere.boss)
    page = await desk.open(f"/office/campaigns/{campaign.id}/whom")
    assert "别处的人" not in page
    here = f"/office/campaigns/{campaign.id}"
    await desk.open(f"{here}/whom?saved={saved.id}")
    assert desk.status == 404
    for path, typed in ((f"{here}/whom", {"saved": str(saved.id)}), (f"{here}/count", {"saved": str(saved.id)}),
                        (f"{here}/audiences/{saved.id}/forget", {})):
        await desk.open(f"{here}/whom")
        await desk.send(path, **typed)
        assert desk.status == 404, path
    assert len(await rows(village.database, select(SavedAudience))) == 1
