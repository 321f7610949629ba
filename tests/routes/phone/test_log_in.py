"""The limits of codes, as somebody at a page meets them."""

import html
import re
from datetime import timedelta

import pytest

from app import clock
from tests.routes.phone.conftest import STRANGER, WANG, Browser
from tests.village import Village


async def test_wrong_codes_are_counted_though_the_page_shows_an_error(village: Village, browser: Browser) -> None:
    await browser.open("/login")
    await browser.send("/login", phone=WANG)
    right = await village.code(WANG)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(4):
        page = await browser.send("/login", button='name="code"', code=wrong)
        assert browser.status == 422
        assert "这6位数字不对" in page
    assert "不能用了" in await browser.send("/login", button='name="code"', code=wrong)
    assert "不能用了" in await browser.send("/login", button='name="code"', code=right)
    await browser.open("/me")
    assert browser.path == "/login"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_empty_code_is_no_try(village: Village, browser: Browser) -> None:
    await browser.open("/login")
    await browser.send("/login", phone=WANG)
    for _ in range(6):
        assert "请填短信里的6位数字" in await browser.send("/login", button='name="code"', code=" ")
    await browser.send("/login", button='name="code"', code=await village.code(WANG))
    assert browser.path == "/me"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_code_may_be_typed_with_blanks_and_wide_digits(village: Village, browser: Browser) -> None:
    await browser.open("/login")
    await browser.send("/login", phone=WANG)
    code = await village.code(WANG)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code[:3])
    await browser.send("/login", button='name="code"', code=f" {wide} {code[3:]} ")
    assert browser.path == "/me"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_sending_the_phone_twice_still_asks_for_the_code(village: Village, browser: Browser) -> None:
    first = await browser.open("/login")
    await browser.send("/login", phone=WANG)
    browser.page = first
    page = await browser.send("/login", phone=WANG)
    assert browser.status == 429
    assert "刚给这个手机发过" in page
    assert len(await village.texts(WANG)) == 1
    await browser.send("/login", button='name="code"', code=await village.code(WANG))
    assert browser.path == "/me"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_text_is_sent_again_after_a_minute(village: Village, browser: Browser) -> None:
    await browser.open("/login")
    await browser.send("/login", phone=WANG)
    clock.turn(clock.now() + timedelta(seconds=61))
    await browser.send("/login", button="again", again="1")
    assert len(await village.texts(WANG)) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_too_many_phones_from_one_address_are_told_to_telephone(village: Village, browser: Browser) -> None:
    first = await browser.open("/login")
    for number in range(20):
        browser.page = first
        await browser.send("/login", phone=f"142000001{number:02d}")
        assert browser.status == 200
    browser.page = first
    page = await browser.send("/login", phone=STRANGER)
    assert browser.status == 429
    assert "打电话" in page
    assert f'value="{STRANGER}"' in page
    assert await village.texts(STRANGER) == []


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("written", ["+86 142 0000 0001", "１４２-００００-０００１", "-14200000001"])
async def test_the_page_says_which_number_it_understood(village: Village, browser: Browser, written: str) -> None:
    await browser.open("/login")
    page = await browser.send("/login", phone=written)
    assert browser.status == 200
    assert f"我们给 {WANG} 发了短信" in page
    await browser.send("/login", button='name="code"', code=await village.code(WANG))
    assert browser.path == "/me"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_no_number_stays_in_the_field(village: Village, browser: Browser) -> None:
    await browser.open("/login")
    page = await browser.send("/login", phone="0719-7221234")
    assert browser.status == 422
    assert 'value="0719-7221234"' in page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_whoever_went_to_read_the_text_finds_the_same_step_again(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await browser.open("/jobs/10")
    await browser.send("/jobs/10/signup", phone=WANG)
    for path in ("/jobs/10/signup", "/jobs/10/signup?area=demo", "/login"):
        page = await browser.open(path)
        assert f"我们给 {WANG} 发了短信" in page, path
    await browser.open("/jobs/10/signup?lang=en")
    assert "Which six digits are in it?" in browser.page
    page = await browser.send("/jobs/10/signup", button='name="code"', code=await village.code(WANG))
    assert browser.path == "/jobs/10?area=demo"
    await browser.open("/jobs/10/signup")
    assert browser.path == "/jobs/10"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("action", ["/login", "/jobs/10/signup"])
async def test_a_wrong_number_can_be_typed_anew(village: Village, browser: Browser, action: str) -> None:
    await village.job()
    await browser.open(action)
    page = await browser.send(action, phone=STRANGER)
    [other] = re.findall(r'<a href="([^"]+)">\s*号码填错了</a>', page)
    page = await browser.open(html.unescape(other))
    assert 'name="code"' not in page
    assert 'name="phone"' in page
    assert STRANGER not in await browser.open(action)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "A" * 60, "%00", "+8614200000001"])
async def test_a_forged_memory_is_none(village: Village, browser: Browser, cookie: str) -> None:
    browser.client.cookies.set("asked", cookie)
    assert 'name="phone"' in await browser.open("/login")
    assert browser.status == 200
