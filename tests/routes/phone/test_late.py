"""A sign-up that comes twice, or hours later from a phone without a signal: it is one, and the person hears of it."""

import asyncio
from datetime import time, timedelta

import pytest
from httpx import Response
from sqlalchemy import func, select

from app import clock, rounds
from app.listings import once, signups
from app.listings.once import Once
from app.listings.signups import Place, Signup, Via
from tests.routes.phone.conftest import LI, WANG, ZHAO, Browser, fields_of, led_on, proved
from tests.village import SIGNATURE, Village

SIGN_UP = "/jobs/10/signup"


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.turn(clock.at(clock.today() + timedelta(days=1), time(12)))  # at night news waits


async def _form(browser: Browser, job: str = "/jobs/10") -> dict[str, str]:
    """The sign-up form of the page, as the device keeps it."""
    return fields_of(await browser.open(job), f"{job}/signup")


async def _send(browser: Browser, form: dict[str, str], **more: str) -> Response:
    answer = await browser.client.post(SIGN_UP, data={**form, **more}, follow_redirects=False)
    return await led_on(browser.client, answer)


async def _held(village: Village) -> list[tuple[int, str]]:
    async with village.database.reading() as db:
        return [(row.resident_id, row.place) for row in await db.scalars(select(Signup).order_by(Signup.id))]


async def _news(village: Village, phone: str) -> list[str]:
    """What this phone was sent, but for the code."""
    return [text.removeprefix(SIGNATURE) for text in (await village.texts(phone))[1:]]


async def test_a_button_that_is_pressed_twice_is_one_sign_up(village: Village, browser: Browser) -> None:
    wang, _job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    answers = [await _send(browser, form) for _press in range(2)]
    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, "/jobs/10?area=demo")] * 2
    assert await _held(village) == [(wang.id, Place.TAKEN)]


