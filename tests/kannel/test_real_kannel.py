"""`doorstep serve`, a real Kannel and a carrier of another make: what a resident texts, gets, and what comes back."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.settings import Settings
from app.sms import outbox
from app.sms.arrivals import Inbound, UnreadableCall
from app.sms.gateways.base import Outbound, Outcome, Reason
from app.sms.gateways.kannel import MOST_PARTS, Carrier, status_problems
from app.sms.outbox import Message, Purpose
from tests.kannel.box import PASSWORD, SECRET, Kannel
from tests.kannel.smsc import Smsc, soon
from tests.stories import station as watching
from tests.stories.station import Station

WANG, LI, CHEN = "+8614200000001", "+8614200000002", "+8614200000003"
LONG = "青龙泉就业站:" + "甲乙丙丁戊己庚辛壬癸" * 14 + "😀完"  # 150 UTF-16 units


async def queue(database: Database, phone: str, text: str) -> int:
    async with database.session() as db:
        return (await outbox.queue(db, to=phone, text=text, purpose=Purpose.ANSWER)).id


async def becomes(database: Database, message_id: int, status: str) -> Message:
    found: list[Message] = []

    async def there() -> bool:
        async with database.reading() as db:
            found[:] = await db.scalars(select(Message).where(Message.id == message_id))
        return found[0].status == status

    await soon(there, f"text {message_id} did not become {status}")
    return found[0]


@pytest.mark.xdist_group("kannel")
async def test_a_text_arrives_letter_by_letter_and_its_receipt_comes_back(
        station: Station, kannel: Kannel, carrier: Smsc, database: Database) -> None:
    await station.start()
    number = await queue(database, WANG, "您好 😀 23号活:幼儿园保洁,“明早7点”𠮷 100元/天")
    message = await becomes(database, number, "delivered")
    (part,) = carrier.got
    assert (part.phone, part.sender, part.coding) == ("8614200000001", "10690000", 8)
    assert part.text == message.body
    assert part.bytes == len(message.body.encode("utf-16-be"))
    assert message.provider_id == f"k-{number}"
    refused = await queue(database, LI, "您好")
    carrier.refuse["8614200000003"] = 0x0B  # no such number
    nobody = await queue(database, CHEN, "您好")
    await becomes(database, refused, "delivered")
    failed = await becomes(database, nobody, "failed")
    assert failed.reason == "no_such_number"
    _nothing_is_told(station, kannel)


@pytest.mark.xdist_group("kannel")
async def test_a_long_text_arrives_as_parts_that_join(station: Station, kannel: Kannel, carrier: Smsc,
                                                      database: Database) -> None:
    await station.start()
    number = await queue(database, WANG, LONG)
    message = await becomes(database, number, "delivered")
    assert len(carrier.got) == message.segments == 3
    assert all(part.bytes <= 67 * 2 for part in carrier.got)
    assert carrier.to(WANG) == [message.body]
    longest = "甲" * (67 * MOST_PARTS - len("【青龙泉就业站】"))
    message = await becomes(database, await queue(database, LI, longest), "delivered")
    assert message.segments == MOST_PARTS
    await soon(lambda: carrier.to(LI) == [message.body], "the longest text does not arrive whole")


@pytest.mark.xdist_group("kannel")
async def test_a_reply_in_chinese_is_answered_through_kannel(station: Station, kannel: Kannel, carrier: Smsc,
                                                             database: Database) -> None:
    await station.start()
    await carrier.text(WANG, "帮助  😀")
    await soon(lambda: bool(carrier.to(WANG)), "nobody answers")
    (kept,) = await watching.rows(database, select(Inbound.phone, Inbound.text, Inbound.gateway, Inbound.raw))
    assert (kept.phone, kept.text, kept.gateway) == (WANG, "帮助  😀", "kannel")
    assert SECRET not in kept.raw
    long = "我会电焊,也会养蜂," * 15
    await carrier.text(LI, long)
    await soon(lambda: bool(carrier.to(LI)), "nobody answers a long text")
    assert [row.text for row in await watching.rows(
        database, select(Inbound.text).where(Inbound.phone == LI))] == [long]
    assert len(carrier.to(WANG)) == 1  # and Kannel itself said nothing
    _nothing_is_told(station, kannel)


@pytest.mark.xdist_group("kannel")
async def test_what_nobody_can_read_is_kept_for_staff_and_holds_up_nobody(
        station: Station, kannel: Kannel, carrier: Smsc, database: Database) -> None:
    await station.start()
    await carrier.text("10086", "您的余额为0元")

    async def kept() -> bool:
        return bool(await watching.rows(database, select(UnreadableCall.id)))

    await soon(kept, "what cannot be read is not kept")
    await carrier.text(WANG, "帮助")
    await soon(lambda: bool(carrier.to(WANG)), "the next one is not answered")
    (call,) = await watching.rows(database, select(UnreadableCall.gateway, UnreadableCall.kind, UnreadableCall.raw))
    assert (call.gateway, call.kind) == ("kannel", "reply")
    assert SECRET not in call.raw
    assert carrier.to("10086") == []
    _nothing_is_told(station, kannel)


@pytest.mark.xdist_group("kannel")
async def test_what_came_while_the_station_was_down_is_brought_again(station: Station, kannel: Kannel, carrier: Smsc,
                                                                     database: Database) -> None:
    await station.start()
    carrier.receipts = False
    number = await queue(database, LI, "您好")
    await becomes(database, number, "accepted")
    station.kill()
    await carrier.text(WANG, "帮助")
    await carrier.receipt(carrier.got[0])
    await station.start()
    await soon(lambda: bool(carrier.to(WANG)), "the reply was lost")
    await becomes(database, number, "delivered")
    assert len(carrier.to(WANG)) == 1


@pytest.mark.xdist_group("kannel")
async def test_smsbox_finds_a_new_bearerbox_by_itself(station: Station, kannel: Kannel, carrier: Smsc,
                                                      database: Database) -> None:
    await station.start()
    numbers = [await queue(database, phone, "您好") for phone in (WANG, LI)]
    for number in numbers:
        await becomes(database, number, "delivered")
    await kannel.lose_bearerbox()
    await carrier.text_until_taken(CHEN, "帮助")
    await becomes(database, await queue(database, WANG, "明早7点"), "delivered")
    await soon(lambda: bool(carrier.to(CHEN)), "nobody answers any more")
    assert [len(carrier.to(phone)) for phone in (WANG, LI, CHEN)] == [2, 1, 1]


@pytest.mark.xdist_group("kannel")
async def test_what_a_real_kannel_does_not_take_is_said_in_our_words(kannel: Kannel, database: Database,
                                                                     settings: Settings, carrier: Smsc) -> None:
    ours = Settings.from_env({"SECRET_KEY": settings.secret_key, "DATA_KEY": settings.data_key, **kannel.environ})
    said = []
    for changed, phone in ((ours, "+86abc"), (replace(ours, kannel_password="another"), WANG),
                           (replace(ours, kannel_url=kannel.url.replace("sendsms", "nowhere")), WANG), (ours, WANG)):
        gateway = Carrier(changed, database)
        (sent,) = await gateway.send([Outbound(41, phone, "您好", 1)])
        said.append((sent.outcome, sent.reason))
        await gateway.close()
    assert said == [(Outcome.REFUSED, Reason.OTHER), (Outcome.TRY_LATER, Reason.ACCOUNT),
                    (Outcome.TRY_LATER, Reason.ACCOUNT), (Outcome.ACCEPTED, "")]
    await soon(lambda: len(carrier.got) == 1, "the text that was taken does not leave")


@pytest.mark.xdist_group("kannel")
async def test_doorstep_check_says_how_kannel_is(station: Station, kannel: Kannel, carrier: Smsc) -> None:
    assert _check(station) == ""
    station.also["KANNEL_PASSWORD"] = "another"
    station.also["KANNEL_STATUS_PASSWORD"] = "another"
    said = _check(station)
    assert "KANNEL_USERNAME with KANNEL_PASSWORD" in said
    assert "KANNEL_STATUS_PASSWORD" in said
    station.also |= kannel.environ
    station.also["KANNEL_SMSC"] = "nowhere"
    assert "KANNEL_SMSC=nowhere" in _check(station)
    del station.also["KANNEL_SMSC"]
    kannel.processes["smsbox"].kill()
    await soon(lambda: "No smsbox" in _check(station), "nobody misses the smsbox")
    kannel.kill()
    assert "sendsms service cannot be reached" in (said := _check(station))
    assert "bearerbox cannot be reached" in said
    assert carrier.got == []


@pytest.mark.xdist_group("kannel")
async def test_kannel_reads_the_configuration_for_a_modem(tmp_path: Path) -> None:
    """There is no modem here; Kannel looks for it, and says so."""
    kannel = Kannel(tmp_path / "kannel", 1, way="modem")
    try:
        await kannel.start(online=False)
        page = await kannel.status()
        assert "<id>carrier</id>" in page
        (problem,) = status_problems(page)
        assert problem.startswith("Kannel's way to the carrier carrier is not online: it is ")
    finally:
        kannel.kill()


def _check(station: Station) -> str:
    """What `doorstep check` complains about."""
    process = station.run("check")
    process.wait(60)
    said = station.said.splitlines()
    return "" if said[-1].startswith("Settings, database and gateway are all right") else "\n".join(said)


def _nothing_is_told(station: Station, kannel: Kannel) -> None:
    """No number, no word and no secret stands in any log."""
    for said in (station.said, kannel.said):
        assert "Traceback" not in said
        for secret in (SECRET, PASSWORD, "1420000000", "您好", "帮助"):
            assert secret not in said
