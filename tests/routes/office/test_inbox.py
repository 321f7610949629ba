"""The staff inbox on the page: the list, a conversation, and what is done about it; with htmx and without."""

import csv
import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.calls.calls import Call
from app.desk.corrections import Correction
from app.settings import Settings
from app.sms.arrivals import Inbound
from app.sms.outbox import Message
from app.staff.audit import Audit
from tests.conftest import PLAIN
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI, STRANGER = "14200000001", "14200000002", "14200000009"
ASKS = "那个要带啥子不"
GLOVES = "要不要自己带手套?"
PIECE = {"HX-Request": "true"}


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, quiet_hours=None)


async def _asked(village: Village, phone: str = WANG, text: str = ASKS) -> int:
    """A text that waits; returns its id."""
    await village.says(phone, text)
    [newest, *_older] = await rows(village.database, select(Inbound).order_by(Inbound.id.desc()))
    return int(newest.id)


async def _press(desk: Desk, action: str, **fields: str) -> str:
    """Post as htmx does, with the token of the page that is open."""
    token = re.search(r'name="_csrf_token" value="([^"]+)"', desk.page)
    assert token
    answer = await desk.client.post(action, data={"_csrf_token": token[1], **fields}, headers=PIECE)
    desk.status = answer.status_code
    return answer.text


async def test_the_list_says_who_wrote_what_and_how_it_was_read(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG)
    wang, stranger = await _asked(village), await _asked(village, STRANGER, "老李晕倒了快来人")
    page = await desk.open("/office/inbox")
    assert page.index(f"/office/inbox/{stranger}") < page.index(f"/office/inbox/{wang}")
    for words in ("王桂香", "1栋", ASKS, "看成“有问题要问”", "规则 asks_something", "不在册的号码", "142****0009",
                  "可能有危险"):
        assert words in page, words
    assert '<li class="pressing">' in page
    assert STRANGER not in page
    counts = dict(re.findall(r'id="pill-(\w+)".*?<b>(\d+)</b>', page))
    assert counts == {"waiting": "2", "urgent": "1", "complaint": "0", "question": "1", "not_understood": "0",
                      "told": "0"}
    assert re.search(r'id="waiting" class="waiting">2<', await desk.open("/office/calls"))


async def test_filters_show_what_they_say(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG)
    await _asked(village)
    await _asked(village, STRANGER, "谢谢")
    assert ASKS in await desk.open("/office/inbox?need=question")
    assert "这里没有人在等" in await desk.open("/office/inbox?need=complaint")
    everything = await desk.open("/office/inbox?need=all")
    assert ASKS in everything
    assert "谢谢" in everything
    assert "谢谢" not in await desk.open("/office/inbox?need=nonsense&before=x&open=y")


async def test_older_ones_are_on_the_next_page(desk: Desk, village: Village) -> None:
    for number in range(32):
        await village.says(f"142000001{number:02}", ASKS)
    page = await desk.open("/office/inbox")
    assert page.count('class="letter"') == 30
    older = re.search(r'id="older" href="([^"]+)"', page)
    assert older
    page = await desk.open(older[1].replace("&amp;", "&"))
    assert page.count('class="letter"') == 2
    assert 'id="older"' not in page
    assert 'id="newest"' in page


async def test_the_list_refreshes_itself_with_a_piece_or_with_nothing(desk: Desk, village: Village) -> None:
    await _asked(village)
    page = await desk.open("/office/inbox")
    again = re.search(r'data-hx-get="(/office/inbox\?seen=\w+)"', page)
    assert again
    same = await desk.client.get(again[1], headers=PIECE)
    assert (same.status_code, same.text) == (204, "")
    await _asked(village, STRANGER, GLOVES)
    piece = (await desk.client.get(again[1], headers=PIECE)).text
    assert GLOVES in piece
    assert "<html" not in piece
    assert 'data-hx-swap-oob="true">2<' in piece
    assert "hx-swap-oob" not in page


