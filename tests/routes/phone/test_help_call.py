"""Ask somebody for help: a call task, however often it is pressed, and with the page that it came from."""

import asyncio
import re
from html import unescape

import pytest
from sqlalchemy import select

from app.calls import helping
from app.calls.calls import Call, Why
from tests.routes.conftest import rows
from tests.routes.phone.conftest import LI, STRANGER, WANG, Browser, proved
from tests.village import Village


async def _calls(village: Village) -> list[Call]:
    return await rows(village.database, select(Call).order_by(Call.id))


async def test_who_is_signed_in_presses_once(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    page = await browser.open("/help/call?about=10")
    assert 'name="phone"' not in page
    assert f"就业站的人会打 {WANG}" in await browser.send("/help/call")
    [call] = await _calls(village)
    assert (call.resident_id, call.why, call.said) == (wang.id, Why.ASKED, "请打电话，来自10号活的网页")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_page_of_a_job_leads_there_with_its_number(village: Village, browser: Browser) -> None:
    await village.job()
    for path in ("/jobs/10", "/help"):
        page = await browser.open(path)
        where = re.findall(r'href="(/help/call[^"]*)"', page)
        assert len(where) == 1, path
        await browser.open(unescape(where[0]))
        await browser.send("/help/call", phone=STRANGER if path == "/help" else LI)
    calls = {call.phone: (call.said, call.area_id) for call in await _calls(village)}
    assert calls == {f"+86{LI}": ("请打电话，来自10号活的网页", village.area.id),
                     f"+86{STRANGER}": ("请打电话，来自网页", village.area.id)}


async def test_pressed_twice_it_is_one_task(village: Village, browser: Browser) -> None:
    page = await browser.open("/help/call?about=10")
    fields = {"_csrf_token": _token(page), "about": "10", "phone": STRANGER}
    await asyncio.gather(*(browser.client.post("/help/call", data=fields) for _time in range(3)))
    await browser.client.post("/help/call", data={**fields, "about": "11"})
    [call] = await _calls(village)
    assert (call.area_id, call.phone) == (village.area.id, f"+86{STRANGER}")
    assert call.said.splitlines() == ["请打电话，来自10号活的网页", "请打电话，来自11号活的网页"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_known_number_is_its_persons(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await browser.open("/help/call")
    page = await browser.send("/help/call", phone=f"+86 {WANG}")
    assert "王秀英" not in page
    [call] = await _calls(village)
    assert (call.resident_id, call.area_id) == (wang.id, village.building.id)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_shared_phone_is_asked_nothing(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.neighbour("张建国", WANG)
    await proved(browser, village, WANG)
    await browser.open("/help/call")
    assert "就业站的人会打" in await browser.send("/help/call")
    assert len(await _calls(village)) == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_no_number_stays_in_the_field(village: Village, browser: Browser) -> None:
    await browser.open("/help/call?about=10")
    page = await browser.send("/help/call", phone="0719-7221234")
    assert browser.status == 422
    assert 'value="0719-7221234"' in page
    assert 'name="about" value="10"' in page
    assert await _calls(village) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_too_many_from_one_address_are_told_kindly(village: Village, browser: Browser) -> None:
    page = await browser.open("/help/call")
    token = _token(page)
    for number in range(helping.PER_ADDRESS):
        answer = await browser.client.post("/help/call", data={"_csrf_token": token, "phone": f"142000001{number:02d}"})
        assert answer.status_code == 200
    answer = await browser.client.post("/help/call", data={"_csrf_token": token, "phone": LI})
    assert answer.status_code == 429
    assert "请直接打电话来" in answer.text
    assert len(await _calls(village)) == helping.PER_ADDRESS


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("about", ["x", "9999999", "-1", "１０", "<b>"])
async def test_what_is_no_work_is_left_out(village: Village, browser: Browser, about: str) -> None:
    await browser.open("/help/call")
    await browser.client.post("/help/call", data={"_csrf_token": _token(browser.page), "about": about, "phone": WANG})
    [call] = await _calls(village)
    assert call.said == "请打电话，来自网页"


def _token(page: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]
