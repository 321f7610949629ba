"""What people of the station do in stories, and how to look at what came of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.calls.calls import Call
from app.jobs import jobs
from app.jobs.jobs import Draft, Job
from app.listings import signups
from app.listings.listings import Listing
from app.listings.signups import Signup, Via
from app.residents.residents import Resident
from app.sms.arrivals import Inbound
from app.sms.batches import Batch
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Made
from app.sms.outbox import Message
from tests.village import SIGNATURE, Village

WANG, LI, ZHAO, STRANGER = "14200000001", "14200000002", "14200000003", "14200000009"


def turn(wall: str) -> datetime:
    """Turn the clock to what a clock on a wall in China shows, such as 2026-03-10 12:00."""
    clock.turn(moment(wall))
    return moment(wall)


def moment(wall: str) -> datetime:
    return datetime.fromisoformat(wall.replace(" ", "T") + ":00+08:00")


async def signs_up(village: Village, job: Listing, person: Resident, *, via: Via = Via.PAGE) -> Signup:
    async with village.database.session() as db:
        return await signups.sign_up(db, job, person, via=via, by=village.boss if via == Via.STAFF else None)


async def changes(village: Village, job: Job, **facts: Any) -> None:
    """Staff enter new facts of the job."""
    names = Draft.__dataclass_fields__
    async with village.database.session() as db:
        loaded = await jobs.get(db, job.id)
        assert loaded
        draft = Draft(**{name: getattr(loaded, name) for name in names})
        await jobs.change(db, loaded, replace(draft, **facts), by=village.boss)


async def calls_off(village: Village, job: Job) -> None:
    async with village.database.session() as db:
        await jobs.call_off(db, await db.get_one(Job, job.id), by=village.boss)


async def closes(village: Village, job: Job) -> None:
    async with village.database.session() as db:
        await jobs.close(db, await db.get_one(Job, job.id), by=village.boss)


async def messages(village: Village, phone: str) -> list[Message]:
    async with village.database.reading() as db:
        return list(await db.scalars(select(Message).where(Message.phone == "+86" + phone).order_by(Message.id)))


async def last(village: Village, phone: str) -> str:
    """The newest text to this phone, without the signature."""
    return (await village.texts(phone))[-1].removeprefix(SIGNATURE)


async def tasks(village: Village) -> list[tuple[str, str, str]]:
    """(name or phone, why, what is to be said or was) of every call task."""
    async with village.database.reading() as db:
        rows = await db.scalars(select(Call).options(joinedload(Call.resident)).order_by(Call.id))
        return [(call.resident.name if call.resident else call.phone, call.why, call.said) for call in rows]


async def needed(village: Village) -> list[str]:
    """Why staff should look at the texts that came, one after the other; "" where they need not."""
    async with village.database.reading() as db:
        return list(await db.scalars(select(Inbound.needs).order_by(Inbound.id)))


async def batch_now(village: Village, batch: Batch) -> Batch:
    async with village.database.reading() as db:
        return await db.get_one(Batch, batch.id)


def worker(village: Village, gateways: Made | None = None) -> Dispatch:
    """A process that drains the outbox."""
    return Dispatch(village.database, gateways or village.carrier(), village.inbox())


async def drain(village: Village) -> None:
    """Hand over everything that may leave now, and take note of the receipts."""
    working = worker(village)
    while await working.drain_once():
        pass
    await working.poll_once()