async def test_a_conversation_shows_both_sides(desk: Desk, village: Village) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    await village.push(job)
    await _asked(village, text="10")
    text = await _asked(village, text="号420304195601010005,中午管饭不")
    page = await desk.open(f"/office/inbox/{text}")
    for words in ("要报10号", f'href="/office/jobs/{job.id}"', "10 · 香菇分拣", "群发", "自动回复", "发送中",
                  f'href="/office/residents/{wang.id}"', "142****0001", "4203**********0005"):
        assert words in page, words
    assert WANG not in page
    assert "195601010005" not in page
    assert page.index("想去回10") < page.index('<p class="bubble words">10</p>') < page.index("管饭不")
    piece = (await desk.client.get(f"/office/inbox/{text}", headers=PIECE)).text
    assert "管饭不" in piece
    assert "<html" not in piece
    assert 'id="letters"' not in piece


async def test_a_conversation_stays_up_to_date(desk: Desk, village: Village) -> None:
    text = await _asked(village)
    page = await desk.open(f"/office/inbox/{text}")
    again = re.search(r'data-hx-get="(/office/inbox/\d+/lines\?seen=\w+)"', page)
    assert again
    assert (await desk.client.get(again[1], headers=PIECE)).status_code == 204
    await _asked(village, text=GLOVES)
    piece = (await desk.client.get(again[1], headers=PIECE)).text
    assert GLOVES in piece
    assert '<textarea' not in piece


async def test_the_number_is_opened_on_record(desk: Desk, village: Village) -> None:
    text = await _asked(village)
    await desk.open(f"/office/inbox/{text}")
    assert f"tel:{WANG}" in await desk.send(f"/office/inbox/{text}/phone")
    [audited] = await rows(village.database, select(Audit).where(Audit.verb == "open_phone"))
    assert (audited.subject, audited.subject_id) == ("inbound", text)


@pytest.mark.parametrize("scripts", [False, True])
async def test_an_answer_leaves(desk: Desk, village: Village, scripts: bool) -> None:
    await village.neighbour("王桂香", WANG)
    text = await _asked(village)
    await desk.open(f"/office/inbox/{text}?need=question")
    send = _press if scripts else Desk.send
    page = await send(desk, f"/office/inbox/{text}/answer?need=question", text="带个水杯就行")
    assert desk.status == 200
    assert "正在发给对方" in page
    assert "boss-demo" in page
    assert "都处理过了" in page
    assert ("<html" in page) is not scripts
    assert (await village.texts(WANG))[-1].endswith("带个水杯就行")
    if not scripts:
        assert re.fullmatch(rf"/office/inbox/{text}\?need=question&said=answered#said", desk.path)


@pytest.mark.parametrize("scripts", [False, True])
async def test_a_refused_answer_keeps_what_was_typed(desk: Desk, village: Village, scripts: bool) -> None:
    text = await _asked(village)
    sent = len(await village.texts(WANG))
    await desk.open(f"/office/inbox/{text}")
    send = _press if scripts else Desk.send
    page = await send(desk, f"/office/inbox/{text}/answer", text="带水杯<b>" + "字" * 300)
    assert desk.status == 409
    assert "最多3条" in page
    assert "带水杯&lt;b&gt;字字" in page
    assert "请写下要说的话" in await send(desk, f"/office/inbox/{text}/answer", text="")
    assert len(await village.texts(WANG)) == sent
    await send(desk, f"/office/inbox/{text}/answer", text="带个水杯就行")
    assert "刚刚发过了" in await send(desk, f"/office/inbox/{text}/answer", text="带个水杯就行")
    assert len(await village.texts(WANG)) == sent + 1


async def test_nothing_is_written_to_whoever_said_stop(desk: Desk, village: Village) -> None:
    text = await _asked(village, text="退订")
    page = await desk.open(f"/office/inbox/{text}")
    assert "请打电话" in page
    assert "<textarea" not in page
    await desk.send(f"/office/inbox/{text}/answer", text="带个水杯就行")
    assert desk.status == 409
    assert "水杯" not in "".join(await village.texts(WANG))


