"""What we know about me: all of it, covered on a shared phone, put right, taken along."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.calls import calls
from app.calls.calls import Call, Why
from app.residents import cards, hardship, residents
from app.residents.residents import Resident, WordKind, WorkStatus
from tests.routes.conftest import rows
from tests.routes.phone.conftest import LI, WANG, Browser, proved
from tests.village import Village


async def _somebody(village: Village, phone: str = WANG) -> Resident:
    wang = await village.neighbour("王秀英", phone, agreed=True, wishes=["香菇"], limits=["night"], sex="female")
    async with village.database.session() as db:
        person = await residents.get(db, wang.id)
        assert person
        await hardship.recognise(db, person, "DL", ground="街道认定", since=None, until=None, by=village.boss)
        await residents.set_work_status(db, person, WorkStatus.SEEKING, source="staff", by=village.boss)
        await residents.open_phone(db, person, by=village.second)
    return wang


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_everything_is_shown_and_taken_along(village: Village, browser: Browser) -> None:
    await _somebody(village)
    await village.job()
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    await browser.send("/jobs/10/signup")
    page = await browser.open("/me/known")
    everything = ("王秀英", "1968-03-12", "女", WANG, "青龙泉社区 1栋", "香菇", "大龄", "街道认定", "在找活",
                  "10 香菇分拣", "已报上", "second-demo", "看了您的手机号全号", "同意")
    for known in everything:
        assert known in page, known
    text = await browser.client.get("/me/copy/txt")
    assert text.headers["content-disposition"] == 'attachment; filename="my-data.txt"'
    assert text.headers["cache-control"] == "no-store"
    assert "出生日期: 1968-03-12\r\n" in text.text
    parts = json.loads((await browser.client.get("/me/copy/json")).text)["parts"]
    assert {"what": "姓名", "value": "王秀英"} in parts[0]["rows"]
    assert (await browser.client.get("/me/copy/exe")).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_on_a_shared_phone_what_others_need_not_know_is_covered(village: Village, browser: Browser) -> None:
    wang = await _somebody(village)
    await village.neighbour("张建国", WANG)
    await proved(browser, village, WANG)
    await browser.open("/me/known")
    page = await browser.send("/me/who", resident=str(wang.id))
    assert "1968-**-**" in page
    for covered in ("1968-03-12", "大龄", "张建国"):
        assert covered not in page
    assert "这个手机别人也用。请到站里问。" in page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_identity_number_is_never_shown_whole(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG, born_on=None)
    async with village.database.session() as db:
        person = await residents.get(db, wang.id)
        assert person
        await cards._take_id_number(db, person, cards._id_number("420304195601010005"), village.boss)
    await proved(browser, village, WANG)
    page = await browser.open("/me/known")
    assert "4203**********0005" in page
    assert "420304195601010005" not in page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_words_are_the_persons_own_to_change(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG, wishes=["香菇"])
    await proved(browser, village, WANG)
    page = await browser.open("/me/words/wish")
    assert 'value="香菇" checked' in page
    token = page.split('_csrf_token" value="')[1].split('"')[0]
    answer = await browser.client.post("/me/words/wish", data={
        "_csrf_token": token, "resident": str(wang.id), "word": ["保洁", "缝纫", "没有这一样"]}, follow_redirects=False)
    assert answer.headers["location"] == "/me/known"
    async with village.database.reading() as db:
        person = await residents.get(db, wang.id)
        assert person
        assert sorted((await residents.words_of(db, person))[WordKind.WISH]) == sorted(["保洁", "缝纫"])
    assert (await browser.client.get("/me/words/secret")).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_papers_say_becomes_a_task_for_the_staff(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    page = await browser.open("/me/correct")
    token = page.split('_csrf_token" value="')[1].split('"')[0]
    for _time in range(2):
        answer = await browser.client.post("/me/correct", data={
            "_csrf_token": token, "resident": str(wang.id), "field": "born_on", "new": "1967-3-12"})
    assert "已经告诉站里" in answer.text
    [call] = await rows(village.database, select(Call))
    assert (call.resident_id, call.why) == (wang.id, Why.CORRECTION)
    assert call.said == "请改正：出生日期。现在：1968-03-12。应是：1967-03-12"
    assert call.due_on == calls.working_days_on(clock.today(), 15)
    assert calls.working_days_on(date(2026, 11, 27), 15) == date(2026, 12, 18)  # both of them Fridays
    wrong = await browser.client.post("/me/correct", data={"_csrf_token": token, "resident": str(wang.id),
                                                           "field": "born_on", "new": "春天"})
    assert wrong.status_code == 422
    assert 'value="春天"' in wrong.text
    none = await browser.client.post("/me/correct", data={"_csrf_token": token, "resident": str(wang.id),
                                                          "new": "王秀云"})
    assert "请选哪一样不对" in none.text


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_language_is_for_texts_and_pages(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    await browser.open("/me/language")
    page = await browser.send("/me/language", language="en")
    assert "My sign-ups" in page
    assert (await village.says(WANG, "我的"))[0].startswith("You have not signed up")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_people_of_two_phones_see_nothing_of_each_other(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await village.neighbour("李建国", LI)
    await proved(browser, village, LI)
    page = await browser.open("/me")
    token = page.split('_csrf_token" value="')[1].split('"')[0]
    await browser.client.post("/me/who", data={"_csrf_token": token, "resident": str(wang.id), "to": "/me/known"})
    for path in ("/me", "/me/known", "/me/why"):
        assert "王秀英" not in await browser.open(path)
    answer = await browser.client.post("/me/who", data={"_csrf_token": token, "to": "https://elsewhere.example"},
                                       follow_redirects=False)
    assert answer.headers["location"] == "/me"


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_what_no_database_holds_breaks_nothing(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    await browser.open("/me/correct")
    page = browser.page
    answer = await browser.client.post("/me/correct", data={
        "_csrf_token": page.split('_csrf_token" value="')[1].split('"')[0], "field": "name", "new": "王\x00秀"})
    assert answer.status_code == 200
