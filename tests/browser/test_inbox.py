"""The staff inbox in a real browser: texts show up by themselves, and a clerk deals with them on one page."""

import httpx
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.visits import OFFICE, SMARTPHONE, Visits, picture

STRANGER, OTHER = "14200200001", "14200200002"


@pytest.mark.xdist_group("browser")
def test_a_clerk_deals_with_what_people_wrote(visits: Visits) -> None:
    clerk = _logged_in(visits)
    clerk.goto("/office/inbox")
    _arrives(visits, clerk, STRANGER, "要不要自己带手套?")
    expect(clerk.locator("nav #waiting")).to_have_text("1")
    picture(clerk, "office-inbox")
    clerk.locator(".letter", has_text="手套").click()
    expect(clerk.locator(".talk h2")).to_contain_text("不在册的号码")
    _is_refused_and_then_answers(clerk)
    _goes_on_to_another(visits, clerk)
    conversation = clerk.url
    _puts_a_reading_right(visits, clerk)
    small = _logged_in(visits, SMARTPHONE)
    for where, name in (("/office/inbox?need=all", "list"), (conversation, "conversation")):
        small.goto(where)
        picture(small, f"office-inbox-small-{name}")
    assert visits.complaints == []


def _logged_in(visits: Visits, screen: ViewportSize = OFFICE) -> Page:
    page = visits.page(screen)
    page.goto("/office/login")
    page.get_by_label("用户名").fill("clerk")
    page.get_by_label("密码").fill("demo")
    page.get_by_role("button", name="登录").click()
    return page


def _arrives(visits: Visits, clerk: Page, phone: str, text: str) -> None:
    """The text shows up in the list, and nothing moves under the clerk's eyes."""
    clerk.evaluate("window.sameDocument = true")
    httpx.post(f"{visits.address}/gateway/simulator/reply", json={"from": phone, "text": text}).raise_for_status()
    expect(clerk.locator("#letters")).to_contain_text(text)
    assert clerk.evaluate("window.sameDocument")


def _is_refused_and_then_answers(clerk: Page) -> None:
    clerk.evaluate("window.sameDocument = true")
    clerk.locator("#send").click()
    expect(clerk.locator("#text-wrong")).to_have_text("请写下要说的话。")
    expect(clerk.locator("#text")).to_be_focused()
    clerk.locator("#text").fill("您好。")
    expect(clerk.locator("#length")).to_contain_text("1条 · 0.05元")
    clerk.get_by_role("button", name="知道了").click()
    expect(clerk.locator("#text")).to_have_value("您好。 知道了,谢谢您告诉我们")
    clerk.locator("#send").click()
    expect(clerk.locator("#said")).to_be_visible()
    expect(clerk.locator("#log")).to_contain_text("您好。 知道了,谢谢您告诉我们")
    expect(clerk.locator(".talk-head")).to_have_count(1)
    expect(clerk.locator(".answer")).to_have_count(1)
    expect(clerk.locator("nav #waiting")).to_be_hidden()
    assert clerk.evaluate("window.sameDocument")


def _goes_on_to_another(visits: Visits, clerk: Page) -> None:
    _arrives(visits, clerk, OTHER, "老张晕倒了,快来人")
    expect(clerk.locator("li.pressing")).to_have_count(1)
    before = clerk.url
    clerk.locator(".letter", has_text="晕倒").click()
    expect(clerk.locator("#log")).to_contain_text("晕倒")
    expect(clerk.locator(".letter[aria-current]")).to_contain_text("晕倒")
    picture(clerk, "office-inbox-conversation")
    clerk.locator("#to-call").click()
    expect(clerk.locator("#said")).to_contain_text("待打电话")
    clerk.go_back()
    expect(clerk).to_have_url(before)
    expect(clerk.locator("#log")).to_contain_text("手套")


def _puts_a_reading_right(visits: Visits, clerk: Page) -> None:
    clerk.locator(".reread summary").last.click()
    clerk.locator(".choices").last.get_by_role("button", name="打招呼").click()
    expect(clerk.locator("#said")).to_contain_text("不是“有问题要问”，是“打招呼”")
    expect(clerk.locator(".talk-head")).to_have_count(1)
    clerk.goto("/office/inbox?need=all")
    with clerk.expect_download() as taken:
        clerk.locator("#take").click()
    assert "SMALLTALK" in taken.value.path().read_text("utf-8")