async def test_a_ready_sentence_comes_behind_what_was_typed(desk: Desk, village: Village) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.push(job)
    text = await _asked(village)
    await desk.open(f"/office/inbox/{text}")
    page = await desk.send(f"/office/inbox/{text}/ready", text="您好。", ready="pay")
    assert ">您好。 10号香菇分拣:80元/天,当天结</textarea>" in page
    assert "1条 · 0.05元" in page
    piece = await _press(desk, f"/office/inbox/{text}/ready", text="", ready="when")
    assert piece.lstrip().startswith("<section")
    assert "在2号厂房集合</textarea>" in piece
    assert "您好" in await desk.send(f"/office/inbox/{text}/ready", text="您好", ready="nonsense")


async def test_the_length_is_counted_with_the_signature(desk: Desk, village: Village) -> None:
    await desk.open(f"/office/inbox/{await _asked(village)}")
    assert "连签名10字（最多70字） · 1条 · 0.05元" in await _press(desk, "/office/inbox/length", text="好的")
    assert "2条 · 0.1元" in await _press(desk, "/office/inbox/length", text="字" * 70)
    assert "条" not in await _press(desk, "/office/inbox/length", text="  ")


@pytest.mark.parametrize("scripts", [False, True])
async def test_one_press_puts_a_reading_right(desk: Desk, village: Village, scripts: bool) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.push(job)
    text = await _asked(village, text="10")
    page = await desk.open(f"/office/inbox/{text}")
    assert '<details class="unfold reread"' in page
    assert 'name="choice" value="QUESTION"' in page
    send = _press if scripts else Desk.send
    page = await send(desk, f"/office/inbox/{text}/correct", choice="QUESTION")
    assert desk.status == 200
    assert page.count("不是“要报10号”，是“有问题要问”。") == 2  # where it was pressed, and at the text
    assert "撤回：报上的名额收回了。" in page
    assert await village.places(job) == [("王桂香", "cancelled")]
    page = await send(desk, f"/office/inbox/{text}/correct", choice="QUESTION")
    assert desk.status == 409
    assert "本来就是这样看的" in page
    assert "现在不能这样改了" in await send(desk, f"/office/inbox/{text}/correct", choice="SIGNUP|job=99")
    assert len(await rows(village.database, select(Correction))) == 1


@pytest.mark.parametrize("scripts", [False, True])
async def test_a_call_is_made_of_it_and_it_is_done(desk: Desk, village: Village, scripts: bool) -> None:
    await village.neighbour("王桂香", WANG)
    text = await _asked(village)
    await desk.open(f"/office/inbox/{text}")
    send = _press if scripts else Desk.send
    assert "已放进待打电话" in await send(desk, f"/office/inbox/{text}/call")
    assert "passed_on" in {call.why for call in await rows(village.database, select(Call))}
    text = await _asked(village, text=GLOVES)
    await desk.open(f"/office/inbox/{text}")
    page = await send(desk, f"/office/inbox/{text}/handled")
    assert "已办" in page
    assert ("<html" in page) is not scripts
    assert "这里没有人在等" in await desk.open("/office/inbox")
    assert {"make_call", "handled"} <= {one.verb for one in await rows(village.database, select(Audit))}


@pytest.mark.parametrize(("deed", "form"), [("handled", 'inbox/[^"]*handled'), ("call", 'inbox/[^"]*call'),
                                            ("answer", "")])
async def test_what_comes_while_the_page_is_open_still_waits(desk: Desk, village: Village, deed: str,
                                                             form: str) -> None:
    await village.neighbour("王桂香", WANG)
    text = await _asked(village)
    page = await desk.open(f"/office/inbox/{text}")
    hidden = rf'{form}.*?name="seen" value="(\d+)"' if form else 'name="seen" value="(\\d+)" form="reply"'
    seen = re.search(hidden, page)
    assert seen
    assert '<form id="reply"' in page
    newer = await _asked(village, text="老李晕倒了快来人")
    await desk.send(f"/office/inbox/{text}/{deed}", text="可以带", seen=seen[1])
    left = await rows(village.database, select(Inbound).where(Inbound.handled_at.is_(None)))
    assert [one.id for one in left] == [newer]
    assert "老李晕倒了" in await desk.open("/office/inbox?need=urgent")


