"""Another community's bulk texts do not exist for an officer: on every page about one, whichever pages there are."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import func, select

from app.audience import audiences, lists
from app.audience.filters import Filter
from app.main import create_app
from app.staff.audit import Audit
from tests.campaigns.acts import drafted, handed_in
from tests.conftest import PLAIN
from tests.residents.lists import text
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
THEIRS = re.compile(r"\{(?:campaign|batch)_id:int\}")
FILLED = re.compile(r"\{(\w+)(?::\w+)?\}")
NUMBERS = iter(range(14200000010, 14200000100))


def _handlers() -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Every page and every button about one campaign or one batch."""
    for route in create_app(PLAIN, dispatch=False).routes:
        if THEIRS.search(route.path) and route.path.startswith("/office"):
            for handler in getattr(route, "route_handlers", ()):
                if handler.http_methods != {"OPTIONS"}:
                    yield route.path, handler


async def _ground(village: Village) -> list[dict[str, int]]:
    """What the addresses of a community's own pages are made of: a draft with all that belongs to one, and a text that
    was handed in."""
    await village.neighbour("孙一", str(next(NUMBERS)), agreed=True)
    draft = await drafted(village, "想干活吗")
    sent = await drafted(village, "明天开会", title="通知")
    batch = await handed_in(village, sent, sure=True)
    outcome = await lists.read(village.database, text([14200000009]), area=village.area)
    async with village.database.session() as db:
        kept = await lists.keep(db, outcome, campaign_id=draft.id, area=village.area, name="x", by=village.boss)
        saved = await audiences.save(db, "大家", Filter(), by=village.boss)
    others = {"list_id": kept.id, "saved_id": saved.id, "batch_id": batch.id}
    return [{"campaign_id": draft.id, **others}, {"campaign_id": sent.id, **others}]


async def test_every_page_about_one_is_a_404_elsewhere(desk: Desk, village: Village, elsewhere: Village) -> None:
    ground, tried = await _ground(elsewhere), 0
    before = await rows(village.database, select(func.count(Audit.id)))
    for path, handler in _handlers():
        for ids in ground:
            assert await _status(desk, path, handler, ids) == 404, f"{handler.http_methods} {path}"
            tried += 1
    assert tried >= 50
    assert await rows(village.database, select(func.count(Audit.id))) == before


async def test_and_at_home_the_same_addresses_are_there(desk: Desk, village: Village) -> None:
    """So that the story above cannot be true of addresses that lead nowhere."""
    tried = 0
    for path, handler in _handlers():
        if set(FILLED.findall(path)) <= {"campaign_id", "list_id", "saved_id", "batch_id"}:
            statuses = [await _status(desk, path, handler, ids) for ids in await _ground(village)]
            assert set(statuses) & {200, 303, 409}, f"{handler.http_methods} {path}: {statuses}"
            tried += 1
    assert tried >= 25


async def _status(desk: Desk, path: str, handler: Any, ids: dict[str, int]) -> int:
    await desk.open("/office/campaigns")
    where = FILLED.sub(lambda found: str(ids.get(found[1], 1)), path)
    if "POST" not in handler.http_methods:
        return (await desk.client.get(where, follow_redirects=False)).status_code
    token = re.search(r'name="_csrf_token" value="([^"]+)"', desk.page)
    assert token
    return (await desk.client.post(where, data={"_csrf_token": token[1]}, follow_redirects=False)).status_code
