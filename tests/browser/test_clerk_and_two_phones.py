"""The main job in a real browser: a clerk tells people of a job, a supervisor approves it, one neighbour answers on a
keypad phone and another one on a smartphone, and the clerk watches both take a place."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app import phones
from tests.browser.visits import KEYPAD, OFFICE, SMARTPHONE, Visits, back, picture


@pytest.mark.xdist_group("browser")
def test_a_clerk_and_two_phones(visits: Visits) -> None:
    clerk = _logged_in(visits, "clerk")
    text = _hand_in(clerk)
    clerk.evaluate("window.sameDocument = true")
    _approve(visits, clerk.url, text)
    _watch_it_leave(clerk)
    keypad, smartphone = _two_phones(visits, text)
    _answer_by_text(visits, keypad)
    _sign_up_on_the_page(visits, smartphone)
    _see_both_answers(clerk, keypad)
    _open_a_number(clerk, smartphone)
    _do_without_scripts(visits, keypad)
    assert visits.complaints == []


def _logged_in(visits: Visits, username: str, *, scripts: bool = True) -> Page:
    page = visits.page(OFFICE, scripts=scripts)
    page.goto("/office/")
    expect(page).to_have_url(re.compile("/office/login$"))
    picture(page, "office-login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill("demo")
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/office/$"))
    picture(page, f"office-today-{username}")
    return page


def _hand_in(clerk: Page) -> str:
    """Listing 10 suits more people than one officer may tell alone: it is handed in. Returns the text."""
    clerk.goto("/office/jobs")
    picture(clerk, "office-jobs")
    clerk.get_by_role("link", name="香菇分拣").first.click()
    expect(clerk.locator(".meter")).to_contain_text("0 / 12")
    picture(clerk, "office-job")
    clerk.locator("main a[href$='/push']").click()
    texts = _count(clerk.locator(".big-number"))
    assert texts > 2000
    expect(clerk.locator("main")).to_contain_text(f"{texts * 5 / 100:.2f}元")
    expect(clerk.locator("main")).to_contain_text("不超长")
    expect(clerk.locator("main")).to_contain_text("已退订")
    expect(clerk.locator("figure.phone")).to_have_count(3)
    assert all("10号活:香菇分拣" in text for text in clerk.locator("figure.phone .bubble").all_inner_texts())
    picture(clerk, "office-preview")
    clerk.get_by_role("button", name=f"{texts:,}").click()
    expect(clerk).to_have_url(re.compile(r"/office/batches/\d+$"))
    expect(clerk.locator("main")).to_contain_text("一条都还没发")
    assert clerk.locator("form[action$='/approve']").count() == 0, "the author could approve"
    picture(clerk, "office-batch-handed-in")
    return clerk.locator("#live .bubble").inner_text()


def _approve(visits: Visits, batch: str, text: str) -> None:
    """The second officer finds the batch on the first page, and approves exactly that text."""
    supervisor = _logged_in(visits, "supervisor")
    supervisor.get_by_role("link", name=text).click()
    expect(supervisor).to_have_url(batch)
    expect(supervisor.locator("#live .bubble")).to_have_text(text)
    picture(supervisor, "office-batch-to-approve")
    supervisor.locator("form[action$='/approve'] button").click()
    expect(supervisor).to_have_url(re.compile("said=approved"))
    supervisor.context.close()


def _watch_it_leave(clerk: Page) -> None:
    """The author's page, which waited for the approval, counts what arrived."""
    expect(clerk.locator(".bar.big")).to_be_visible()
    expect(clerk.locator(".legend")).to_have_text(re.compile(r"^\s*已送达 [\d,]+\s*$"))
    assert _count(clerk.locator(".big-number")) == _count(clerk.locator("h1"))
    expect(clerk.locator(".meter")).to_contain_text("0 / 12")


def _two_phones(visits: Visits, text: str) -> tuple[str, str]:
    """Two phones that got the text; names would stand in front of it on a phone that several people use."""
    first, second, *_others = [sent["to"] for sent in visits.texts() if sent["text"] == text]
    return first, second


def _answer_by_text(visits: Visits, number: str) -> None:
    phone = visits.page(KEYPAD)
    phone.goto("/phones")
    picture(phone, "phones-keypad")
    phone.get_by_role("textbox").fill(phones.national(number))
    phone.get_by_role("button").first.click()
    expect(phone.locator(".screen")).to_contain_text("想去回10")
    phone.get_by_role("textbox").fill("10")
    phone.locator("form.typed button").click()
    expect(phone.locator(".bubble.mine")).to_contain_text("10")
    visits.text_with("已给您报上10号", phone=number)
    expect(phone.locator(".screen")).to_contain_text("已给您报上10号")
    picture(phone, "phone-keypad")
    phone.goto("/jobs/10")
    expect(phone.locator("#places")).to_contain_text("还有11个名额")
    picture(phone, "job-keypad")
    phone.context.close()


