"""What Prometheus is given, and who is given it."""

import asyncio
from dataclasses import replace
from ipaddress import ip_network

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.sms import outbox
from app.sms.gateways.base import Made
from app.sms.outbox import Purpose
from app.watch import exposition, figures
from app.watch.figures import Figures
from tests.near import near
from tests.routes.conftest import Caller, app_on
from tests.stories.acts import WANG, worker
from tests.stories.station import until
from tests.village import Village

SIMULATOR = '{gateway="simulator",kind="answers"}'


async def _told(caller: Caller) -> dict[str, float]:
    """Every sample by its name with labels."""
    answer = await caller.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_what_waits_is_told_by_gateway_and_kind(caller: Caller, village: Village) -> None:
    before = await _told(caller)
    assert before["doorstep_database_up"] == 1
    assert before[f"doorstep_queue_waiting{SIMULATOR}"] == 0
    async with village.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.ANSWER)
    after = await _told(caller)
    assert after[f"doorstep_queue_waiting{SIMULATOR}"] == after[f"doorstep_queue_due{SIMULATOR}"] == 1
    assert after[f"doorstep_queue_oldest_seconds{SIMULATOR}"] >= 0
    assert after['doorstep_loop_silent{loop="answer"}'] == 0


async def test_a_text_and_its_answer_are_counted_on_their_way(caller: Caller, village: Village) -> None:
    before = await _told(caller)
    assert (await caller.post("/gateway/simulator/reply", json={"from": WANG, "text": "岗位"})).status_code == 202
    working = worker(village)

    async def left() -> bool:
        return bool(await working.drain_once())

    await until(left, every=0.05)  # the application answers in its own time
    after = await _told(caller)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert more('doorstep_texts_received_total{gateway="simulator"}') == 1
    assert more("doorstep_text_stored_seconds_count") == 1
    assert more("doorstep_text_answered_seconds_count") == 1
    assert more('doorstep_texts_handed_over_total{gateway="simulator",outcome="accepted",reason=""}') == 1
    assert more('doorstep_gateway_call_seconds_count{call="send",gateway="simulator"}') == 1


async def test_receipts_are_counted_when_they_find_their_text(caller: Caller, village: Village) -> None:
    before = await _told(caller)
    async with village.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.ANSWER)
    working = worker(village, Made(village.database.settings, village.database))
    await working.drain_once()
    delivered = 'doorstep_receipts_applied_total{status="delivered"}'
    while (await _told(caller)).get(delivered, 0) <= before.get(delivered, 0):
        await working.poll_once()


async def test_no_label_and_no_value_is_anybodys(caller: Caller, village: Village) -> None:
    await caller.post("/gateway/simulator/reply", json={"from": WANG, "text": "王秀兰报名"})
    said = (await caller.get("/metrics")).text
    assert WANG not in said
    assert "王秀兰" not in said


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("address", "allowed", "status"), [
    ("127.0.0.1", ("127.0.0.1", "::1"), 200), ("::1", ("127.0.0.1", "::1"), 200),
    ("::ffff:127.0.0.1", ("127.0.0.1",), 200), ("10.0.0.7", ("127.0.0.1", "10.0.0.0/24"), 200),
    ("10.0.1.7", ("127.0.0.1", "10.0.0.0/24"), 404), ("192.0.2.1", ("127.0.0.1", "::1"), 404),
    ("testclient", ("127.0.0.1", "::1"), 404)])
async def test_only_the_addresses_of_the_setting_are_answered(
        database_url: str, settings: Settings, address: str, allowed: tuple[str, ...], status: int) -> None:
    chosen = replace(settings, metrics_allowed=tuple(ip_network(one) for one in allowed))
    async with near(app_on(database_url, chosen), address=address) as caller:
        answer = await caller.get("/metrics")
    assert answer.status_code == status
    assert ("doorstep_" in answer.text) == (status == 200)


async def test_while_the_database_is_away_the_rest_is_told(caller: Caller, settings: Settings) -> None:
    caller.app.state.database = Database(replace(settings, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none"))
    told = await _told(caller)
    assert told["doorstep_database_up"] == 0
    assert "doorstep_inbound_waiting" not in told
    assert 'doorstep_loop_age_seconds{loop="answer"}' in told


async def test_while_the_database_hangs_the_rest_is_told(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(_db: AsyncSession) -> Figures:
        await asyncio.sleep(3600)
        raise AssertionError

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(exposition, "PATIENCE_SECONDS", 0.2)
        meanwhile.setattr(figures, "of", hangs)
        told = await _told(caller)
    assert told["doorstep_database_up"] == 0
    assert 'doorstep_loop_age_seconds{loop="answer"}' in told
    assert (await _told(caller))["doorstep_database_up"] == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_loops_of_a_process_that_dispatches_are_told(database_url: str, settings: Settings) -> None:
    async with near(create_app(replace(settings, database_url=database_url))) as caller:
        told = await _told(caller)
    assert {name for name in told if name.startswith("doorstep_loop_silent")} == {
        f'doorstep_loop_silent{{loop="{name}"}}' for name in
        ("store", "answer", "drain", "answers", "poll", "ask", "leases", "rounds", "fill")}
