"""Kannel is killed with -9 while two hundred texts leave and sixty replies come, and started again, and again."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

import pytest
from sqlalchemy import select, update

from app import clock
from app.db import Database
from app.sms import arrivals, breaker, outbox
from app.sms.arrivals import Inbound
from app.sms.gateways.base import Outcome
from app.sms.outbox import Attempt, Message, Purpose, Status
from tests.kannel.box import Kannel
from tests.kannel.smsc import Smsc, soon
from tests.stories import station as watching
from tests.stories.station import Station

TEXTS, REPLIES, DEATHS = 200, 60, 4
IN_ITS_HANDS = 10  # how many calls to Doorstep a dying smsbox may have had under way, on a slow machine
PHONES = [f"+86142{number:08d}" for number in range(TEXTS)]
REPLYING = [f"+86142{number:08d}" for number in range(5000, 5000 + REPLIES)]


@pytest.mark.xdist_group("kannel")
async def test_kannel_is_killed_and_no_text_is_lost_without_being_said(
        station: Station, kannel: Kannel, carrier: Smsc, database: Database,
        record_property: Callable[[str, object], None]) -> None:
    random = Random(9)
    await station.start()
    await _queue(database)
    replying = asyncio.create_task(_reply(carrier))
    for death in range(1, DEATHS + 1):
        await soon(lambda wanted=death * TEXTS // (DEATHS + 2): _left(database, carrier, wanted), "nothing leaves")
        await asyncio.sleep(random.uniform(0, 0.2))
        kannel.kill()
        await kannel.start()
    await replying
    await soon(lambda: _none_waits(database), "texts still wait")
    with suppress(TimeoutError):  # a receipt that Kannel was about to bring when it died never comes
        await soon(lambda: _is_done(database, Status.ACCEPTED, Status.UNKNOWN), "", seconds=15)
    said = [_check_the_texts(carrier, await _texts(database)), await _check_the_replies(database),
            await _check_that_none_was_handed_over_again(database)]
    record_property("figures", f"Kannel, kill -9: {DEATHS} deaths; {'; '.join(said)}")
    assert "Traceback" not in station.said


def _check_the_texts(carrier: Smsc, texts: Sequence[tuple[str, str]]) -> str:
    """What did not arrive is said to be unknown. Kannel itself gives the carrier again what was just under way between
    them when it died: that is one text a death, as max-pending-submits says."""
    arrived = Counter("+" + part.phone for part in carrier.got)
    by_status = Counter(status for _phone, status in texts)
    assert set(by_status) <= {Status.DELIVERED, Status.ACCEPTED, Status.UNKNOWN}
    assert {phone for phone, status in texts if not arrived[phone]} <= {
        phone for phone, status in texts if status == Status.UNKNOWN}
    twice = sum(arrived[phone] - 1 for phone in arrived)
    assert twice <= DEATHS
    assert by_status[Status.ACCEPTED] <= DEATHS * IN_ITS_HANDS
    return f"of {TEXTS} texts {dict(by_status)}, {twice} given to the carrier twice by Kannel"


async def _check_the_replies(database: Database) -> str:
    """What smsbox has told bearerbox that it is fetching, and has not brought yet, dies with it; nothing else does, and
    what comes twice is dealt with once."""
    rows = await watching.rows(database, select(Inbound.phone, Inbound.state).where(Inbound.phone.in_(REPLYING)))
    assert {row.state for row in rows} <= {arrivals.State.ANSWERED, arrivals.State.DUPLICATE}
    answered = Counter(row.phone for row in rows if row.state == arrivals.State.ANSWERED)
    lost = len(REPLYING) - len(answered)
    assert lost <= DEATHS * IN_ITS_HANDS
    return f"of {REPLIES} replies {lost} lost inside Kannel, {sum(answered.values()) - len(answered)} answered twice"


async def _check_that_none_was_handed_over_again(database: Database) -> str:
    """Whatever Kannel has perhaps taken was never handed to it again."""
    rows = await watching.rows(database, select(Attempt.message_id, Attempt.outcome))
    perhaps = Counter(row.message_id for row in rows if row.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN))
    assert set(perhaps.values()) == {1}
    unsure = sum(row.outcome == Outcome.UNKNOWN for row in rows)
    return f"{unsure} texts unsure at first, {sum(row.outcome == Outcome.TRY_LATER for row in rows)} tries put off"


async def _queue(database: Database) -> None:
    async with database.session() as db:
        for phone in PHONES:
            await outbox.queue(db, to=phone, text="明早7点西门集合", purpose=Purpose.ANSWER)


async def _reply(carrier: Smsc) -> None:
    """Each of them texts once; the carrier gives it to Kannel again until Kannel has said that it has it."""
    for phone in REPLYING:
        await carrier.text_until_taken(phone, "帮助")
        await asyncio.sleep(0.05)


async def _left(database: Database, carrier: Smsc, count: int) -> bool:
    await _try_now(database)
    return len(carrier.got) >= count


async def _none_waits(database: Database) -> bool:
    await _try_now(database)
    return await _is_done(database, Status.QUEUED, Status.SENDING)


async def _try_now(database: Database) -> None:
    """What staff press who know that Kannel is back: where many calls failed, it rests, longer after each death, and
    two minutes after the fourth."""
    async with database.session() as db:
        await db.execute(update(breaker.Standing).where(breaker.Standing.state == breaker.State.RESTING)
                         .values(retry_at=clock.now()))


async def _is_done(database: Database, *statuses: Status) -> bool:
    return not await watching.rows(database, select(Message.id).where(Message.status.in_(statuses)).limit(1))


async def _texts(database: Database) -> Sequence[tuple[str, str]]:
    return await watching.rows(database, select(Message.phone, Message.status).where(Message.phone.in_(PHONES)))
