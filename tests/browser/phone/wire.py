"""What comes through the wire while Chromium loads a page: every answer with its bytes, headers included."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

# Scripts that nothing waits for, and what is fetched when everything is there. The rest is waited for.
WAITING = """() => Array.from(document.querySelectorAll("script[src]:not([defer]):not([async]), link[rel~=stylesheet],"
  + " link[rel~=preload], iframe, object")).map(element => element.outerHTML)"""


@dataclass
class Answer:
    url: str
    kind: str  # Document, Script, Image, …
    bytes: int = 0
    status: int = 0
    kept: bool = False  # by the browser from an earlier visit

    def __str__(self) -> str:
        kept = ", kept from before" if self.kept else ""
        return f"{self.kind} {self.url}: {self.status}, {self.bytes:,} bytes{kept}"


@dataclass
class Wire:
    """Everything that was asked for since listening began, in that order."""

    answers: dict[str, Answer] = field(default_factory=dict)

    def bytes(self, *, without: tuple[str, ...] = ()) -> int:
        return sum(answer.bytes for answer in self.answers.values() if answer.kind not in without)

    def documents(self) -> list[Answer]:
        return [answer for answer in self.answers.values() if answer.kind == "Document"]

    def __str__(self) -> str:
        return "\n".join(str(answer) for answer in self.answers.values())


@contextmanager
def listening(page: Page) -> Iterator[Wire]:
    wire, session = Wire(), page.context.new_cdp_session(page)

    def asked(event: dict[str, Any]) -> None:
        wire.answers[event["requestId"]] = Answer(event["request"]["url"], event["type"])

    def answered(event: dict[str, Any]) -> None:
        answer, response = wire.answers[event["requestId"]], event["response"]
        answer.status, answer.kept = response["status"], bool(response.get("fromDiskCache"))

    def finished(event: dict[str, Any]) -> None:
        wire.answers[event["requestId"]].bytes = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    try:
        yield wire
    finally:
        session.detach()
