"""Whatever goes wrong, no name, number or word of a person stands in a log, whichever form it has."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text as sql

from app.db import Database
from app.logs import Lines
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Made, Outbound, Sent
from app.sms.inbox import Inbox
from app.sms.reading import Reading
from app.watch import inspections
from tests.near import near
from tests.routes.conftest import app_on
from tests.stories.acts import worker
from tests.village import Village

NAME, PHONE, WORDS = "欧阳试名", "14200007788", "蓝色的试验句子"


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything that is logged by anybody from INFO on, in each format; not by the caller that these tests bring."""
    lines: list[str] = []
    plain, structured = logging.Formatter("%(levelname)s %(name)s %(message)s"), Lines()

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            record.exc_text = None  # what one format made of an error is not the other's
            lines.append(plain.format(record))
            record.exc_text = None
            lines.append(structured.format(record))

    keeper, root = Keeper(), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    yield lines
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    root.removeHandler(keeper)
    root.setLevel(level)


class _Breaks:
    """A gateway that repeats in its error what it was given."""

    def __init__(self, gateway: object) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> object:
        return getattr(self._gateway, name)

    async def send(self, texts: list[Outbound]) -> list[Sent]:
        raise ValueError(f"could not send {texts}")


async def test_a_story_in_which_everything_breaks(village: Village, logged: list[str],
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    await village.neighbour(NAME, PHONE)
    job = await village.job("摘菜")
    await village.says(PHONE, f"报名{job.number} {WORDS}")
    await _a_bug_while_answering(village, monkeypatch)
    await _a_gateway_that_breaks(village)
    await _a_statement_that_fails(village.database)
    await inspections.by_hand(village.database)
    assert any("failed" in line for line in logged)
    assert any("broke" in line for line in logged)
    for line in logged:
        for marker in (NAME, PHONE, WORDS):
            assert marker not in line


async def _a_bug_while_answering(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str, _context: object) -> Reading:
        raise KeyError(text)

    with monkeypatch.context() as patch:
        patch.setattr("app.sms.inbox.read", broken)
        await village.says(PHONE, WORDS)


async def _a_gateway_that_breaks(village: Village) -> None:
    gateways: Made = village.carrier()
    gateways.open["simulator"] = _Breaks(gateways.get("simulator"))  # type: ignore[assignment]  # as much as is used
    working = worker(village, gateways)
    await working.drain_once()


async def _a_statement_that_fails(database: Database) -> None:
    """In a loop, whose driver repeats the values of the statement."""
    gateways = Made(database.settings, database)
    working = Dispatch(database, gateways, Inbox(database))

    async def fails() -> int:
        working._tasks[0].cancel()
        async with database.session() as db:
            await db.execute(sql("INSERT INTO officer (username, name) VALUES (:phone, :name)"),
                             {"phone": PHONE, "name": NAME})
        return 0

    working._tasks = [asyncio.create_task(working._forever("fill", fails, 0))]
    await asyncio.gather(*working._tasks, return_exceptions=True)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_call_and_a_page_that_break(village: Village, database_url: str, logged: list[str],
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_words: object) -> None:
        raise ValueError(PHONE, WORDS)

    def broken_page(*_words: object, **_values: object) -> None:
        raise ValueError(PHONE, WORDS)

    monkeypatch.setattr(Inbox, "receive", broken)
    monkeypatch.setattr("app.routes.office.login.page", broken_page)
    async with near(app_on(database_url, replace(village.database.settings, log_format="json"))) as caller:
        answer = await caller.post("/gateway/simulator/reply", json={"from": PHONE, "text": WORDS})
        assert answer.status_code == 500
        assert (await caller.get(f"/office/login?next={PHONE}")).status_code == 500
    assert len(logged) >= 4
    for line in logged:
        assert PHONE not in line
        assert WORDS not in line
