"""At the station: an officer types a card number, and the device is that person's for a quarter of an hour."""

import re

import pytest
from sqlalchemy import select, update

from app import clock
from app.access import card_numbers
from app.calls.calls import Call, Why
from app.listings.signups import Signup
from app.residents.residents import Resident
from app.sms import consent
from app.sms.consent import Word
from app.sms.outbox import Message, Status
from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.phone.conftest import WANG, Browser
from tests.village import Village

PASSWORD = "not-a-secret"


async def _log_in(browser: Browser, village: Village) -> None:
    page = await browser.open("/office/login")
    await browser.client.post("/office/login", data={"_csrf_token": _token(page), "username": village.boss.username,
                                                     "password": PASSWORD})


async def _open_pages(browser: Browser, village: Village, person: Resident) -> None:
    async with village.database.session() as db:
        number = (await card_numbers.issue(db, person, by=village.boss)).number
    await _log_in(browser, village)
    await _type(browser, number)


async def _type(browser: Browser, number: str) -> str:
    page = await browser.open("/office/station")
    answer = await browser.client.post("/office/station", data={"_csrf_token": _token(page), "card": number},
                                       follow_redirects=False)
    return await browser._arrive(answer, "/office/station")


async def test_somebody_without_a_phone_signs_up(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英")
    await village.job()
    await _open_pages(browser, village, wang)
    assert browser.path == "/me"
    assert "办完了，关上我的网页" in browser.page
    await browser.open("/jobs/10")
    assert 'name="phone"' not in browser.page
    assert "报上了" in await browser.send("/jobs/10/signup")
    assert "办完了，关上我的网页" in browser.page
    assert [one.resident_id for one in await rows(village.database, select(Signup))] == [wang.id]
    for path in ("/me", "/me/texts", "/me/why", "/me/known", "/me/correct", "/me/language", "/me/words/wish",
                 "/me/delete"):
        await browser.open(path)
        assert (browser.status, browser.path) == (200, path)
    for path in ("/me/copy/txt", "/me/copy/json"):  # it would stay on the station's device
        await browser.open(path)
        assert browser.path == "/me/known"
    assert "/me/copy" not in browser.page
    await browser.open("/jobs/10")
    await browser.send("/jobs/10/cancel")
    assert "10号香菇分拣已给您取消" in browser.page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_officer_is_not_logged_in_there_any_more(village: Village, browser: Browser) -> None:
    await _open_pages(browser, village, await village.neighbour("王秀英"))
    assert "staff" not in browser.client.cookies
    await browser.open("/office/residents")
    assert browser.path == "/office/login"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_finished_ends_it_and_leads_back_to_the_staff(village: Village, browser: Browser) -> None:
    await _open_pages(browser, village, await village.neighbour("王秀英"))
    page = await browser.open("/me")
    kept = browser.client.cookies["phone"]
    answer = await browser.client.post("/me/finished", data={"_csrf_token": _token(page)}, follow_redirects=False)
    await browser._arrive(answer, "/me/finished")
    assert browser.path == "/office/login"
    browser.client.cookies.set("phone", kept)
    await browser.open("/me")
    assert browser.path == "/login"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_nobody_else_of_a_shared_phone_is_seen(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await village.neighbour("张建国", WANG)
    await _open_pages(browser, village, wang)
    for path in ("/me", "/me/known"):
        assert "张建国" not in await browser.open(path)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_slip_is_told_from_a_wrong_number(village: Village, browser: Browser) -> None:
    await _log_in(browser, village)
    number = card_numbers._new()
    swapped = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert "卡号写错了" in await _type(browser, swapped)
    assert "没有这个卡号" in await _type(browser, number)
    assert "卡号是7位数字" in await _type(browser, "12")
    assert [one.verb for one in await rows(village.database, select(Audit).where(Audit.verb == "wrong_card"))] == [
        "wrong_card"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_staff_give_a_number_print_it_and_text_a_link(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await _log_in(browser, village)
    page = await browser.open(f"/office/residents/{wang.id}")
    answer = await browser.client.post(f"/office/residents/{wang.id}/card-number", data={"_csrf_token": _token(page)},
                                       follow_redirects=False)
    page = await browser._arrive(answer, "")
    assert browser.path == f"/office/residents/{wang.id}/card-number"
    found = re.search(r'class="number">(\d{3}) (\d{4})<', page)
    assert found
    assert card_numbers.read(found[1] + found[2])
    page = await browser.open(f"/office/residents/{wang.id}")
    await browser.client.post(f"/office/residents/{wang.id}/link", data={"_csrf_token": _token(page)})
    [text] = await village.texts(WANG)
    assert "24小时内点开:http" in text
    verbs = [one.verb for one in await rows(village.database, select(Audit).where(Audit.subject_id == wang.id,
                                                                                 Audit.subject == "resident"))]
    assert verbs == ["issue_card", "text_link"]
    record = await browser.client.post(f"/office/residents/{wang.id}/record",
                                       data={"_csrf_token": _token(page), "reason": "查投诉"})
    assert text[-20:] not in record.text


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_help_is_one_press_at_the_station_too(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英")
    await _open_pages(browser, village, wang)
    await browser.open("/help/call?about=10")
    assert "会上门找您" in await browser.send("/help/call")
    [call] = await rows(village.database, select(Call))
    assert (call.resident_id, call.why, call.phone) == (wang.id, Why.ASKED, "")


def _token(page: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert found, page[:300]
    return found[1]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_one_of_a_family_changes_no_texts_of_the_others(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG, agreed=True)
    await village.neighbour("李建国", WANG)
    await _open_pages(browser, village, wang)
    page = await browser.open("/me/texts")
    assert "请在那个手机上改" in page
    assert "<form method=\"post\" action=\"/me/texts\"" not in page
    token = _token(await browser.open("/me"))
    await browser.client.post("/me/texts", data={"_csrf_token": token, "do": "stop"}, follow_redirects=False)
    async with village.database.reading() as db:
        assert await consent.word(db, f"+86{WANG}") == Word.AGREED


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_code_to_a_shared_phone_is_not_read_there(village: Village, browser: Browser) -> None:
    """It would open the pages of everybody on that phone."""
    wang = await village.neighbour("王秀英", WANG)
    await village.neighbour("张建国", WANG)
    await browser.open("/login")
    await browser.send("/login", phone=WANG)
    code = await village.code(WANG)
    async with village.database.session() as db:
        await db.execute(update(Message).values(status=Status.DELIVERED, sent_at=clock.now()))
    await _open_pages(browser, village, wang)
    page = await browser.open("/me/why")
    assert "验证码" in page
    assert code not in page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_where_one_lives_is_forgotten_there(village: Village, browser: Browser) -> None:
    browser.client.cookies.set("from", "demo-1", domain="testserver.local", path="/")
    await _open_pages(browser, village, await village.neighbour("王秀英"))
    assert "from" not in browser.client.cookies
