"""Every staff page names a permission, and the one guard in front of them asks for it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.testing import AsyncTestClient

from app.main import create_app
from app.routes.office._guard import allowed
from app.staff import accounts
from app.staff.accounts import ROLES, May, Role
from tests.conftest import PLAIN
from tests.village import Village

LOG_IN = "/office/login"
APP = create_app(PLAIN, dispatch=False)


def _handlers() -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in APP.routes:
        if route.path.startswith("/office"):
            for handler in getattr(route, "route_handlers", ()):
                if handler.http_methods != {"OPTIONS"}:  # the framework's own answer, which shows nothing
                    yield route.path, handler


def test_every_handler_names_a_permission() -> None:
    found = list(_handlers())
    assert len(found) > 20
    for path, handler in found:
        if path == LOG_IN:
            assert handler.opt["may"] is None
        else:
            assert handler.opt.get("may") in set(May), f"{handler.handler_name}: {handler.opt}"


def test_every_handler_stands_behind_the_guard() -> None:
    for path, handler in _handlers():
        assert allowed in handler.resolve_guards(), path


def test_what_changes_something_is_a_post() -> None:
    for path, handler in _handlers():
        assert handler.http_methods <= {"GET", "POST", "HEAD", "OPTIONS"}, path


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_page_is_closed_to_roles_without_its_permission(village: Village, database_url: str) -> None:
    async with village.database.session() as db:
        for role in Role:
            await accounts.add(db, f"a-{role}", role=role, area=village.area, password="not-a-secret")
    application = create_app(replace(PLAIN, database_url=database_url), dispatch=False)
    tried = 0
    async with AsyncTestClient(application) as client:
        for role in Role:
            token = await _log_in(client, f"a-{role}")
            for path, handler in _handlers():
                may = handler.opt["may"]
                if may is not None and may not in ROLES[role]:
                    tried += 1
                    assert await _status(client, path, handler, token) == 403, f"{role}: {path}"
    assert tried > 10


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_page_sends_a_stranger_to_the_log_in(village: Village, database_url: str) -> None:
    application = create_app(replace(PLAIN, database_url=database_url), dispatch=False)
    async with AsyncTestClient(application) as client:
        token = _token((await client.get(LOG_IN)).text)
        for path, handler in _handlers():
            if path != LOG_IN:
                assert await _status(client, path, handler, token) == 303, path


async def _log_in(client: AsyncTestClient[Litestar], username: str) -> str:
    client.cookies.delete("staff") if "staff" in client.cookies else None
    token = _token((await client.get(LOG_IN)).text)
    answer = await client.post(LOG_IN, follow_redirects=False, data={
        "_csrf_token": token, "username": username, "password": "not-a-secret"})
    assert answer.headers["location"] == "/office/"
    return token


async def _status(client: AsyncTestClient[Litestar], path: str, handler: Any, token: str) -> int:
    where = re.sub(r"\{\w+:int\}", "1", path)
    where = re.sub(r"\{[^}]+\}", "x", where)
    method = "POST" if "POST" in handler.http_methods else "GET"
    answer = await client.request(method, where, data={"_csrf_token": token} if method == "POST" else None,
                                  follow_redirects=False)
    return answer.status_code


def _token(page: str) -> str:
    return page.split('_csrf_token" value="')[1].split('"', maxsplit=1)[0]
