"""What one reads where something went wrong: a sentence in the reader's language, and a way on."""

import pytest

from tests.routes.conftest import Caller
from tests.routes.office.conftest import Desk
from tests.village import Village

OLD = {"_csrf_token": "0" * 128}
BIGGEST = 2**63 - 1


@pytest.fixture
async def desk(caller: Caller, village: Village) -> Desk:
    """A supervisor who has just logged in."""
    desk = Desk(caller)
    await desk.log_in(village.second.username)
    return desk


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_form_that_was_open_too_long_leads_back(village: Village, caller: Caller) -> None:
    job = await village.job()
    before = f"/jobs/{job.number}?area=demo"
    answer = await caller.post("/jobs/10/signup", data=OLD, headers={
        "Referer": str(caller.base_url).rstrip("/") + before})
    assert answer.status_code == 403
    assert "这一页开得太久，没有办成。" in answer.text
    assert "给我们打电话" not in answer.text
    assert f'href="{before}"' in answer.text


@pytest.mark.parametrize("referer", ["", "http://elsewhere.example/jobs", "javascript:alert(1)", "http://[", "//x//y"])
async def test_only_our_own_pages_are_offered_as_the_way_back(caller: Caller, referer: str) -> None:
    answer = await caller.post("/login", data=OLD, headers={"Referer": referer})
    assert answer.status_code == 403
    assert "回到刚才那一页</a>" not in answer.text
    assert "回到今天的活" in answer.text


async def test_staff_read_it_in_the_look_of_their_pages(caller: Caller) -> None:
    answer = await caller.get("/office/nowhere")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert "/static/office." in answer.text
    assert 'href="/office/"' in answer.text


@pytest.mark.parametrize("path", ["/me/forget", "/me/who", "/office/logout", "/office/batches/1/approve"])
async def test_the_address_of_a_deed_is_no_page(caller: Caller, path: str) -> None:
    answer = await caller.get(path, follow_redirects=False)
    assert answer.status_code == 405
    assert "没有这一页" in answer.text


async def test_what_is_no_form_is_no_page_that_is_missing(caller: Caller, village: Village) -> None:
    token = (await caller.get("/login")).cookies["csrf"]
    answer = await caller.post("/login", content=b"--x\r\nbroken", headers={
        "Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": token})
    assert answer.status_code == 400
    assert "看看填的对不对" in answer.text


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("number", [BIGGEST, BIGGEST + 1, 10**20, -1, -10**20])
async def test_a_number_too_big_for_any_row_is_a_404(desk: Desk, number: int) -> None:
    for path in ("/office/jobs/{}", "/office/jobs/{}/push", "/office/jobs/{}/signups", "/office/batches/{}",
                 "/office/residents/{}"):
        page = await desk.open(path.format(number))
        assert (desk.status, "没有这一页" in page) == (404, True), path
    await desk.open("/office/residents")
    for path in ("/office/jobs/{}/push", "/office/signups/{}/off", "/office/residents/{}/phone",
                 "/office/calls/{}/done", "/office/jobs/{}/call-off"):
        await desk.send(path.format(number))
        assert desk.status == 404, path


@pytest.mark.parametrize("path", ["/login", "/office/login", "/office/jobs/new"])
async def test_a_form_is_never_as_large_as_a_list(caller: Caller, village: Village, path: str) -> None:
    answer = await caller.post(path, data={**OLD, "phone": "1" * 300_000})
    assert answer.status_code == 413
    assert "没有成功。" in answer.text
