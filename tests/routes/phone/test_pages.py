"""What residents see without having proved anything, and on their own page."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.routes.phone.jobs import PER_PAGE
from app.sms.reading import Context, read
from tests.routes.phone.conftest import LI, STRANGER, WANG, Browser, proved
from tests.village import Village, settle


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """Pages that only look are the same on both; where not, a test names the engines itself."""
    return str(request.param)


async def test_the_first_page_shows_the_next_work_pay_first(village: Village, browser: Browser) -> None:
    await village.job("手工串珠", hours=48)
    await village.job("香菇分拣", hours=20)
    page = await browser.open("/")
    assert page.index("80元") < page.index("香菇分拣") < page.index("手工串珠")
    assert 'href="tel:07197221234"' in page
    assert "叫人帮忙" in page


async def test_without_work_the_first_page_says_so(village: Village, browser: Browser) -> None:
    assert "现在没有新的活" in await browser.open("/")


async def test_every_page_has_the_help_line(village: Village, browser: Browser) -> None:
    await village.job()
    for path in ("/", "/jobs", "/jobs/10", "/jobs/99", "/login", "/help"):
        page = await browser.open(path)
        assert page.index("tel:07197221234") < page.index("/help/call") < page.index("<main"), path


async def test_the_list_goes_on_to_the_next_page(village: Village, browser: Browser) -> None:
    for _ in range(PER_PAGE + 3):
        await village.job()
    page = await browser.open("/jobs")
    assert page.count('class="card"') == PER_PAGE
    assert "/jobs?page=2" in page
    page = await browser.open("/jobs?page=2")
    assert page.count('class="card"') == 3
    for odd in ("0", "-1", "x", "99999999", "２"):
        await browser.open(f"/jobs?page={odd}")
        assert browser.status == 200, odd


@pytest.mark.parametrize("number", ["99", "0", "abc", "100000000000000000000", "1.5", "-3", "²"])
async def test_a_number_that_no_work_has_is_a_kind_404(village: Village, browser: Browser, number: str) -> None:
    page = await browser.open(f"/jobs/{number}")
    assert browser.status == 404
    assert "看看现在有哪些活吧" in page
    said = f"没有编号{number}的活" if number in ("99", "0") else "没有这个编号的活"
    assert f"<h1>{said}</h1>" in page


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("code", ["nowhere", "%00", "%ff", "x" * 300])
async def test_an_unknown_area_is_not_an_error(village: Village, browser: Browser, code: str) -> None:
    await village.job()
    await browser.open(f"/jobs?area={code}")
    assert browser.status == 200
    assert "香菇分拣" in await browser.open(f"/jobs/10?area={code}")


async def test_the_community_named_once_is_remembered(village: Village, browser: Browser) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await village.job("香菇分拣")
    await other.job("织袜挡车")
    page = await browser.open("/jobs")
    assert "香菇分拣" in page
    assert "织袜挡车" in page
    await browser.open("/?area=other")
    page = await browser.open("/jobs")
    assert "香菇分拣" not in page
    assert "织袜挡车" in page


async def test_whoever_logs_in_sees_the_work_of_their_own_community(village: Village, browser: Browser) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await village.job("香菇分拣")
    await other.job("织袜挡车")
    await other.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    for path in ("/", "/jobs"):
        page = await browser.open(path)
        assert "织袜挡车" in page, path
        assert "香菇分拣" not in page, path


async def test_english_is_remembered_and_errors_speak_it(village: Village, browser: Browser) -> None:
    await village.job()
    assert '<html lang="zh-Hans">' in await browser.open("/jobs/10")
    assert '<html lang="en">' in await browser.open("/jobs/10?lang=en")
    page = await browser.open("/jobs/10")
    assert "I want this work" in page
    page = await browser.send("/jobs/10/signup", phone="123")
    assert "That is not a mobile number" in page
    assert "There is no such page." in await browser.open("/nothing/here")
    assert "我要报名" in await browser.open("/jobs/10?lang=zh")
    assert "There is no such page." not in await browser.open("/nothing/here")


async def test_a_forms_own_address_leads_back_to_the_work(village: Village, browser: Browser) -> None:
    await village.job()
    await browser.open("/jobs/10/signup?area=demo&lang=en")
    assert browser.path == "/jobs/10?area=demo&lang=en"
    assert "I want this work" in browser.page


async def test_my_page_leads_to_the_log_in(village: Village, browser: Browser) -> None:
    await browser.open("/me")
    assert browser.path == "/login"


async def test_a_device_forgets_the_phone(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    assert WANG in browser.page
    await browser.send("/me/forget")
    assert browser.path == "/"
    await browser.open("/me")
    assert browser.path == "/login"


async def test_a_session_ends_after_its_ninety_days(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    clock.turn(clock.now() + timedelta(days=91))
    await browser.open("/me")
    assert browser.path == "/login"


async def test_who_holds_the_phone_is_said_on_my_page(village: Village, browser: Browser) -> None:
    await village.neighbour("李建国", LI)
    daughter = await village.neighbour("李小芬", LI)
    await village.job()
    await proved(browser, village, LI)
    page = await browser.send("/me/who", resident=str(daughter.id))
    assert "李小芬 (是我)" in " ".join(page.split())
    assert "我要报名 (李小芬)" in " ".join((await browser.open("/jobs/10")).split())


async def test_log_in_says_the_same_to_strangers_until_the_phone_is_proved(village: Village, browser: Browser) -> None:
    await proved(browser, village, STRANGER)
    assert "还没有登记" in browser.page


async def test_a_first_visit_waits_for_nothing_but_the_page(village: Village, browser: Browser) -> None:
    """How many bytes that is, a browser measures in tests/browser."""
    await village.job()
    for path in ("/", "/jobs", "/jobs/10"):
        page = await browser.open(path)
        assert "<style>" in page
        assert 'rel="stylesheet"' not in page
        assert all("defer" in script for script in re.findall(r"<script[^>]*>", page)), path


async def test_the_size_of_letters_is_remembered(village: Village, browser: Browser) -> None:
    assert 'class="s' not in (await browser.open("/")).split("<head>")[0]
    for size, again in (("24", "30"), ("30", "20")):
        page = await browser.open(f"/help?size={size}")
        assert f'class="s{size}"' in page
        page = await browser.open("/jobs")
        assert f'class="s{size}"' in page
        assert f"size={again}" in page
    await browser.open("/?size=20")
    for odd in ("31", "", "x", "<b>"):
        page = await browser.open(f"/?size={odd}")
        assert 'class="s' not in page.split("<head>")[0], odd


async def test_the_places_left_are_had_without_the_rest_of_the_page(village: Village, browser: Browser) -> None:
    await village.job()
    where = (await browser.open("/jobs/10")).split('data-hx-get="')[1].split('"')[0]
    piece = (await browser.client.get(where, headers={"HX-Request": "true"})).text
    assert "还有12个名额" in piece
    assert "<html" not in piece
    assert "我要报名" not in piece


async def test_of_one_thing_english_says_one(village: Village, browser: Browser) -> None:
    await village.job(places=1)
    page = await browser.open("/jobs?lang=en")
    assert "1 place left" in page
    assert ">1 job<" in re.sub(r"\s*<", "<", page)
    await village.job()
    page = await browser.open("/jobs?lang=en")
    assert "12 places left" in page
    assert ">2 jobs<" in re.sub(r"\s*<", "<", page)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_word_that_help_names_is_understood(village: Village, browser: Browser, language: str) -> None:
    page = await browser.open(f"/help?lang={language}")
    words = re.findall(r"<dt>(.*?)</dt>", page)
    push = Context("push", (10,))
    assert [read(word, push if word == "1" else Context()).intent for word in words] == [
        "SIGNUP", "SIGNUP", "JOBS", "STATUS", "CANCEL", "LINK", "CALLBACK", "HELP", "UNSUB", "RESUB"]


async def test_a_style_sheet_by_an_old_name_is_gone(browser: Browser) -> None:
    for name in ("phone.css", "phone.0000000000.css", "..%2Fsettings.py"):
        await browser.open(f"/static/{name}")
        assert browser.status == 404, name
