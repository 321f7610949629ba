"""Every page of bulk texts passes axe-core and the Nu HTML checker: in both languages, on a desk's screen and on a
phone's. A new page gets a line in `DRAFT`, `SENT`, `UNDER_WAY` or `REFUSED`."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audits import Audit
from tests.browser.visits import OFFICE, Visits

TEXT = "{姓名}您好,节后想干活吗?回1想外出 2想就近 3暂不"
LANGUAGES = ("zh", "en")

# name → address, of a draft that is written to the end
DRAFT: dict[str, Callable[[str], str]] = {
    "the list": lambda _draft: "/office/campaigns",
    "whom": lambda draft: f"{draft}/whom",
    "what": lambda draft: f"{draft}/what",
    "when": lambda draft: f"{draft}/when",
    "check": lambda draft: f"{draft}/check",
    "texts and carriers": lambda _draft: "/office/carriers",
    "today": lambda _draft: "/office/",
}

# name → address, of a campaign that was handed in; looked at in every state
SENT: dict[str, Callable[[str], str]] = {
    "watch": lambda sent: sent,
}

# name → address, of the demo's campaign, which is half way through
UNDER_WAY: dict[str, Callable[[str], str]] = {
    "results": lambda here: f"{here}/results",
    "everybody": lambda here: f"{here}/people",
    "everybody whom it did not reach": lambda here: f"{here}/people?state=failed",
    "other channels": lambda here: f"{here}/channels",
    "poster": lambda here: f"{here}/channels/poster",
    "loudspeaker": lambda here: f"{here}/channels/loudspeaker",
    "chat group": lambda here: f"{here}/channels/group",
    "call list": lambda here: f"{here}/channels/calls",
    "what hangs where": lambda _here: "/office/postings",
    "notice board": lambda _here: "/office/board?day=tomorrow",
    "sheets for the notice board": lambda _here: "/office/board/sheets?day=tomorrow&building=station",
    "sheet for a day without work": lambda _here: "/office/board/sheets?building=station&in=en",
    "work to read aloud": lambda _here: "/office/board/script?day=tomorrow",
    "templates": lambda _here: "/office/templates",
    "calls to make": lambda _here: "/office/calls",
}

# name → the page with the form, what is typed into it; the answer says what is wrong
REFUSED: dict[str, tuple[Callable[[str], str], dict[str, str]]] = {
    "no name": (lambda _draft: "/office/campaigns", {"title": ""}),
    "ages the wrong way round": (lambda draft: f"{draft}/whom", {"age_from": "60", "age_to": "45"}),
    "an unknown placeholder": (lambda draft: f"{draft}/what", {"text": "{生日}快乐"}),
}


@pytest.fixture
def faults() -> str:
    """So slow that there is time to look at a campaign on its way."""
    return "slow=1s"


@dataclass
class Office:
    """What one officer does, by address rather than by button."""

    page: Page

    def log_in(self, username: str) -> "Office":
        self.page.goto("/office/login")
        self.send("/office/login", username=username, password="demo")
        self.page.goto("/office/")
        return self

    def send(self, address: str, **fields: str) -> str:
        """A form of the page that is open; returns the address that one lands on."""
        token = self.page.locator("input[name=_csrf_token]").first.input_value()
        answer = self.page.request.post(address, form={"_csrf_token": token, **fields})
        assert answer.ok, f"{address}: {answer.status} {answer.text()}"
        return answer.url.partition("?")[0]

    def draft(self, title: str, text: str, **whom: str) -> str:
        """The address of a draft with everything in it."""
        self.page.goto("/office/campaigns")
        kind = "survey" if "回1" in text else "notice"
        here = self.send("/office/campaigns", title=title, kind=kind).removesuffix("/whom")
        self.send(f"{here}/whom", **whom)
        self.send(f"{here}/what", text=text)
        return here

    def some(self) -> dict[str, str]:
        """So few people that no second officer is needed: women of one building, over fifty."""
        self.page.goto("/office/campaigns")
        self.page.goto(self.send("/office/campaigns", title="看看", kind="notice"))
        return {"areas": self.page.locator("details input[name=areas]").nth(3).input_value(), "sex": "female",
                "age_from": "50"}


@pytest.mark.xdist_group("clean")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_bulk_texts_are_clean(visits: Visits, language: str) -> None:
    clerk = Office(visits.page(OFFICE)).log_in("clerk")
    audit = Audit(clerk.page)
    clerk.page.goto(f"/office/campaigns?lang={language}")
    audit.look("the empty list")
    few = clerk.some()
    draft = clerk.draft("节后调查", TEXT)
    _look_at_the_draft(audit, draft)
    _look_at_what_is_refused(audit, clerk, few)
    supervisor = Office(visits.page(OFFICE)).log_in("supervisor")
    supervisor.page.goto(f"/office/?lang={language}")
    _look_at_it_on_its_way(audit, supervisor, draft)
    _look_at_it_done(audit, clerk, few)
    complaints = audit.complaints()
    assert not complaints, "\n".join(complaints)
    assert visits.complaints == []


@pytest.mark.xdist_group("clean")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_follows_and_what_goes_with_it_is_clean(visits: Visits, language: str) -> None:
    office = Office(visits.page(OFFICE)).log_in("supervisor")
    audit, page, here = Audit(office.page), office.page, "/office/campaigns/1"
    page.goto(f"{here}/results?lang={language}")
    page.locator("form[action$='/calls'] button").first.click()  # so that there are call tasks of a campaign
    for name, address in UNDER_WAY.items():
        page.goto(address(here))
        audit.look(name)
    page.goto(f"{here}/channels")
    page.locator("table a").first.click()
    audit.look("the sheet of one building")
    page.goto(f"{here}/people?choice=1")
    page.locator("#list a.row").first.click()
    audit.look("one person")
    page.locator("main .head a").first.click()
    audit.look("the person's card")
    page.goto(f"{page.url.partition('?')[0]}/record")
    audit.look("before the record")
    page.locator("main form input[name=reason]").fill("答复投诉")
    page.locator("main form button").first.click()
    audit.look("the record")
    _look_at_a_list(audit, office)
    _look_at_a_template(audit, office)
    complaints = audit.complaints()
    assert not complaints, "\n".join(complaints)
    assert visits.complaints == []


def _look_at_a_list(audit: Audit, office: Office) -> None:
    """Upload one with people of every kind, and decide."""
    page = audit.page
    draft = office.draft("名单", TEXT)
    page.goto(f"{draft}/list")
    audit.look("upload a list")
    page.locator("input[type=file]").set_input_files({
        "name": "名单.csv", "mimeType": "text/csv",
        "buffer": "姓名,手机\n张三,14200000001\n李四,14200000001\n王五,不知道\n,14299999999\n".encode()})
    page.locator("main form button.main").click()
    expect(page.locator(".list-parts")).to_be_visible()
    audit.look("whom the list means")


def _look_at_a_template(audit: Audit, office: Office) -> None:
    """One that has two versions."""
    draft = office.draft("模板", TEXT)
    for text in (TEXT, TEXT.replace("节后", "秋后")):
        office.send(f"{draft}/what", text=text, name="打算")
    audit.page.goto("/office/templates")
    audit.page.locator("main .rows a").first.click()
    audit.look("a template and its versions")


def _look_at_the_draft(audit: Audit, draft: str) -> None:
    for name, address in DRAFT.items():
        audit.page.goto(address(draft))
        audit.look(name)


def _look_at_what_is_refused(audit: Audit, clerk: Office, few: dict[str, str]) -> None:
    draft = clerk.draft("看哪里错了", TEXT)
    for name, (address, typed) in REFUSED.items():
        audit.page.goto(address(draft))
        for field, text in typed.items():
            audit.page.locator(f"main [name={field}]").fill(text)
        audit.page.locator("main button.main").click()
        expect(audit.page.locator("main .wrong:visible, main [role=alert]").first).to_be_visible()
        audit.look(name)
    clerk.page.goto("/office/campaigns")
    clerk.send(f"{clerk.draft('先发', '明天停水', **few)}/send")
    audit.page.goto(f"{clerk.draft('再发', '明天停水', **few)}/check")
    audit.page.locator("form.send button").click()
    expect(audit.page.get_by_role("alert")).to_be_visible()
    audit.look("the same text again")


def _look_at_it_on_its_way(audit: Audit, supervisor: Office, draft: str) -> None:
    """Handed in, approved, paused, stopped."""
    audit.page.goto(f"{draft}/check")
    audit.page.locator("form.send button").click()
    _look_at_every_page(audit, draft, "handed in")
    second = Audit(supervisor.page, found=audit.found, documents=audit.documents)
    supervisor.page.goto(draft)
    expect(supervisor.page.locator("form[action$='/approve']")).to_be_visible()
    second.look("to be approved")
    supervisor.send(f"{draft}/approve")
    _look_at_every_page(audit, draft, "on its way")
    for deed in ("pause", "stop"):
        audit.page.goto(draft)
        audit.page.locator(f"form[action$='/{deed}'] button").click()
        expect(audit.page.get_by_role("status")).to_be_visible()
        _look_at_every_page(audit, draft, deed)


def _look_at_it_done(audit: Audit, clerk: Office, few: dict[str, str]) -> None:
    """All have arrived, and the list has campaigns in many states."""
    sent = clerk.send(f"{clerk.draft('发完了', '后天停电', **few)}/send")
    audit.page.goto(sent)
    expect(audit.page.locator(".legend i.delivered")).to_be_visible()
    expect(audit.page.locator(".legend i.queued")).to_have_count(0)
    _look_at_every_page(audit, sent, "arrived")
    audit.page.goto("/office/campaigns")
    audit.look("the list of many")


def _look_at_every_page(audit: Audit, sent: str, state: str) -> None:
    for name, address in SENT.items():
        audit.page.goto(address(sent))
        audit.look(f"{name}, {state}")
