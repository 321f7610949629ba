"""A bulk text in a real browser, the whole path: a clerk writes it, a supervisor refuses it, it is put right, approved,
watched, answered, paused, stopped, and sent again to those whom the stop kept from it."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.visits import OFFICE, SMARTPHONE, Visits, picture

TITLE = "冬季招工意愿"
WRONG = "{姓名}您好,想找活吗?回1想外出 2想就近 3暂不{生日}"
FIRST = "{姓名}您好,想找活吗?回1想外出 2想就近"
TEXT = "{姓名}您好,节前想找活吗?回1想外出 2想就近 3暂不"


@pytest.fixture
def before() -> None:
    """It makes a demo of its own, in which half an hour of the survey is still to come."""
    return


@pytest.mark.xdist_group("browser")
def test_a_bulk_text_from_idea_to_what_comes_after(visits: Visits) -> None:
    clerk, supervisor = _logged_in(visits, "clerk"), _logged_in(visits, "supervisor")
    _half_way_through_in_the_demo(clerk)
    _whom(clerk)
    _what(clerk, FIRST)
    _when(clerk)
    _hand_in(clerk)
    _is_refused(supervisor, clerk.url)
    _is_put_right(clerk)
    _is_approved(supervisor, clerk)
    _moves_by_itself(visits, clerk)
    _pauses_and_goes_on(clerk)
    _stops(visits, clerk)
    _results(visits, clerk)
    _again_to_the_rest(clerk)
    assert visits.complaints == []


def _logged_in(visits: Visits, username: str) -> Page:
    page = visits.page(OFFICE)
    page.goto("/office/login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill("demo")
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/office/$"))
    return page


def _half_way_through_in_the_demo(clerk: Page) -> None:
    """A newcomer sees a page that moves."""
    clerk.goto("/office/campaigns")
    clerk.get_by_role("link", name=re.compile("节后返岗意愿")).click()
    before = _number(clerk, "#live .big-number")
    clerk.wait_for_function("before => parseInt(document.querySelector('#live .big-number').textContent"
                            ".replace(',', '')) > before", arg=before)
    picture(clerk, "campaign-demo")


def _whom(clerk: Page) -> None:
    clerk.goto("/office/campaigns")
    clerk.locator("#title").fill(TITLE)
    clerk.locator("#kind").select_option("survey")
    clerk.locator("main form button.main").click()
    expect(clerk).to_have_url(re.compile("/whom$"))
    everybody = _number(clerk, "aside .big-number")
    clerk.locator("input[name=work][value=seeking]").check()
    clerk.locator("#age_from").fill("30")
    expect(clerk.locator("aside")).to_contain_text("30岁及以上")
    assert 300 < _number(clerk, "aside .big-number") < everybody
    picture(clerk, "campaign-whom")
    clerk.get_by_role("button", name="下一步").click()


def _what(clerk: Page, text: str) -> None:
    expect(clerk).to_have_url(re.compile("/what$"))
    clerk.locator("#text").fill(WRONG)
    expect(clerk.locator("aside")).to_contain_text("没有{生日}这个占位词")
    clerk.get_by_role("button", name="下一步").click()
    expect(clerk.locator("#text-wrong")).to_contain_text("没有{生日}这个占位词")
    clerk.locator("#text").fill(text)
    expect(clerk.locator("aside")).to_contain_text("2 想就近")
    picture(clerk, "campaign-what")
    clerk.get_by_role("button", name="下一步").click()


def _when(clerk: Page) -> None:
    expect(clerk).to_have_url(re.compile("/when$"))
    clerk.locator("#spread").select_option("1")
    expect(clerk.locator("aside")).to_contain_text("最后一条")
    picture(clerk, "campaign-when")
    clerk.get_by_role("button", name="下一步").click()


def _hand_in(clerk: Page) -> None:
    expect(clerk).to_have_url(re.compile("/check$"))
    picture(clerk, "campaign-check")
    clerk.get_by_role("button", name=re.compile("^提交")).click()
    expect(clerk.locator("#live")).to_contain_text("一条都还没发")
    picture(clerk, "campaign-handed-in")


def _is_refused(supervisor: Page, address: str) -> None:
    supervisor.goto(address)
    supervisor.get_by_role("button", name="不批准").click()
    expect(supervisor.locator(".said")).to_contain_text("一条也没发")


def _is_put_right(clerk: Page) -> None:
    """It shows by itself that it was refused; the next draft begins with the same people and words."""
    expect(clerk.locator("#live > .head .chips")).to_contain_text("未批准")
    clerk.get_by_role("button", name="照着再发一次").click()
    clerk.get_by_role("button", name="下一步").click()
    expect(clerk.locator("#text")).to_have_value(FIRST)
    _what(clerk, TEXT)
    _when(clerk)
    _hand_in(clerk)


def _is_approved(supervisor: Page, clerk: Page) -> None:
    supervisor.goto("/office/")
    supervisor.locator("#approve a", has_text="节前想找活吗").first.click()
    picture(supervisor, "campaign-approve")
    supervisor.get_by_role("button", name=re.compile("^批准")).click()
    expect(clerk.locator("#live .big-number")).to_contain_text("已送达")


def _moves_by_itself(visits: Visits, clerk: Page) -> None:
    clerk.evaluate("window.sameDocument = true")
    visits.text_with("^[^、]+节前想找活吗")
    told = next(text for text in _told(visits) if "、" not in text["text"])
    httpx.post(f"{visits.address}/gateway/simulator/reply", json={"from": told["to"], "text": "2"}).raise_for_status()
    expect(clerk.locator(".answers-now")).to_contain_text("1人已回答")
    expect(clerk.locator(".feed")).to_contain_text("2")
    visits.text_with("记下了:2 想就近", phone=told["to"])
    assert clerk.evaluate("window.sameDocument")
    picture(clerk, "campaign-watch")


def _told(visits: Visits) -> list[dict[str, str]]:
    """What the phones got of it."""
    return [text for text in visits.texts() if "节前想找活吗" in text["text"]]


def _pauses_and_goes_on(clerk: Page) -> None:
    clerk.get_by_role("button", name="暂停").click()
    expect(clerk.locator("#live > .head .chips")).to_contain_text("已暂停")
    picture(clerk, "campaign-paused")
    clerk.get_by_role("button", name="继续发").click()
    expect(clerk.locator("#live > .head .chips")).to_contain_text("发送中")


def _stops(visits: Visits, clerk: Page) -> None:
    clerk.get_by_role("button", name=re.compile("^停止")).click()
    expect(clerk.locator("#live > .head .chips")).to_contain_text("已停止")
    handed_over = len(_told(visits))
    clerk.reload()
    picture(clerk, "campaign-stopped")
    assert len(_told(visits)) == handed_over


def _results(visits: Visits, clerk: Page) -> None:
    clerk.get_by_role("link", name="结果和下一步").click()
    expect(clerk.locator("#answers")).to_contain_text("想就近")
    picture(clerk, "campaign-results")
    with clerk.expect_download() as taken:
        clerk.get_by_role("button", name="下载 .xlsx").click()
    assert taken.value.path().read_bytes()[:2] == b"PK"
    small = _logged_in_on(visits)
    small.goto(clerk.url)
    picture(small, "campaign-results-small")
    clerk.locator("#answers a", has_text="想就近").click()
    expect(clerk.locator("#list")).to_contain_text("1个人")
    picture(clerk, "campaign-people")
    clerk.locator("#list .row").first.click()
    expect(clerk.locator(".timeline")).to_contain_text("运营商收下了")
    picture(clerk, "campaign-person")
    clerk.go_back()
    clerk.go_back()


def _logged_in_on(visits: Visits) -> Page:
    page = visits.page(SMARTPHONE)
    page.goto("/office/login")
    page.get_by_label("用户名").fill("clerk")
    page.get_by_label("密码").fill("demo")
    page.get_by_role("button", name="登录").click()
    return page


def _again_to_the_rest(clerk: Page) -> None:
    """A draft for those whom the stop kept from it: nobody of them has it, so nobody asks whether."""
    clerk.get_by_role("button", name=re.compile("叫停时还没发")).click()
    expect(clerk.locator("aside")).to_contain_text("叫停时还没发的")
    rest = _number(clerk, "aside .big-number")
    assert rest > 100
    clerk.get_by_role("button", name="下一步").click()
    expect(clerk.locator("#text")).to_have_value(TEXT)
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_role("button", name=re.compile("^提交")).click()
    expect(clerk.locator("#live")).to_contain_text("一条都还没发")


def _number(page: Page, where: str) -> int:
    found = re.match(r"\s*([\d,]+)", page.locator(where).inner_text())
    assert found
    return int(found[1].replace(",", ""))
