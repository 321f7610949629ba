"""Corrections become labelled texts without the people in them, and sentences are ready to start from."""

import csv
import io
from pathlib import Path

import pytest

import app
from app import i18n, words
from app.desk import conversations, examples, sentences
from app.jobs import jobs
from app.jobs.jobs import PLACE_UNITS, TITLE_UNITS, Job, PayPer
from app.sms import length, outbox
from tests.conftest import PLAIN
from tests.desk.conftest import Desk
from tests.stories.acts import STRANGER, WANG, moment, turn
from tests.village import Village

FOLDER = Path(app.__file__).parent / "templates" / "sms"


async def test_examples_are_labelled_and_nobodys(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await village.job()
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.push(job, approved_by=village.second)
    await village.says(WANG, f"我王桂香嘛,{WANG},身份证420304195601010005,搞不搞得成哦")
    text = await desk.newest(WANG)
    await desk.corrects(text, "DECLINE")
    await desk.corrects(text, "SIGNUP", job="10")
    async with village.database.session() as db:
        file = await examples.labelled(db, by=village.boss)
    [row] = csv.DictReader(io.StringIO(file), delimiter="\t")
    assert (row["context"], row["intent"], row["slots"], row["ambiguous"]) == ("push:10", "SIGNUP", "job=10", "0")
    assert row["text"].startswith("我张三嘛,14200000000,")
    for private in ("王桂香", WANG, "195601010005"):
        assert private not in file
    [audited] = await desk.audited("take_examples")
    assert audited.detail == {"texts": 1}


@pytest.mark.parametrize("typed", ["+8614200000077", "8614200000077", "142 0000 0077", "142-0000-0077",
                                   "１４２００００００７７", "0086 14200000077"])
async def test_a_number_in_an_example_is_nobodys(village: Village, desk: Desk, typed: str) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, f"打我男人的,{typed},嘎嘎嘎")
    await desk.corrects(await desk.newest(WANG), "HELP")
    async with village.database.session() as db:
        [row] = csv.DictReader(io.StringIO(await examples.labelled(db, by=village.boss)), delimiter="\t")
    assert row["text"] == "打我男人的,14200000000,嘎嘎嘎"


async def test_ready_sentences_are_about_the_job_on_the_table(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await village.job(meals=True)
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.push(job, approved_by=village.second)
    await village.says(WANG, "搞不懂你们这个东西哦")
    await village.says(STRANGER, "搞不懂你们这个东西哦")
    async with village.database.reading() as db:
        ready = await sentences.ready(db, await conversations.load(
            db, (await desk.newest(WANG)).id, village.boss))
        plain = await sentences.ready(db, await conversations.load(
            db, (await desk.newest(STRANGER)).id, village.boss))
    assert ready["when"] == "10号香菇分拣:明天中午12点到下午4点,在2号厂房集合"
    assert ready["pay"] == "10号香菇分拣:80元/天,当天结"
    assert "管饭,没有班车" in ready["meals"]
    assert "0719-7221234" in ready["ring"]
    assert not {"when", "pay", "meals"} & set(plain)
    for sentence in ready.values():
        assert length.measure(outbox.sign(sentence, PLAIN.sms_signature)).segments == 1


async def test_they_are_in_the_language_of_whoever_wrote(village: Village, desk: Desk) -> None:
    await village.neighbour("王桂香", WANG, language="en")
    await village.says(WANG, "what is this about?")
    async with village.database.reading() as db:
        ready = await sentences.ready(db, await desk.talk(WANG))
    assert ready["call"] == "We have read your text and will call you"
    assert i18n.language() == "zh"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_ready_sentence_fits_with_the_longest_job(language: str) -> None:
    turn("2026-03-10 12:00")
    job = Job(number=210, title="字" * TITLE_UNITS, place="地" * PLACE_UNITS, starts_at=moment("2026-11-25 11:45"),
              ends_at=moment("2026-11-25 15:45"), pay_fen=1_200_000, pay_per=PayPer.MONTH, paid_same_day=True,
              meals=False, bus=False)
    names = {path.stem for path in (FOLDER / language / "staff").glob("*.txt")}
    assert names == {*sentences.OF_A_JOB, *sentences.OF_THE_STATION, *sentences.PLAIN}
    for name in names:
        with i18n.speaking(language):
            said = words.text(f"staff/{name}.txt", job=job, pay=jobs.pay(job), station="0719-7221234")
        most = 1 if language == "zh" else 2  # a title in Chinese makes the whole of it count 70 units
        assert length.measure(outbox.sign(said, PLAIN.sms_signature)).segments <= most, said
