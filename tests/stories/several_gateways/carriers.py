"""Gateways of stories: carriers that do as they are told, and the texts for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from app.db import Database
from app.sms import outbox
from app.sms.breaker import Standing
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Abilities, Gateway, Made, Outbound, Outcome, Poll, Sent
from app.sms.inbox import Inbox
from app.sms.outbox import Message, Priority, Purpose
from tests.village import Village

NOON = "2026-03-10 12:00"


class Carrier:
    """Answers as the story says, and remembers what it was handed and what it took."""

    def __init__(self, name: str, *, batch: int = 4) -> None:
        self.name, self.abilities = name, Abilities(batch=batch, at_once=batch)
        self.answers: Outcome = Outcome.ACCEPTED
        self.reason, self.seconds = "", 0.0
        self.handed: list[Outbound] = []
        self.took: list[Outbound] = []

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        await asyncio.sleep(self.seconds)
        self.handed += texts
        if self.answers in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            self.took += texts
        given = self.answers == Outcome.ACCEPTED
        return [Sent(text.id, self.answers, f"{self.name}-{text.id}" if given else "", "" if given else self.reason,
                     "" if given else "http_500") for text in texts]

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        return [Sent(text.id, Outcome.UNKNOWN) for text in texts]

    async def poll(self) -> Poll:
        return Poll()

    async def check(self) -> list[str]:
        return []

    async def close(self) -> None:
        return None


def worker_of(village: Village, *carriers: Gateway, **settings: object) -> Dispatch:
    """A process that hands texts over to these, with other settings where some are named."""
    database = village.database
    if settings:
        database = Database(replace(database.settings, **settings))  # type: ignore[arg-type]  # names of fields
    return Dispatch(database, Made(database.settings, database, {one.name: one for one in carriers}), Inbox(database))


async def write(village: Village, count: int, *, bulk: bool = True, text: str = "您好", phone: str = "") -> list[int]:
    """Texts that are due now, written for the first gateway of their list; returns their ids."""
    async with village.database.session() as db:
        settings = village.database.settings
        rows = [{**outbox.written(settings, to=phone or f"+861420000{i:04}", text=text,
                                  purpose=Purpose.SERVICE if bulk else Purpose.ANSWER),
                 "priority": Priority.BULK if bulk else Priority.REPLY,
                 "gateway": settings.bulk_gateways[0] if bulk else settings.reply_gateways[0]} for i in range(count)]
        await outbox.queue_all(db, rows)
        return list(await db.scalars(select(Message.id).order_by(Message.id.desc()).limit(count)))


async def rounds(worker: Dispatch, *, most: int = 50) -> int:
    """Until nothing is left to hand over at this moment."""
    done = 0
    for _round in range(most):
        handed = await worker.drain_once()
        done += handed
        if not handed:
            break
    return done


async def states(village: Village) -> dict[tuple[str, str], int]:
    """How many texts by gateway and status."""
    found: dict[tuple[str, str], int] = {}
    async with village.database.reading() as db:
        for message in await db.scalars(select(Message)):
            key = (message.gateway, message.status)
            found[key] = found.get(key, 0) + 1
    return found


async def standing(village: Village, name: str) -> Standing:
    """How that gateway stands."""
    async with village.database.reading() as db:
        return await db.get_one(Standing, name)