def _sign_up_on_the_page(visits: Visits, number: str) -> None:
    phone = visits.page(SMARTPHONE)
    phone.goto("/")
    picture(phone, "home")
    phone.goto("/jobs?day=tomorrow")
    phone.get_by_role("link", name="香菇分拣").first.click()
    expect(phone.locator("#places")).to_contain_text("还有11个名额")
    picture(phone, "job")
    phone.get_by_label("您的手机号").fill(phones.national(number))
    phone.get_by_role("button", name="我要报名").click()
    expect(phone.locator("#code")).to_be_focused()
    picture(phone, "job-code")
    phone.reload()  # as small phones do after one has looked at the text
    phone.locator("#code").fill("000000")
    phone.locator("form").first.get_by_role("button").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    picture(phone, "job-wrong-code")
    phone.locator("#code").fill(visits.text_with(r"\b\d{6}\b", phone=number)[0])
    phone.locator("form").first.get_by_role("button").click()
    expect(phone.locator(".held")).to_be_visible()
    expect(phone.locator("#places")).to_contain_text("还有10个名额")
    picture(phone, "job-signed-up")
    for _step in ("the wrong code", "the code", "the number"):
        back(phone)  # never asks to send a form again
        expect(phone.locator(".held")).to_be_visible()
    phone.get_by_role("link", name="我的报名").click()
    expect(phone.locator(".held")).to_contain_text("香菇分拣")
    picture(phone, "me")
    phone.context.close()


def _see_both_answers(clerk: Page, keypad: str) -> None:
    expect(clerk.locator(".meter")).to_contain_text("2 / 12")
    expect(clerk.locator(".feed li")).to_have_count(1)
    expect(clerk.locator(".feed .what")).to_have_text("10")
    expect(clerk.locator(".feed li")).to_contain_text("报名")
    assert phones.national(keypad) not in clerk.content()
    assert clerk.evaluate("window.sameDocument"), "the page was loaded again"
    picture(clerk, "office-batch")


def _open_a_number(clerk: Page, smartphone: str) -> None:
    clerk.locator("main a[href$='/signups']").click()
    expect(clerk.locator("ol.rows li")).to_have_count(2)
    assert phones.national(smartphone) not in clerk.content()
    picture(clerk, "office-signups")
    covered = clerk.locator("li", has_text=phones.mask(smartphone))
    covered.get_by_role("button", name="号").click()
    expect(clerk.locator(f"a[href='tel:{phones.national(smartphone)}']")).to_be_visible()
    picture(clerk, "office-signups-number-open")


def _do_without_scripts(visits: Visits, keypad: str) -> None:
    """The same pages in a browser that runs no script: nothing is missing, one only loads more pages."""
    clerk = _logged_in(visits, "clerk", scripts=False)
    clerk.goto("/office/jobs")
    clerk.get_by_role("link", name="香菇分拣").first.click()
    expect(clerk.locator(".meter")).to_contain_text("2 / 12")
    clerk.locator("a[href^='/office/batches/']").first.click()
    expect(clerk.locator(".feed .what")).to_have_text("10")
    picture(clerk, "office-batch-no-script")
    clerk.locator("main a[href$='/signups']").click()
    clerk.locator("li", has_text=phones.mask(keypad)).locator("form[action$='/phone'] button").click()
    expect(clerk.locator(f"a[href='tel:{phones.national(keypad)}']")).to_be_visible()
    picture(clerk, "office-number-no-script")
    clerk.get_by_role("link", name="返回").click()
    expect(clerk.locator("ol.rows li")).to_have_count(2)
    _tell_two_of_another(clerk)


def _tell_two_of_another(clerk: Page) -> None:
    """Few enough to go at once. Whoever was told of listing 10 a minute ago may be told of one more today."""
    clerk.goto("/office/jobs")
    clerk.locator("a.row.job").filter(has_not_text="香菇分拣").first.click()
    clerk.locator("main a[href$='/push']").click()
    picture(clerk, "office-preview-no-script")
    clerk.locator("#limit").fill("2")
    clerk.locator("form.few button").click()
    expect(clerk.locator(".big-number")).to_have_text(re.compile(r"^2\b"))
    clerk.locator("form.send button").click()
    expect(clerk.locator(".legend")).to_contain_text("已送达 2")  # the page loads itself again
    picture(clerk, "office-batch-of-two-no-script")


def _count(words: Locator) -> int:
    """The first number in these words."""
    found = re.search(r"[\d,]+", words.inner_text())
    assert found is not None
    return int(found[0].replace(",", ""))
