"""What staff do at the desk about the texts that came."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from app.desk import conversations, corrections, replies
from app.desk.conversations import Conversation
from app.desk.corrections import Choice
from app.sms.arrivals import Inbound
from app.sms.outbox import Message
from app.staff.accounts import Officer
from app.staff.audit import Audit
from tests.village import SIGNATURE, Village


@dataclass
class Desk:
    """One officer of the village, each deed in a transaction of its own."""

    village: Village
    officer: Officer

    async def newest(self, phone: str) -> Inbound:
        """The newest text from that phone."""
        async with self.village.database.reading() as db:
            [text, *_older] = await db.scalars(select(Inbound).where(Inbound.phone == "+86" + phone)
                                               .order_by(Inbound.id.desc()))
        return text

    async def talk(self, phone: str) -> Conversation:
        async with self.village.database.reading() as db:
            return await conversations.load(db, (await self.newest(phone)).id, self.officer)

    async def choices(self, phone: str) -> list[str]:
        """The keys of what the newest text may have meant."""
        async with self.village.database.reading() as db:
            one = await conversations.load(db, (await self.newest(phone)).id, self.officer)
            return [choice.key for choice in await corrections.choices(db, one.text, self.officer)]

    async def corrects(self, text: Inbound, intent: str, **slots: str) -> list[str]:
        """What the writer is told of it, without the signature."""
        phone = text.phone.removeprefix("+86")
        before = len(await self.village.texts(phone))
        async with self.village.database.session() as db:
            await corrections.correct(db, await db.get_one(Inbound, text.id), Choice(intent, slots), by=self.officer)
        return [body.removeprefix(SIGNATURE) for body in (await self.village.texts(phone))[before:]]

    async def answers(self, phone: str, words: str) -> Message:
        one = await self.talk(phone)
        async with self.village.database.session() as db:
            return await replies.answer(db, one, words, by=self.officer)

    async def waiting(self) -> int:
        async with self.village.database.reading() as db:
            return await conversations.waiting(db, self.officer)

    async def audited(self, verb: str) -> list[Audit]:
        async with self.village.database.reading() as db:
            return list(await db.scalars(select(Audit).where(Audit.verb == verb).order_by(Audit.id)))


@pytest.fixture
def desk(village: Village) -> Desk:
    return Desk(village, village.boss)