async def test_at_the_same_moment_too(village: Village, browser: Browser) -> None:
    wang, _job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    answers = await asyncio.gather(*(_send(browser, form) for _press in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert await _held(village) == [(wang.id, Place.TAKEN)]


async def test_what_was_sent_late_is_told_by_text(village: Village, browser: Browser) -> None:
    wang, _job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    first, again = [await _send(browser, form, late="5400") for _time in range(2)]
    assert (first.status_code, first.text) == (again.status_code, again.text) == (200, "报上了")
    assert first.headers["content-type"].startswith("text/plain")
    assert await _held(village) == [(wang.id, Place.TAKEN)]
    [told] = await _news(village, WANG)
    assert told.startswith("已给您报上10号:香菇分拣")


async def test_so_is_what_had_arrived_before_though_its_answer_had_not(village: Village, browser: Browser) -> None:
    wang, _job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    assert (await _send(browser, form)).status_code == 303
    assert await _news(village, WANG) == []
    for _time in range(2):
        answer = await _send(browser, form, late="60")
        assert (answer.status_code, answer.text) == (200, "报上了")
    assert len(await _news(village, WANG)) == 1
    assert await _held(village) == [(wang.id, Place.TAKEN)]


async def test_who_comes_late_to_a_full_job_waits_in_line(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    first, job = await village.neighbour("李建国", LI), await village.job(places=1)
    await proved(browser, village, WANG)
    form = await _form(browser)
    async with village.database.session() as db:
        await signups.sign_up(db, await db.merge(job, load=False), await db.merge(first, load=False), via=Via.TEXT)
    answer = await _send(browser, form, late="600")
    assert (answer.status_code, answer.text) == (200, "排队第1位")
    [told] = await _news(village, WANG)
    assert told.startswith("10号已报满,给您排第1位")


async def test_a_place_that_was_given_back_meanwhile_stays_given_back(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    await _send(browser, form, late="60")
    await village.says(WANG, "取消10")
    answer = await _send(browser, form, late="120")
    assert (answer.status_code, answer.text) == (200, "您在10号已经没有名额。")
    assert [place for _who, place in await _held(village)] == [Place.CANCELLED]
    assert (await _send(browser, form)).status_code == 303
    assert [place for _who, place in await _held(village)] == [Place.CANCELLED]


@pytest.mark.parametrize(("late", "why"), [("43260", "没信号超过12小时"), ("soon", "没信号超过12小时"),
                                           ("9" * 40, "没信号超过12小时")])
async def test_nothing_is_sent_after_twelve_hours(village: Village, browser: Browser, late: str, why: str) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    for _time in range(2):
        answer = await _send(browser, form, late=late)
        assert answer.status_code == 409
        assert why in answer.text
    assert await _held(village) == []
    [told] = await _news(village, WANG)
    assert told.startswith(f"10号没报上:{why}")


async def test_nor_after_the_work_began(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job(hours=2)
    await proved(browser, village, WANG)
    form = await _form(browser)
    clock.turn(clock.now() + timedelta(hours=3))
    answer = await _send(browser, form, late="10800")
    assert (answer.status_code, answer.text) == (409, "10号已经开始了。")
    assert await _held(village) == []
    assert (await _news(village, WANG))[-1].startswith("10号没报上:10号已经开始了")


async def test_a_refusal_is_the_same_each_time(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await village.job("手工串珠", hours=25)
    await proved(browser, village, WANG)
    form = await _form(browser)
    await browser.open("/jobs/11")
    await browser.send("/jobs/11/signup")
    pages = [await _send(browser, form) for _time in range(2)]
    assert [page.status_code for page in pages] == [409, 409]
    assert all('role="alert"' in page.text and "手工串珠" in page.text for page in pages)
    late = await _send(browser, form, late="60")
    assert late.status_code == 409
    assert "手工串珠" in late.text
    assert len(await _news(village, WANG)) == 1


async def test_without_a_session_nothing_is_signed_up_for(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    await browser.open("/me")
    await browser.send("/me/forget")
    form["_csrf_token"] = (await _form(browser))["_csrf_token"]  # a device asks for a fresh one before it sends
    answer = await _send(browser, form, late="60")
    assert (answer.status_code, await _held(village)) == (422, [])
    assert "还没有报上" in answer.text


async def test_one_persons_key_is_of_no_use_to_another(village: Village, browser: Browser) -> None:
    wang, li = await village.neighbour("王秀英", WANG), await village.neighbour("李建国", LI)
    await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    await _send(browser, form)
    await browser.open("/me")
    await browser.send("/me/forget")
    await proved(browser, village, LI)
    own = await _form(browser)
    await _send(browser, {**own, "once": form["once"]})
    assert await _held(village) == [(wang.id, Place.TAKEN), (li.id, Place.TAKEN)]


async def test_only_a_form_that_asks_nothing_more_can_be_kept(village: Village, browser: Browser) -> None:
    """Who is meant, and how old: somebody has to be there to answer."""
    await village.neighbour("赵桂兰", ZHAO, born_on=None)
    await village.neighbour("李建国", LI)
    await village.neighbour("李小芬", LI)
    await village.job()
    assert "once" not in await _form(browser)
    for phone in (ZHAO, LI):
        await proved(browser, village, phone)
        form = await _form(browser)
        assert "once" not in form
        answer = await _send(browser, form, once="word", late="60")
        assert answer.status_code == 422
        assert "还没有报上" in answer.text
        await browser.open("/me")
        await browser.send("/me/forget")
    assert await _held(village) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_question_uses_up_no_key(village: Village, browser: Browser) -> None:
    zhao = await village.neighbour("赵桂兰", ZHAO, born_on=None)
    await village.job()
    await proved(browser, village, ZHAO)
    form = await _form(browser)
    assert "哪天生的" in (await _send(browser, form, once="word")).text
    assert (await _send(browser, form, once="word", born_on="19580312")).status_code == 303
    assert await _held(village) == [(zhao.id, Place.TAKEN)]


async def test_keys_are_forgotten_after_some_days(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job(hours=24 * 9)
    await proved(browser, village, WANG)
    await _send(browser, await _form(browser))
    for days, left in ((0, 1), (3, 1), (2, 0)):
        clock.turn(clock.now() + timedelta(days=days))
        await rounds.go(village.database)
        async with village.database.reading() as db:
            assert await db.scalar(select(func.count()).select_from(Once)) == left


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_key_itself_is_kept_nowhere(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    await _send(browser, form)
    async with village.database.reading() as db:
        [row] = await db.scalars(select(Once))
    assert form["once"] not in row.key_hash
    assert once.key("+86" + WANG) not in row.key_hash
    assert row.outcome == Place.TAKEN


async def test_a_place_that_was_got_by_text_meanwhile_is_the_place(village: Village, browser: Browser) -> None:
    wang, _job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    await village.says(WANG, "10")
    late = await _send(browser, form, late="600")
    assert (late.status_code, late.text) == (200, "报上了")
    assert await _held(village) == [(wang.id, Place.TAKEN)]
    assert not [text for text in await _news(village, WANG) if "没报上" in text]


@pytest.mark.parametrize(("pressed", "held"), [("1200", Place.CANCELLED), ("60", Place.TAKEN)])
async def test_what_was_given_back_meanwhile_is_not_taken_again(village: Village, browser: Browser, pressed: str,
                                                                held: str) -> None:
    """But for whoever pressed the button after that."""
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    await village.says(WANG, "10")
    await village.says(WANG, "取消10")
    clock.turn(clock.now() + timedelta(minutes=10))
    late = await _send(browser, form, late=pressed)
    assert late.status_code == (409 if held == Place.CANCELLED else 200)
    assert [place for _id, place in await _held(village)][-1] == held


async def test_what_staff_took_back_meanwhile_is_told(village: Village, browser: Browser) -> None:
    wang, job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    form = await _form(browser)
    await village.says(WANG, "10")
    async with village.database.session() as db:
        held = await signups.held(db, job, wang)
        assert held
        await signups.cancel(db, held, via=Via.STAFF, by=village.boss, tell=False)
    clock.turn(clock.now() + timedelta(minutes=10))
    assert (await _send(browser, form, late="1200")).status_code == 409
    assert (await _news(village, WANG))[-1].startswith("10号没报上")
