"""With htmx the same pages are smoother: no white page between, and everything is where it is without."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.town import Town, press, proved
from tests.browser.visits import SMARTPHONE, Visits, picture

pytestmark = pytest.mark.xdist_group("browser")
VOICES = """Object.defineProperty(window, "speechSynthesis", {value: {
  said: [], getVoices: () => [{lang: "LANG"}], speak(one) { this.said.push(one.text); },
  cancel() { this.said = []; }}});
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };"""


@pytest.fixture
def phones(town: Town, chromium: Browser) -> Iterator[Visits]:
    made = Visits(town.address, chromium)
    yield made
    assert made.complaints == []


def _opened(phones: Visits, address: str, *, before: str = "") -> Page:
    """The page, which remembers that it was not loaded again."""
    page = phones.page(SMARTPHONE)
    if before:
        page.add_init_script(before)
    page.goto(address)
    page.evaluate("window.same = true")
    return page


def _is_the_same(page: Page) -> bool:
    return bool(page.evaluate("window.same === true"))


def test_a_choice_brings_only_what_was_found(phones: Visits) -> None:
    page = _opened(phones, "/jobs?area=demo")
    everything = page.locator("#found [role=status]").inner_text()
    asked = []
    page.on("request", lambda request: asked.append(request) if request.resource_type == "xhr" else None)
    page.get_by_role("link", name="坐着干").click()
    expect(page.locator("#found [aria-current=true]", has_text="坐着干")).to_be_visible()
    expect(page.locator("#found [role=status]")).to_be_focused()
    assert _is_the_same(page)
    assert "seated=1" in page.url
    assert len(asked) == 1
    answer = asked[0].response()
    assert answer is not None
    assert "<html" not in answer.text()
    found = page.locator("#found [role=status]").inner_text()
    assert found != everything
    page.go_back()
    expect(page.locator("#found [role=status]")).to_have_text(everything)
    expect(page.locator("header")).to_be_visible()
    assert "seated" not in page.url
    page.go_forward()
    expect(page.locator("#found [role=status]")).to_have_text(found)
    expect(page.locator("nav").last).to_be_visible()


def test_a_search_does_the_same(phones: Visits) -> None:
    page = _opened(phones, "/jobs?area=demo")
    page.locator("summary").first.click()
    page.locator("#q").fill("xg")
    page.locator("form[role=search] button").click()
    expect(page).to_have_url(re.compile("q=xg"))
    expect(page.locator("#found li a").filter(has_text="香菇").first).to_be_visible()
    expect(page.locator("#q")).to_have_value("xg")
    assert _is_the_same(page)
    page.get_by_role("link", name="香菇分拣").first.click()
    expect(page.locator("#places")).to_be_visible()


def test_signing_up_needs_no_white_page(phones: Visits, town: Town) -> None:
    page, number = _opened(phones, "/jobs/10?area=demo"), town.neighbour()
    page.get_by_label("您的手机号").fill(number.removeprefix("+86"))
    press(page)
    expect(page.locator("#code")).to_be_focused()
    page.locator("#code").fill("000000")
    page.locator("main form button").first.click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.locator("#code").fill(phones.text_with(r"\b\d{6}\b", phone=number)[0])
    page.locator("main form button").first.click()
    expect(page.locator(".held")).to_be_visible()
    expect(page.locator("nav").last).to_be_visible()
    assert _is_the_same(page)
    assert page.url.endswith("/jobs/10?area=demo")
    assert town.signups(number) == [(10, "taken")]
    page.locator(".held summary").click()
    page.locator("form[action$='/cancel'] button").click()
    expect(page).to_have_url(re.compile("/me$"))
    expect(page.locator("main")).to_contain_text("还没有报名")
    assert _is_the_same(page)
    assert town.signups(number) == [(10, "cancelled")]
    page.go_back()
    expect(page.get_by_role("button", name="我要报名")).to_be_visible()
    expect(page.locator("header")).to_be_visible()


def test_a_no_is_shown_and_read_first(phones: Visits, town: Town) -> None:
    page, number = _opened(phones, "/"), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    other = page.context.new_page()
    other.goto("/jobs/10?area=demo")
    press(other)
    expect(other.locator(".held")).to_be_visible()
    page.evaluate("window.same = true")
    press(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("10号")
    assert _is_the_same(page)
    assert town.signups(number) == [(10, "taken")]


def test_pressing_twice_is_pressing_once(phones: Visits, town: Town) -> None:
    page, number = _opened(phones, "/"), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="我要报名").dblclick()
    expect(page.locator(".held")).to_be_visible()
    assert len(sent) == 1
    assert town.signups(number) == [(10, "taken")]


def test_places_left_stay_fresh(phones: Visits, town: Town) -> None:
    page, number = phones.page(SMARTPHONE), town.neighbour()
    page.clock.install()
    page.goto("/jobs/10?area=demo")
    before = page.locator("#places").inner_text()
    other = phones.page(SMARTPHONE)
    proved(phones, other, number)
    other.goto("/jobs/10?area=demo")
    press(other)
    expect(other.locator(".held")).to_be_visible()
    page.clock.fast_forward(16_000)
    expect(page.locator("#places")).not_to_have_text(before)
    expect(page.locator("#places #places")).to_have_count(0)


def test_the_page_is_read_aloud(phones: Visits) -> None:
    page = _opened(phones, "/jobs/10?area=demo", before=VOICES.replace("LANG", "zh-CN"))
    button = page.get_by_role("button", name="读给我听")
    expect(button).to_be_visible()
    picture(page, "job-read-aloud")
    button.click()
    said = page.evaluate("speechSynthesis.said")
    assert any("香菇分拣" in part for part in said)
    assert all("。" not in part for part in said)
    page.get_by_role("button", name="不读了").click()
    expect(button).to_be_visible()
    assert page.evaluate("speechSynthesis.said") == []


def test_without_a_voice_for_the_language_there_is_no_button(phones: Visits) -> None:
    page = _opened(phones, "/jobs/10?area=demo", before=VOICES.replace("LANG", "fr-FR"))
    page.wait_for_load_state("load")
    expect(page.locator("#aloud")).to_be_hidden()
