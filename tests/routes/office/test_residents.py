"""Residents: found by name or last digits, the phone covered until somebody opens it, which is noted."""

import pytest
from sqlalchemy import select

from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG = "14200000001"


async def test_opening_a_phone_writes_an_audit_row(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    page = await desk.open(f"/office/residents/{wang.id}")
    assert "142****0001" in page
    assert WANG not in page
    page = await desk.send(f"/office/residents/{wang.id}/phone")
    assert f"tel:{WANG}" in page
    assert WANG not in desk.path
    noted = [one for one in await rows(village.database, select(Audit)) if one.verb == "open_phone"]
    assert [(one.officer_id, one.subject, one.subject_id) for one in noted] == [
        (village.boss.id, "resident", wang.id)]
    assert WANG not in str([one.detail for one in noted])


async def test_the_opened_number_comes_alone_where_a_piece_is_asked_for(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    page = await desk.open(f"/office/residents/{wang.id}")
    token = page.split('_csrf_token" value="')[1].split('"')[0]
    answer = await desk.client.post(f"/office/residents/{wang.id}/phone", data={"_csrf_token": token},
                                    headers={"HX-Request": "true"})
    assert f"tel:{WANG}" in answer.text
    assert "<html" not in answer.text


async def test_people_are_found_by_name_and_by_last_digits(desk: Desk, village: Village, elsewhere: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    await village.neighbour("李大山", "14200000002")
    await elsewhere.neighbour("王远方", "14200010001")
    for typed in ("王", "王桂香", "0001"):
        await desk.open("/office/residents")
        page = await desk.send("/office/residents", q=typed)
        assert f"/office/residents/{wang.id}" in page, typed
        assert "李大山" not in page
        assert "王远方" not in page
        assert WANG not in page
        assert desk.path == "/office/residents"
    for typed in ("%", "142", "张"):
        await desk.open("/office/residents")
        assert "没找到" in await desk.send("/office/residents", q=typed)


async def test_somebody_elsewhere_does_not_exist(desk: Desk, village: Village, elsewhere: Village) -> None:
    far = await elsewhere.neighbour("王远方", WANG)
    await desk.open(f"/office/residents/{far.id}")
    assert desk.status == 404
    await desk.open("/office/residents")
    await desk.send(f"/office/residents/{far.id}/phone")
    assert desk.status == 404
    assert WANG not in desk.page


async def test_why_did_i_get_this_is_answered_in_words(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True, wishes=["香菇"])
    await village.push(await village.job(), approved_by=village.second)
    page = await desk.open(f"/office/residents/{wang.id}")
    assert "10 · 香菇分拣" in page
    assert "您说过想做香菇。" in page
    assert "wish:" not in page


async def test_a_stop_is_seen_on_the_residents_page(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, "退订")
    assert "退订了" in await desk.open(f"/office/residents/{wang.id}")


async def test_no_title_names_anybody(desk: Desk, village: Village) -> None:
    """Titles stay in the browser's history and on the task bar."""
    wang = await village.neighbour("王桂香", WANG)
    page = await desk.open(f"/office/residents/{wang.id}")
    assert "王桂香" in page
    assert "王桂香" not in page.split("<title>")[1].split("</title>")[0]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_looking_for_somebody_waits_for_nobody_who_writes(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    job = await village.job()
    await desk.open("/office/residents")
    async with village.database.session() as db:
        await db.execute(select(1))  # holds the only lock there is
        assert f"/office/residents/{wang.id}" in await desk.send("/office/residents", q="0001")
        assert desk.status == 200
        assert f'value="{wang.id}"' in await desk.send(f"/office/jobs/{job.id}/signups/search", q="0001")
        assert desk.status == 200
