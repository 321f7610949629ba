"""Texts to my phone: stopped and had again with the words of the texts, and why each of them came."""

import pytest
from sqlalchemy import select

from app import clock
from app.sms import consent, outbox
from app.sms.consent import JOBS, NOTICES, ConsentRecord, Word
from app.sms.outbox import Message, Status
from tests.routes.conftest import rows
from tests.routes.phone.conftest import WANG, Browser, proved
from tests.village import Village


async def _word(village: Village, purpose: str = JOBS) -> Word | None:
    async with village.database.reading() as db:
        return await consent.word(db, f"+86{WANG}", purpose)


async def test_stop_and_start_say_what_a_text_says(village: Village, browser: Browser) -> None:
    clock.turn(clock.at(clock.today(), clock.local(clock.now()).time().replace(hour=10)))
    await village.neighbour("王秀英", WANG, agreed=True, wishes=["香菇"])
    await village.push(await village.job())
    await proved(browser, village, WANG)
    await browser.open("/me/texts")
    page = await browser.send("/me/texts", button="短信都不收了")
    assert "找活短信和通知都停发了。想再收,请回&#34;恢复&#34;。有事打0719-7221234" in page
    [by_text] = await village.says(WANG, "退订")
    assert by_text == '找活短信和通知都停发了。想再收,请回"恢复"。有事打0719-7221234'
    waiting = await rows(village.database, select(Message.status).where(Message.purpose == "push"))
    assert waiting == [Status.WITHDRAWN]
    page = await browser.send("/me/texts", button="可以给我发短信")
    assert "好的,短信照常发给您。不想收了,请回TD" in page
    assert await _word(village) == Word.AGREED
    said = await rows(village.database, select(ConsentRecord.source).order_by(ConsentRecord.id))
    assert said == ["form", "page", "text", "page"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_one_purpose_alone(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG, agreed=True)
    await proved(browser, village, WANG)
    await browser.open("/me/texts")
    await browser.send("/me/texts", button='name="about" value="jobs"')
    assert (await _word(village), await _word(village, NOTICES)) == (Word.STOPPED, Word.AGREED)
    await browser.send("/me/texts", button='name="about" value="notices"')
    assert (await _word(village), await _word(village, NOTICES)) == (Word.STOPPED, Word.STOPPED)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_text_has_its_reason(village: Village, browser: Browser) -> None:
    clock.turn(clock.at(clock.today(), clock.local(clock.now()).time().replace(hour=10)))
    wang = await village.neighbour("王秀英", WANG, agreed=True, wishes=["香菇"])
    job = await village.job()
    await village.push(job)
    await village.says(WANG, "10")
    await proved(browser, village, WANG)
    async with village.database.session() as db:
        await outbox.queue(db, to=f"+86{WANG}", text="您好", purpose=outbox.Purpose.ANSWER, addressed=[wang.id])
        await outbox.queue(db, to=f"+86{WANG}", text="提醒", purpose=outbox.Purpose.SERVICE, addressed=[wang.id],
                           listing_id=job.id)
        for message in await db.scalars(select(Message)):
            message.status, message.sent_at = Status.DELIVERED, clock.now()
    page = await browser.open("/me/why")
    for said in ("答应收这样的短信（纸质表）", "您说过想做香菇", "发来的短信：“10”", "有人要的", "就业站的人写给您的",
                 "说的是您报的10号：香菇分拣"):
        assert said in page, page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_shared_phone_shows_nobody_the_others_texts(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    zhang = await village.neighbour("张建国", WANG)
    async with village.database.session() as db:
        message = await outbox.queue(db, to=f"+86{WANG}", text="张建国的事", purpose=outbox.Purpose.ANSWER,
                                     addressed=[zhang.id])
        message.status, message.sent_at = Status.DELIVERED, clock.now()
    await proved(browser, village, WANG)
    await browser.open("/me/why")
    assert "王秀英" in browser.page
    await browser.send("/me/who", resident=await _id(village, "王秀英"))
    assert browser.path == "/me/why"
    assert "张建国的事" not in browser.page
    assert "这条是发给用这个手机的别人的" in browser.page


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("path", ["/me/texts", "/me/why", "/me/known", "/me/correct", "/me/language", "/me/delete",
                                  "/me/words/skill", "/me/copy/txt"])
async def test_nobody_sees_it_who_has_not_proved_a_phone(village: Village, browser: Browser, path: str) -> None:
    await browser.open(path)
    assert browser.path == "/login"


async def _id(village: Village, name: str) -> str:
    from app.residents.residents import Resident

    return str((await rows(village.database, select(Resident.id).where(Resident.name == name)))[0])
