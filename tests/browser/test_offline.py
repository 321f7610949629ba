"""A smartphone that loses its signal: what was seen is still there, and a sign-up goes once when the signal returns."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.signal import Signal
from tests.browser.town import Town, press, proved, ready
from tests.browser.visits import Visits, picture

pytestmark = pytest.mark.xdist_group("browser")
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) for (const key of await (await caches.open(name)).keys())
    found.push(name + key.url + await (await caches.match(key, {cacheName: name})).text());
  return found;
}"""


@pytest.fixture
def signal(town: Town) -> Iterator[Signal]:
    made = Signal(town.address)
    yield made
    made.close()


@pytest.fixture
def phones(signal: Signal, chromium: Browser) -> Visits:
    """Smartphones behind that signal."""
    return Visits(signal.address, chromium)


def test_the_pages_can_be_installed(phones: Visits) -> None:
    page = ready(phones)
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(found => found.json())")
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/", "/")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        size = page.evaluate("""src => new Promise((done, no) => { const image = new Image(); image.onerror = no;
            image.onload = () => done(image.naturalWidth); image.src = src })""", icon["src"])
        assert size >= 192
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []
    wrong = {error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert wrong <= {"in-incognito"}  # as every browser of a test is
    page.goto("/?lang=en")
    english = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(found => found.json())")
    assert (english["lang"], manifest["lang"]) == ("en", "zh-Hans")
    assert english["name"] != manifest["name"]
    assert phones.complaints == []


def test_what_was_seen_is_still_there(phones: Visits, signal: Signal, town: Town) -> None:
    page, number = ready(phones), town.neighbour()
    proved(phones, page, number)
    for address in ("/", "/jobs", "/jobs/10?area=demo", "/me"):
        page.goto(address)
    signal.goes()
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")  # it may keep a list for five seconds
    for address, words in (("/", "香菇分拣"), ("/jobs", "香菇分拣"), ("/jobs/10?area=demo", "香菇分拣"),
                           ("/me", number[-4:])):
        page.goto(address)
        expect(page.locator("#as-it-was")).to_contain_text(re.compile(r"没有信号.*这是\d+月\d+日 \d\d:\d\d的样子"))
        expect(page.locator("main")).to_contain_text(words)
    picture(page, "offline-me")
    page.goto("/jobs/11?area=demo")
    expect(page.get_by_role("heading", name="没有信号")).to_be_visible()
    picture(page, "offline-nothing")
    signal.returns()
    page.goto("/me")
    expect(page.locator("#as-it-was")).to_have_count(0)
    assert phones.complaints == []


def test_a_slow_network_is_not_waited_for(phones: Visits, signal: Signal) -> None:
    page = ready(phones)
    page.goto("/jobs/10?area=demo")
    signal.is_slow(6)
    page.goto("/jobs/10?area=demo")
    expect(page.locator("#as-it-was")).to_be_visible()
    signal.returns()
    page.reload()
    expect(page.locator("#as-it-was")).to_have_count(0)


def test_a_sign_up_without_a_signal_goes_once(phones: Visits, signal: Signal, town: Town) -> None:
    page, number = ready(phones), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    signal.goes()
    press(page)
    expect(page.get_by_role("heading", name="还没有发出去")).to_be_visible()
    picture(page, "offline-unsent")
    page.goto("/me")
    expect(page.locator("#unsent")).to_contain_text("香菇分拣")
    picture(page, "offline-me-unsent")
    assert town.signups(number) == []
    signal.returns()
    page.goto("/jobs")
    expect(page.locator("#unsent")).to_contain_text("报上了")
    picture(page, "offline-sent")
    page.goto("/me")
    expect(page.locator(".held", has_text="香菇分拣").last).to_contain_text("报上了")
    page.goto("/jobs")
    expect(page.locator("#unsent")).to_have_count(0)
    assert town.signups(number) == [(10, "taken")]
    assert phones.text_with("报上10号", phone=number)
    assert phones.complaints == []


def test_an_answer_that_was_lost_makes_no_second_sign_up(phones: Visits, signal: Signal, town: Town) -> None:
    page, number = ready(phones), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    signal.swallows_answers()
    press(page)
    expect(page.get_by_role("heading", name="还没有发出去")).to_be_visible()
    assert town.signups(number) == [(10, "taken")]
    signal.returns()
    page.goto("/jobs")
    expect(page.locator("#unsent")).to_contain_text("报上了")
    assert town.signups(number) == [(10, "taken")]


def test_it_is_taken_back_before_the_signal_returns(phones: Visits, signal: Signal, town: Town) -> None:
    page, number = ready(phones), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    signal.goes()
    press(page)
    page.goto("/me")
    page.get_by_role("button", name="不报了").click()
    expect(page.locator("#unsent")).to_have_count(0)
    signal.returns()
    page.goto("/jobs/10?area=demo")
    expect(page.get_by_role("button", name="我要报名")).to_be_visible()
    assert town.signups(number) == []


def test_the_signal_alone_is_enough(phones: Visits, signal: Signal, town: Town) -> None:
    """Nobody opens a page: the one that says that it waits says by itself that it went."""
    page, number = ready(phones), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    signal.goes()
    page.context.set_offline(True)
    expect(page.locator("#away")).to_be_visible()
    press(page)
    expect(page.locator("#unsent")).to_contain_text("香菇分拣")
    signal.returns()
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_contain_text("报上了")
    assert town.signups(number) == [(10, "taken")]


def test_a_stranger_is_told_how_to_do_it_by_text(phones: Visits, signal: Signal) -> None:
    page = ready(phones)
    page.goto("/jobs/10?area=demo")
    signal.goes()
    page.get_by_label("您的手机号").fill("13900000000")
    press(page)
    expect(page.locator("main")).to_contain_text("给我们的短信回10")
    expect(page.locator("main a[href^='tel:']")).to_be_visible()
    picture(page, "offline-by-text")
    signal.returns()
    page.goto("/jobs")
    expect(page.locator("#unsent")).to_have_count(0)


@pytest.mark.parametrize("where", ["here", "in another tab", "without a signal"])
def test_whoever_leaves_leaves_nothing(phones: Visits, signal: Signal, town: Town, where: str) -> None:
    page, number = ready(phones), town.neighbour()
    proved(phones, page, number)
    for address in ("/jobs/10?area=demo", "/me", "/jobs"):
        page.goto(address)
    assert any(number[-4:] in text for text in page.evaluate(KEPT))
    if where == "without a signal":
        signal.goes()
    other = page.context.new_page() if where == "in another tab" else page
    other.goto("/me")
    other.locator("form[action='/me/forget'] button").click()
    if where == "without a signal":
        expect(other.get_by_role("alert")).to_contain_text("已经清掉了")
    else:
        expect(other).to_have_url(re.compile(r"/$"))
    signal.goes()
    page.goto("/me")
    expect(page.get_by_role("heading", name="没有信号")).to_be_visible()
    page.goto("/jobs/10?area=demo")
    assert number[-4:] not in page.content()
    kept = page.evaluate(KEPT)
    assert not any(text.startswith("me:") for text in kept)
    assert not any(number[-4:] in text for text in kept)


def test_the_next_person_sees_nothing_of_the_last(phones: Visits, signal: Signal, town: Town) -> None:
    """The first one did not even leave: somebody else's session takes over on the same device."""
    page, number, another = ready(phones), town.neighbour(), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    signal.goes()
    press(page)
    expect(page.locator("#unsent")).to_be_visible()
    page.context.clear_cookies(name="phone")
    signal.returns()
    second = ready(phones)
    proved(phones, second, another)
    [token] = [cookie["value"] for cookie in second.context.cookies() if cookie["name"] == "phone"]
    page.context.add_cookies([{"name": "phone", "value": token, "url": signal.address, "httpOnly": True}])
    page.goto("/me")
    expect(page.locator("main")).to_contain_text(another[-4:])
    expect(page.locator("#unsent")).to_have_count(0)
    signal.goes()
    for address in ("/me", "/jobs/10?area=demo", "/jobs"):
        page.goto(address)
        assert number[-4:] not in page.content()
    assert not any(number[-4:] in text or "/unsent?" in text for text in page.evaluate(KEPT))
    signal.returns()
    page.goto("/jobs")
    assert town.signups(number) == town.signups(another) == []


@pytest.mark.parametrize("smoothly", [True, False], ids=["with htmx", "without"])
def test_what_one_has_just_done_is_never_answered_with_a_kept_page(phones: Visits, signal: Signal, town: Town,
                                                                   smoothly: bool) -> None:
    page, number = ready(phones), town.neighbour()
    proved(phones, page, number)
    page.goto("/jobs/10?area=demo")
    signal.is_slow(4)
    if smoothly:
        press(page)
    else:
        page.locator("form[action$='/signup']").evaluate("form => HTMLFormElement.prototype.submit.call(form)")
    expect(page.locator(".held")).to_be_visible()
    expect(page.locator("#as-it-was")).to_have_count(0)
    signal.goes()
    page.goto("/me")
    expect(page.locator("#as-it-was")).to_be_visible()
    page.goto("/jobs/10?area=demo")
    expect(page.locator(".held")).to_be_visible()
    assert town.signups(number) == [(10, "taken")]