async def test_what_somebody_else_put_right_meanwhile_stays(desk: Desk, village: Village) -> None:
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.push(job)
    text = await _asked(village)
    page = await desk.open(f"/office/inbox/{text}")
    was = re.search(r'name="was" value="([^"]+)"', page)
    assert was
    await desk.send(f"/office/inbox/{text}/correct", choice="SIGNUP|job=10", was=was[1])
    assert desk.status == 200
    await desk.send(f"/office/inbox/{text}/correct", choice="UNSUB", was=was[1])
    assert desk.status == 409
    assert await village.places(job) == [("王桂香", "taken")]


async def test_examples_are_taken_by_post_and_audited(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG)
    text = await _asked(village)
    await desk.open(f"/office/inbox/{text}")
    await desk.send(f"/office/inbox/{text}/correct", choice="SMALLTALK")
    assert "examples.tsv" not in await desk.open("/office/inbox")
    assert 'action="/office/inbox/examples.tsv"' in await desk.open("/office/inbox?need=all")
    file = await desk.send("/office/inbox/examples.tsv")
    [row] = csv.DictReader(io.StringIO(file), delimiter="\t")
    assert (row["text"], row["intent"]) == (ASKS, "SMALLTALK")
    assert "take_examples" in {one.verb for one in await rows(village.database, select(Audit))}


async def test_other_communities_and_buildings_do_not_see_it(desk: Desk, village: Village, elsewhere: Village,
                                                             head: object) -> None:
    await village.neighbour("王桂香", WANG)
    wang, stranger = await _asked(village), await _asked(village, STRANGER, GLOVES)
    await desk.log_in("head")
    assert ASKS in await desk.open("/office/inbox")
    assert GLOVES not in desk.page
    for text in (wang, stranger):
        await desk.open(f"/office/inbox/{text}")
        assert desk.status == (200 if text == wang else 404)
    await desk.log_in(elsewhere.boss.username)
    assert ASKS not in await desk.open("/office/inbox?need=all")
    for action, fields in (("phone", {}), ("answer", {"text": "您好"}), ("correct", {"choice": "IGNORE"}), ("call", {}),
                           ("handled", {}), ("ready", {"ready": "call"})):
        await desk.open("/office/inbox?need=all")
        await desk.send(f"/office/inbox/{wang}/{action}", **fields)
        assert desk.status == 404, action
    for path in ("", "/lines"):
        await desk.open(f"/office/inbox/{wang}{path}")
        assert desk.status == 404
    assert {one.handled_at for one in await rows(village.database, select(Inbound))} == {None}


async def test_the_card_and_the_call_lead_to_the_texts(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    li = await village.neighbour("李大山", LI)
    text = await _asked(village)
    assert f'href="/office/inbox/{text}"' in await desk.open(f"/office/residents/{wang.id}")
    assert 'href="/office/inbox/' not in (await desk.open(f"/office/residents/{li.id}")).split("<main")[1]
    assert f'href="/office/inbox/{text}"' in await desk.open("/office/calls")


async def test_it_speaks_english(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG)
    text = await _asked(village)
    page = await desk.open(f"/office/inbox/{text}?lang=en")
    for words in ("Waits:", "asks something", "rule: asks_something", "Was this read wrongly?", "Answer by text",
                  "To be telephoned"):
        assert words in page, words


async def test_no_phone_and_no_name_is_in_an_address(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG)
    text = await _asked(village)
    for where in ("/office/inbox", "/office/inbox?need=all", f"/office/inbox/{text}"):
        page = await desk.open(where)
        found = re.findall(r'(?:href|action|hx-get|hx-post|formaction)="([^"]*)"', page)
        assert found
        assert [address for address in found if "王" in address or "%" in address or "1420000" in address
                if not address.startswith("data:")] == []
    assert await rows(village.database, select(Message).where(Message.body.contains(WANG))) == []
