"""A browser without scripts to visit the village with."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from app.settings import Settings
from tests.routes.conftest import app_on
from tests.village import Village

WANG, LI, ZHAO, STRANGER = "14200000001", "14200000002", "14200000003", "14200000009"


@dataclass
class Form(HTMLParser):
    """The fields of one form of a page, as a browser would send them."""

    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            self.fields[str(given["name"])] = given.get("value") or ""


def fields_of(page: str, action: str, *, having: str = "") -> dict[str, str]:
    """The fields of the page's form with this action, as a device keeps them; the one that has the words, when a page
    has several."""
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    inside = [body for where, body in forms if where == action and having in body]
    assert inside, f"no form {action} with {having!r} on the page:\n{page}"
    form = Form()
    form.feed(inside[0])
    return form.fields


class Browser:
    """Loads pages, fills in the forms that are on them, follows where they lead."""

    def __init__(self, client: AsyncTestClient) -> None:  # type: ignore[type-arg]
        self.client = client
        self.page = ""
        self.status = 0
        self.path = ""

    async def open(self, path: str) -> str:
        return await self._arrive(await self.client.get(path, follow_redirects=False), path)

    async def send(self, action: str, *, button: str = "", **fields: str) -> str:
        """Send the form with this action; the one that has the button, when a page has several."""
        form = fields_of(self.page, action, having=button)
        unknown = set(fields) - set(form) - {"resident", "again", "link", "language"}
        assert not unknown, f"the form has no {unknown}"
        answer = await self.client.post(action, data={**form, **fields}, follow_redirects=False)
        return await self._arrive(answer, action)

    async def _arrive(self, answer: Response, path: str) -> str:
        self.path = path
        while answer.status_code in (302, 303):
            self.path = urljoin(self.path, answer.headers["location"])
            answer = await self.client.get(self.path, follow_redirects=False)
        self.status, self.page = answer.status_code, answer.text
        return self.page


@pytest.fixture
async def client(database_url: str, settings: Settings) -> AsyncIterator[AsyncTestClient]:  # type: ignore[type-arg]
    async with AsyncTestClient(app_on(database_url, settings)) as opened:
        yield opened


@pytest.fixture
def browser(client: AsyncTestClient) -> Browser:  # type: ignore[type-arg]
    return Browser(client)


BY_HAND = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1", "Sec-Fetch-Site": "none"}


async def link_in(village: Village, phone: str) -> str:
    """The path of the link in the newest text to this phone."""
    found = re.search(r"(/l/\w+)$", (await village.texts(phone))[-1])
    assert found, await village.texts(phone)
    return found[1]


async def led_on(client: Any, answer: Response) -> Response:
    """The page that answered a form, where it is at an address of its own."""
    where = answer.headers.get("location", "")
    found: Response = await client.get(where) if where.startswith("/again/") else answer
    return found


async def proved(browser: Browser, village: Village, phone: str) -> None:
    """Log this browser in with that phone."""
    await browser.open("/login")
    await browser.send("/login", phone=phone)
    await browser.send("/login", code=await village.code(phone))
