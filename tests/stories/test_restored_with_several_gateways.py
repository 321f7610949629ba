"""Texts change over while a gateway fails, and a back-up does not know which one took them since."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from app.backups import hold
from app.backups.engines import MARK, WAITING
from app.db import Fact
from app.settings import Settings
from app.sms import handover, outbox
from app.sms.outbox import Message, Purpose, Status
from tests.conftest import PLAIN
from tests.stories.acts import WANG
from tests.village import Village


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, sms_gateway="twilio,kannel")


async def test_the_one_that_never_got_a_text_is_not_asked_whether_to_send_it_again(village: Village) -> None:
    async with village.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.ANSWER)
        await outbox.queue(db, to="+86" + WANG, text="在吗", purpose=Purpose.ANSWER)
        assert await db.scalar(select(Message.gateway).limit(1)) == "twilio"
    # One is with Twilio when the back-up is taken; then Twilio fails, and Kannel takes both.
    async with village.database.session() as db:
        first = (await db.scalars(select(Message).order_by(Message.id).limit(1))).one()
        first.status, first.worker, first.attempts = Status.SENDING, "gone:1:x", 1
        await db.execute(insert(Fact).values(name=MARK, value=WAITING))
    assert await hold.if_restored(village.database) == hold.Held(batches=0, texts=2)
    async with village.database.session() as db:
        assert await handover.unsure(db, "twilio", most=10) == []
        assert set(await db.scalars(select(Message.status).where(Message.phone == "+86" + WANG))) == {Status.UNKNOWN}
