"""Staff log in; guessing gets slower; a one-time password opens nothing but its own change."""

from sqlalchemy import func, select

from app.settings import Settings
from app.staff import accounts
from app.staff.accounts import Role
from app.staff.logins import LoginFailure
from tests.routes.conftest import Caller, rows
from tests.routes.office.conftest import PASSWORD, Desk
from tests.village import Village


async def test_nothing_opens_without_a_log_in(caller: Caller, village: Village) -> None:
    answer = await caller.get("/office/jobs", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/login")


async def test_a_piece_of_a_page_sends_the_whole_window_to_the_log_in(caller: Caller, village: Village) -> None:
    answer = await caller.get("/office/batches/1", headers={"HX-Request": "true"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/office/login")


async def test_the_session_is_a_cookie_that_scripts_cannot_read(caller: Caller, village: Village) -> None:
    desk = Desk(caller)
    page = await desk.open("/office/login")
    token = page.split('_csrf_token" value="')[1].split('"')[0]
    answer = await caller.post("/office/login", follow_redirects=False, data={
        "_csrf_token": token, "username": village.boss.username, "password": PASSWORD})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("staff="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "secure" not in cookie.lower()


async def test_a_wrong_password_is_said_and_the_name_kept(caller: Caller, village: Village) -> None:
    desk = Desk(caller)
    await desk.log_in(village.boss.username, "wrong")
    assert desk.status == 401
    assert "用户名或密码不对" in desk.page
    assert f'value="{village.boss.username}"' in desk.page


async def test_failures_are_kept_and_make_the_next_try_wait(caller: Caller, village: Village) -> None:
    desk = Desk(caller)
    for _try in range(4):
        await desk.log_in(village.boss.username, "wrong")
        assert desk.status == 401
    assert await rows(village.database, select(func.count(LoginFailure.id))) == [8]  # by name and by address
    await desk.log_in(village.boss.username)
    assert desk.status == 429
    assert "秒" in desk.page
    await desk.open("/office/")
    assert desk.path == "/office/login"


async def test_logging_out_ends_the_session_itself(desk: Desk, caller: Caller) -> None:
    token = caller.cookies["staff"]
    await desk.send("/office/logout")
    assert desk.path == "/office/login"
    caller.cookies.set("staff", token)
    await desk.open("/office/")
    assert desk.path == "/office/login"


async def test_a_one_time_password_must_be_changed_first(caller: Caller, village: Village) -> None:
    async with village.database.session() as db:
        _officer, password = await accounts.add(db, "newcomer", role=Role.CLERK, area=village.area)
    desk = Desk(caller)
    await desk.log_in("newcomer", password)
    assert desk.path == "/office/password"
    await desk.open("/office/jobs")
    assert desk.path == "/office/password"
    await desk.send("/office/password", old=password, new="long enough now", again="not the same thing")
    assert "两次输入的新密码不一样" in desk.page
    await desk.send("/office/password", old=password, new="long enough now", again="long enough now")
    assert desk.path.startswith("/office/?")
    await desk.open("/office/jobs")
    assert desk.status == 200


def test_the_cookie_is_secure_where_the_address_is() -> None:
    from types import SimpleNamespace
    from typing import Any, cast

    from app.routes.office import login

    request: Any = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(
        settings=Settings(public_url="https://work.example"))))
    assert login._cookie(cast(Any, request), "token").secure
