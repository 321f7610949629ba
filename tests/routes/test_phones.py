"""The simulated phones: a plain page without scripts, which htmx keeps fresh."""

import re
from dataclasses import replace
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from app import db
from app.db import Database
from app.errors import NotFound
from app.main import create_app
from app.routes import phones
from app.settings import Settings
from app.sms.arrivals import Inbound
from app.sms.gateways.base import Outbound
from app.sms.gateways.simulator import Carrier
from tests.near import near
from tests.routes.conftest import Caller, rows

WANG, LI = "+8614200000001", "+8614200000002"
OFFER = "【青龙泉就业站】23号活:幼儿园保洁<b>,明早7点"


async def deliver(database: Database, *texts: Outbound) -> None:
    await Carrier(database.settings, database).send(texts)


async def fill_in(caller: Caller, page: Response, action: str, **fields: str) -> Response:
    """Send the form of a page, as a browser without scripts would."""
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    return await caller.post(action, data={"_csrf_token": token[1], **fields}, follow_redirects=False)


async def take_up(caller: Caller, number: str) -> str:
    """The address of the phone with this number."""
    answer = await fill_in(caller, await caller.get("/phones"), "/phones", phone=number)
    assert answer.status_code == 303
    return str(answer.headers["location"])


async def test_the_phones_that_got_texts_lead_to_their_pages(caller: Caller, database: Database) -> None:
    assert "还没有手机收到短信" in (await caller.get("/phones")).text
    await deliver(database, Outbound(1, WANG, OFFER, 1), Outbound(2, LI, "给李", 1), Outbound(3, WANG, "又一条", 1))
    page = (await caller.get("/phones")).text
    links = re.findall(r'href="(/phones/[^"]+)"><b>(\d+)</b>', page)
    assert sorted(number for _, number in links) == ["14200000001", "14200000002"]
    assert "又一条" in page
    assert "幼儿园" not in page
    wang = next(link for link, number in links if number == "14200000001")
    conversation = (await caller.get(wang)).text
    assert "幼儿园保洁&lt;b&gt;" in conversation
    assert "给李" not in conversation
    assert conversation.index("又一条") < conversation.index("幼儿园")


async def test_an_answer_arrives_as_if_a_carrier_had_brought_it(caller: Caller, database: Database) -> None:
    await deliver(database, Outbound(1, WANG, OFFER, 1))
    address = await take_up(caller, "142-0000-0001")
    assert "14200000001" not in address
    sent = await fill_in(caller, await caller.get(address), address, text="报名 23\x00")
    assert (sent.status_code, sent.headers["location"]) == (303, address)
    (kept,) = await rows(database, select(Inbound))
    assert (kept.phone, kept.text, kept.gateway) == (WANG, "报名 23", "simulator")
    assert "报名 23" in (await caller.get(address)).text


async def test_a_number_that_nobody_has_used_is_a_phone_too(caller: Caller, database: Database) -> None:
    address = await take_up(caller, "14299999999")
    assert "还没有短信" in (await caller.get(address)).text
    await fill_in(caller, await caller.get(address), address, text="")
    assert [row.text for row in await rows(database, select(Inbound))] == [""]
    assert "(空短信)" in (await caller.get(address)).text


async def test_what_is_no_number_is_said_beside_the_field(caller: Caller) -> None:
    answer = await fill_in(caller, await caller.get("/phones"), "/phones", phone='"><b>12')
    assert answer.status_code == 400
    assert "这不是手机号" in answer.text
    assert "&#34;&gt;&lt;b&gt;12" in answer.text


async def test_a_repeated_text_is_seen_twice(caller: Caller, database: Database) -> None:
    for _ in range(2):
        await deliver(database, Outbound(1, WANG, OFFER, 1))
    assert "&times;2" in (await caller.get(await take_up(caller, WANG))).text


async def test_htmx_gets_the_conversation_alone(caller: Caller, database: Database) -> None:
    await deliver(database, Outbound(1, WANG, OFFER, 1))
    address = await take_up(caller, WANG)
    piece = (await caller.get(address, headers={"HX-Request": "true"})).text
    assert "幼儿园" in piece
    assert "<form" not in piece
    listed = (await caller.get("/phones", headers={"HX-Request": "true"})).text
    assert "14200000001" in listed
    assert "<form" not in listed


async def test_an_address_that_we_did_not_make_leads_nowhere(caller: Caller) -> None:
    address = await take_up(caller, WANG)
    for wrong in ("/phones/1", "/phones/" + "A" * 40, address[:-2] + "AA", "/phones/%C3%A9"):
        assert (await caller.get(wrong)).status_code == 404


def test_an_address_is_worth_nothing_under_another_key(settings: Settings) -> None:
    token = phones.token_of(settings, WANG)
    assert phones.phone_of(settings, token) == WANG
    with pytest.raises(NotFound):
        phones.phone_of(replace(settings, secret_key="another-secret-key-for-tests"), token)


async def _asked(database: Database, **how: Any) -> list[int]:
    """The answers to whoever asks for the phones and for the texts in this way."""
    headers = how.pop("headers", {})
    async with near(create_app(database.settings, dispatch=False), **how) as caller:
        answers = [await caller.get("/phones", headers=headers),
                   await caller.get("/gateway/simulator/messages", headers=headers),
                   await caller.post("/gateway/simulator/reply", json={"from": WANG, "text": "1"}, headers=headers)]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("how", [
    {"address": "192.168.1.20"}, {"address": "203.0.113.7"}, {"address": "2001:db8::1"}, {"address": "testclient"},
    {"headers": {"X-Forwarded-For": "203.0.113.7"}}, {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    {"base_url": "http://work.example"},
])
async def test_outside_a_demo_nobody_else_sees_the_phones(database: Database, how: dict[str, Any]) -> None:
    assert await _asked(database, **how) == [404, 404, 404]
    assert await rows(database, select(Inbound)) == []


@pytest.mark.parametrize("how", [{}, {"address": "::1"}, {"address": "::ffff:127.0.0.1"},
                                 {"address": "127.0.0.9", "base_url": "http://localhost:8000"}])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_whoever_sits_at_the_machine_sees_them(database: Database, how: dict[str, Any]) -> None:
    assert await _asked(database, **how) == [200, 200, 202]


async def test_a_demo_shows_them_to_everybody(database: Database) -> None:
    async with database.session() as session:
        await db.remember(session, "demo", "yes")
    assert await _asked(database, address="192.168.1.20") == [200, 200, 202]
