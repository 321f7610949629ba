"""After a restore the pages say why a bulk text waits, and whoever knows more lets it go on or stops it."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from app.backups import hold
from app.backups.engines import MARK, WAITING
from app.db import Fact
from app.settings import Settings
from app.sms.batches import RESTORED, Batch, State
from tests.campaigns.acts import drafted, handed_in
from tests.conftest import PLAIN
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI = "14200000001", "14200000002"
WHY = "备份之后可能已经发出一部分"


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=1, quiet_hours=None)


async def _restored(village: Village) -> None:
    async with village.database.session() as db:
        await db.execute(insert(Fact).values(name=MARK, value=WAITING))
    await hold.if_restored(village.database)


async def test_a_push_of_a_job(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    batch = await village.push(await village.job())
    await _restored(village)
    assert WHY in await desk.open(f"/office/batches/{batch.id}")
    page = await desk.send(f"/office/batches/{batch.id}/resume")
    assert desk.status == 200
    assert WHY not in page
    [batch] = await rows(village.database, select(Batch))
    assert (batch.state, batch.trouble) == (State.QUEUED, "")


async def test_a_push_that_is_stopped_instead(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    batch = await village.push(await village.job())
    await _restored(village)
    page = await desk.open(f"/office/batches/{batch.id}")
    assert f"/office/batches/{batch.id}/stop" in page
    assert WHY not in await desk.send(f"/office/batches/{batch.id}/stop")
    [batch] = await rows(village.database, select(Batch))
    assert batch.state == State.STOPPED


async def test_a_campaign(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    campaign = await drafted(village)
    await handed_in(village, campaign)
    await _restored(village)
    page = await desk.open(f"/office/campaigns/{campaign.id}")
    assert WHY in page
    assert "已自动暂停" not in page
    assert WHY not in await desk.send(f"/office/campaigns/{campaign.id}/resume")


async def test_one_that_waits_for_a_second_officer(desk: Desk, village: Village) -> None:
    for name, phone in (("王桂香", WANG), ("李大山", LI)):
        await village.neighbour(name, phone, agreed=True)
    batch = await village.push(await village.job())
    await _restored(village)
    [batch] = await rows(village.database, select(Batch))
    assert (batch.state, batch.trouble) == (State.AWAITING_APPROVAL, RESTORED)
    await desk.log_in(village.second.username)
    assert WHY in await desk.open(f"/office/batches/{batch.id}")
    assert WHY not in await desk.send(f"/office/batches/{batch.id}/approve")
    [batch] = await rows(village.database, select(Batch))
    assert (batch.state, batch.trouble) == (State.QUEUED, "")
