"""Telling people about a job: seen before it goes, approved by a second officer, watched while answers arrive."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.settings import Settings
from app.sms.arrivals import Inbound
from app.sms.batches import Batch
from app.sms.outbox import Message
from tests.conftest import PLAIN
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI = "14200000001", "14200000002"


@pytest.fixture
def settings() -> Settings:
    """Two texts are many here."""
    return replace(PLAIN, approval_above=1, quiet_hours=None)


async def test_what_goes_out_is_shown_before_it_goes(desk: Desk, village: Village) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("李大山", LI)
    page = await desk.open(f"/office/jobs/{job.id}/push")
    assert desk.status == 200
    assert "王*香" in page
    assert "142****0001" in page
    assert "香菇分拣" in page
    assert "0.05元" in page
    assert "没同意收短信" in page
    assert "您同意收找活的短信" in page
    assert await rows(village.database, select(Batch)) == []


async def test_many_texts_wait_for_a_second_officer(desk: Desk, village: Village) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("李大山", LI, agreed=True)
    await desk.open(f"/office/jobs/{job.id}/push")
    page = await desk.send(f"/office/jobs/{job.id}/push")
    [batch] = await rows(village.database, select(Batch))
    assert desk.path == f"/office/batches/{batch.id}"
    assert "一条都还没发" in page
    assert "/approve" not in page
    await desk.send(f"/office/batches/{batch.id}/approve")
    assert desk.status == 409
    assert await rows(village.database, select(Message)) == []

    await desk.log_in(village.second.username)
    assert f"/office/batches/{batch.id}" in desk.page
    page = await desk.open(f"/office/batches/{batch.id}")
    assert batch.text in page
    assert "批准发出2条" in page
    await desk.send(f"/office/batches/{batch.id}/approve")
    assert len(await rows(village.database, select(Message))) == 2


async def test_a_refused_batch_never_leaves(desk: Desk, village: Village) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("李大山", LI, agreed=True)
    await desk.open(f"/office/jobs/{job.id}/push")
    await desk.send(f"/office/jobs/{job.id}/push")
    await desk.log_in(village.second.username)
    [batch] = await rows(village.database, select(Batch))
    await desk.open(f"/office/batches/{batch.id}")
    await desk.send(f"/office/batches/{batch.id}/refuse")
    assert "未批准" in desk.page
    assert await rows(village.database, select(Message)) == []


async def test_answers_arrive_on_the_page_with_the_name_covered(desk: Desk, village: Village) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await desk.open(f"/office/jobs/{job.id}/push")
    await desk.send(f"/office/jobs/{job.id}/push", limit="1")
    [batch] = await rows(village.database, select(Batch))
    await village.says(WANG, "10")
    await village.says(WANG, "我的号420304195601010005")
    whole = await desk.open(f"/office/batches/{batch.id}")
    assert "<html" in whole
    answer = await desk.client.get(f"/office/batches/{batch.id}", headers={"HX-Request": "true"})
    piece = answer.text
    assert "<html" not in piece
    assert piece.lstrip().startswith('<div id="live"')
    assert "every 2s" in piece
    for page in (whole, piece):
        assert "要报名" in page
        assert "王*香" in page
        assert "王桂香" not in page
        assert WANG not in page
        assert "420304195601010005" not in page
        assert "<b>1</b> / 12" in page


async def test_a_head_cannot_push(desk: Desk, village: Village, head: object) -> None:
    job = await village.job()
    await desk.log_in("head")
    await desk.open(f"/office/jobs/{job.id}")
    await desk.send(f"/office/jobs/{job.id}/push")
    assert desk.status == 403
    assert "您的角色不能做这件事" in desk.page
    assert await rows(village.database, select(Batch)) == []


async def test_a_stopped_batch_keeps_back_what_has_not_left(desk: Desk, village: Village) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await desk.open(f"/office/jobs/{job.id}/push")
    page = await desk.send(f"/office/jobs/{job.id}/push")
    [batch] = await rows(village.database, select(Batch))
    assert f"/office/batches/{batch.id}/stop" in page
    await desk.send(f"/office/batches/{batch.id}/stop")
    assert [message.status for message in await rows(village.database, select(Message))] == ["withdrawn"]


async def test_an_unverified_employers_job_says_why_it_cannot_go(desk: Desk, village: Village) -> None:
    job = await village.job()
    async with village.database.session() as db:
        employer = await db.get_one(type(village.employer), village.employer.id)
        employer.verified_at = None
    page = await desk.open(f"/office/jobs/{job.id}/push")
    assert desk.status == 409
    assert "nav-item" in page
    assert "核验" in page


async def test_another_communitys_batch_does_not_exist(desk: Desk, village: Village, elsewhere: Village) -> None:
    job = await elsewhere.job()
    await elsewhere.neighbour("王桂香", WANG, agreed=True)
    batch = await elsewhere.push(job)
    await desk.open(f"/office/batches/{batch.id}")
    assert desk.status == 404
    await desk.open("/office/password")
    await desk.send(f"/office/batches/{batch.id}/stop")
    assert desk.status == 404


async def test_the_answers_on_the_page_end_with_the_work_and_leave_birth_dates_out(
        desk: Desk, village: Village, head: object) -> None:
    job = await village.job(hours=30)
    await village.neighbour("王桂香", WANG, agreed=True)
    batch = await village.push(job)
    await village.neighbour("王小宝", WANG, None)  # the same phone, not in the register when the push went
    await village.says(WANG, "电话")
    async with village.database.session() as db:
        db.add(Inbound(gateway="simulator", phone="+86" + WANG, text="19680312", raw="", slots={}, intent="PROFILE",
                       state="answered", area_id=village.building.id))
    page = await desk.open(f"/office/batches/{batch.id}")
    assert '<span class="what">电话</span>' in page
    assert "19680312" not in page
    clock.turn(job.ends_at + timedelta(minutes=1))
    await village.says(WANG, "岗位")
    await desk.log_in(village.boss.username)
    page = await desk.open(f"/office/batches/{batch.id}")
    assert '<span class="what">电话</span>' in page
    assert '<span class="what">岗位</span>' not in page
