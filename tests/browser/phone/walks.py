"""Every page of residents and every state of it, one after the other. A new page that anybody may open gets a line in
`OPEN`; a state that somebody gets to by doing something gets a line in `DEEDS`, behind the one it follows from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, Response, ViewportSize

from tests.browser.phone.station import Station
from tests.browser.visits import SMARTPHONE

# name → address
OPEN = {
    "home": "/",
    "list": "/jobs",
    "second page of the list": "/jobs?page=2",
    "job": "/jobs/10",
    "no such job": "/jobs/99999",
    "some of the list": "/jobs?day=tomorrow&near=1&seated=1&from=demo-12",
    "what was searched for": "/jobs?q=km",
    "nothing found": "/jobs?q=xyzxyz",
    "calendar": "/calendar",
    "buses of the calendar": "/calendar?kind=bus",
    "a fair": "/jobs/210",
    "help": "/help",
    "ask for a call": "/help/call?about=10",
    "without a signal": "/offline",
    "a link that is over": "/l/abcdefghijkmnpqrstuv",
    "log-in": "/login",
}

UNFOLD = "form => { for (let box = form; box; box = box.parentElement) if (box.matches('details')) box.open = true }"
SIGN_UP, CANCEL = "/signup", "/cancel"

# name → what somebody does to get there
DEEDS: dict[str, Callable[["Walk"], object]] = {
    "a full job": lambda walk: walk.open(f"/jobs/{walk.station.full()}"),
    "not a number": lambda walk: walk.open("/jobs/10").send(SIGN_UP, phone="123"),
    "the code": lambda walk: walk.send(SIGN_UP, phone=walk.somebody()),
    "the wrong code": lambda walk: walk.send(SIGN_UP, code="000000"),
    "a place": lambda walk: walk.send(SIGN_UP, code=walk.code()),
    "another job, logged in": lambda walk: walk.open("/jobs/11"),
    "my sign-ups": lambda walk: walk.open("/me"),
    "my texts": lambda walk: walk.open("/me/texts"),
    "why I got them": lambda walk: walk.open("/me/why"),
    "what is known of me": lambda walk: walk.open("/me/known"),
    "correct it": lambda walk: walk.open("/me/correct?field=name"),
    "my words": lambda walk: walk.open("/me/words/wish"),
    "my language": lambda walk: walk.open("/me/language"),
    "delete me": lambda walk: walk.open("/me/delete"),
    "call me": lambda walk: walk.open("/help/call"),
    "no sign-ups": lambda walk: walk.open("/me").send(CANCEL),
    "home, logged in": lambda walk: walk.open("/"),
    "the code of a log-in": lambda walk: walk.anew().open("/login").send("/login", phone=walk.family()),
    "sign-ups of a family": lambda walk: walk.send("/login", code=walk.code()),
    "who of the family": lambda walk: walk.open("/jobs/11").send(SIGN_UP),
    "a place of a family": lambda walk: walk.send(SIGN_UP),
    "sign-ups of a family with a place": lambda walk: walk.open("/me"),
    "the birth date": lambda walk: walk.anew().prove("/jobs/10", walk.ageless()),
    "no birth date": lambda walk: walk.send(SIGN_UP, born_on="1958"),
    "a stranger": lambda walk: walk.anew().prove("/jobs/10", walk.stranger()),
}


@dataclass
class Walk:
    """Somebody who looks at the pages in one language and one size of text."""

    station: Station
    language: str = "zh"
    size: str = ""
    screen: ViewportSize = field(default_factory=lambda: SMARTPHONE)
    scripts: bool = True
    page: Page = field(init=False)
    sent: Response = field(init=False)  # the document, as it came
    phone: str = ""

    def __post_init__(self) -> None:
        self.anew()

    def everything(self) -> Iterator[str]:
        """The name of each page and state, while it is open."""
        for name, address in OPEN.items():
            self.open(address)
            yield name
        for name, deed in DEEDS.items():
            deed(self)
            yield name

    def anew(self) -> "Walk":
        """Somebody else, with another device."""
        self.page = self.station.page(self.screen, scripts=self.scripts)
        self.page.on("response", self._keep)
        return self.open(f"/?lang={self.language}" + (f"&size={self.size}" if self.size else ""))

    def open(self, address: str) -> "Walk":
        self.page.goto(address)
        return self

    def send(self, action: str, **fields: str) -> "Walk":
        """Fill in the first form with this action and press its first button, unfolding what hides it."""
        form = self.form(action)
        form.evaluate(UNFOLD)
        for name, text in fields.items():
            form.locator(f"[name={name}]").fill(text)
        with self.page.expect_navigation():
            form.locator("button").first.click()
        return self

    def form(self, action: str) -> Locator:
        return self.page.locator(f"form[action$='{action}'], form[action*='{action}?']").first

    def prove(self, address: str, phone: str) -> "Walk":
        """Sign up for the job at this address as far as the code takes one."""
        return self.open(address).send(SIGN_UP, phone=phone).send(SIGN_UP, code=self.code())

    def code(self) -> str:
        return self.station.code(self.phone)

    def somebody(self) -> str:
        self.phone = self.station.somebody()
        return self.phone

    def family(self) -> str:
        self.phone = self.station.family()
        return self.phone

    def ageless(self) -> str:
        self.phone = self.station.ageless()
        return self.phone

    def stranger(self) -> str:
        self.phone = self.station.stranger()
        return self.phone

    def _keep(self, answer: Response) -> None:
        """The document itself, not what it fetches, and not a redirect, which has no text."""
        whole = answer.request.is_navigation_request() and answer.frame == self.page.main_frame
        if whole and answer.status // 100 != 3:
            self.sent = answer
