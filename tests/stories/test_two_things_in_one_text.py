"""Two things wanted in one text, and an identity number where none should be: every deed is done, one text says so."""

from collections.abc import Callable

import pytest

from app.jobs.jobs import Job
from app.sms import consent, length
from app.sms.reading import Reading
from tests.stories.acts import LI, STRANGER, WANG, calls_off, moment, needed, signs_up, tasks, turn
from tests.village import SIGNATURE, Village

Meant = Callable[[Reading], None]


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


def _two(*parts: Reading, **slots: str) -> Reading:
    merged = {name: value for part in parts for name, value in part.slots.items()}
    return Reading("+".join(part.intent for part in parts), {**merged, **slots}, "by_hand", 1.0, parts)


async def _told(village: Village, phone: str, text: str) -> str:
    [answer] = await village.says(phone, text)
    assert length.measure(SIGNATURE + answer).segments == 1, answer
    return answer


@pytest.mark.parametrize(("about", "said"), [
    ("time", "晚上6点收工"), ("place", "在2号厂房集合"), ("pay", "80元/天,当天结"), ("meals", "不管饭"),
    ("transport", "没有班车,在2号厂房集合")])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_signed_up_and_told(village: Village, meant: Meant, about: str, said: str) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    meant(_two(Reading("SIGNUP", {"job": "10"}), Reading("QUESTION", {"about": about})))
    told = await _told(village, WANG, "我去,顺便问一下")
    assert told.startswith("已给您报上10号:香菇分拣,明天下午2点2号厂房集合")
    assert said in told
    assert await village.places(job) == [("王秀兰", "taken")]
    assert (await _told(village, WANG, "取消")).startswith("10号香菇分拣已给您取消")


async def test_signed_up_and_asked_something_for_staff(village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    meant(_two(Reading("SIGNUP", {"job": "10"}), Reading("QUESTION")))
    told = await _told(village, WANG, "我去,能带孙子吗")
    assert told.startswith("已给您报上10号")
    assert "您问的我们记下了" in told
    assert await tasks(village) == [("王秀兰", "question", "我去,能带孙子吗")]
    assert await needed(village) == ["question"]


async def test_full_and_told(village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("李建国", LI))
    meant(_two(Reading("SIGNUP", {"job": "10"}), Reading("QUESTION", {"about": "pay"})))
    assert await _told(village, WANG, "10,工资多少") == (
        '10号已报满,给您排第1位。有空位马上告诉您,不想等回"取消"。80元/天,当天结')


async def test_refused_and_told(village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    meant(_two(Reading("SIGNUP", {"job": "10"}), Reading("QUESTION", {"about": "meals"})))
    assert await _told(village, WANG, "我去,管饭不") == "您已经报上了10号:香菇分拣。不管饭"


async def _exchange(village: Village) -> tuple[Job, Job]:
    """Wang has the one place of job 10, Li waits for it, and job 11 is at the same time."""
    old = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, old, await village.neighbour("王秀兰", WANG))
    await signs_up(village, old, await village.neighbour("李建国", LI))
    return old, await village.job("织袜", starts_at=moment("2026-03-11 15:00"))


async def test_this_one_for_that_one(village: Village, meant: Meant) -> None:
    old, new = await _exchange(village)
    meant(_two(Reading("CANCEL", {"job": "10"}), Reading("SIGNUP", {"job": "11"})))
    assert await _told(village, WANG, "10不去了,改11") == (
        '10号香菇分拣已给您取消。已给您报上11号:织袜,明天下午3点2号厂房集合。来不了请回"取消"')
    assert await village.places(old) == [("王秀兰", "cancelled"), ("李建国", "taken")]
    assert await village.places(new) == [("王秀兰", "taken")]


async def test_while_the_new_one_cannot_be_had_the_old_one_stays(village: Village, meant: Meant) -> None:
    old, new = await _exchange(village)
    await calls_off(village, new)
    for number, why in (("11", '11号取消了。看看别的活回"岗位"'), ("99", "没有编号99的活。看看有什么活请回")):
        meant(_two(Reading("CANCEL", {"job": "10"}), Reading("SIGNUP", {"job": number})))
        told = await _told(village, WANG, f"10不去了,改{number}")
        assert told.startswith(why)
        assert told.endswith('10号还给您留着,不去回"取消10"')
    assert await village.places(old) == [("王秀兰", "taken"), ("李建国", "waiting")]
    assert await village.texts(LI) == []


async def test_a_stop_is_the_last_word(village: Village, meant: Meant) -> None:
    old, _new = await _exchange(village)
    meant(_two(Reading("DECLINE"), Reading("UNSUB")))
    assert await _told(village, WANG, "不去,以后别发") == (
        '找活短信和通知都停发了。想再收,请回"恢复"。有事打0719-7221234')
    meant(_two(Reading("CANCEL", {"job": "10"}), Reading("UNSUB")))
    assert await _told(village, WANG, "10不去了,以后也别发了") == (
        '10号香菇分拣已给您取消。找活短信和通知都停发了。想再收,请回"恢复"。有事打0719-7221234')
    assert await village.places(old) == [("王秀兰", "cancelled"), ("李建国", "taken")]
    async with village.database.reading() as db:
        assert await consent.stopped(db, "+86" + WANG)


async def test_an_identity_number_is_not_to_be_sent_and_the_deed_is_done(village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    meant(Reading("SIGNUP", {"job": "10", "id_number": "yes"}))
    told = await _told(village, WANG, "报名 王秀兰 身份证已发")
    assert told.startswith("已给您报上10号:香菇分拣")
    assert "身份证号" in told
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_an_identity_number_alone_is_noted(village: Village, meant: Meant) -> None:
    meant(Reading("PROFILE", {"id_number": "yes"}))
    told = await _told(village, STRANGER, "我的身份证号")
    assert told == "您说的我们记下了,会转告工作人员。以后请不要在短信里发身份证号,免得被别人看到"
    assert await needed(village) == ["told"]


async def test_the_birth_date_within_it_is_used(village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG, None)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    meant(Reading("PROFILE", {"born_on": "1968-03-12", "id_number": "yes"}))
    told = await _told(village, WANG, "身份证")
    assert told.startswith("已给您报上10号")
    assert "身份证号" in told
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_what_is_refused_still_asks_not_to_send_it(village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    meant(Reading("SIGNUP", {"job": "10", "id_number": "yes"}))
    assert await _told(village, WANG, "报10") == (
        "您已经报上了10号:香菇分拣。以后请不要在短信里发身份证号,免得被别人看到")


async def test_an_exchange_in_vain_keeps_the_promise_of_a_call(village: Village, meant: Meant) -> None:
    """Three are to come instead of her, two of whom nobody knows, and she has that place already: it stays as it is,
    and somebody telephones."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    for title, day in (("香菇分拣", 1), ("打包", 2)):
        await village.job(title, starts_at=moment(f"2026-03-1{day} 14:00"))
    await village.says(WANG, "报名10和11")
    meant(_two(Reading("CANCEL", {"job": "10"}), Reading("SIGNUP", {"job": "11", "headcount": "3"})))
    await village.says(WANG, "10号我不去了,11号我们三个人去")
    assert await tasks(village) == [("王秀兰", "told", "10号我不去了,11号我们三个人去")]
    assert (await needed(village))[-1] == "told"
