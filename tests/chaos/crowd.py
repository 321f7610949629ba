"""Many neighbours, a campaign to all of them, and answers to some."""

from collections.abc import Sequence
from random import Random

from sqlalchemy import insert, select

from app import clock
from app.db import Database
from app.residents.residents import Resident
from app.sms import outbox
from app.sms.batches import Batch, State
from app.sms.consent import JOBS, Consent, Word
from app.sms.outbox import Purpose
from tests.campaigns.acts import approved, drafted, handed_in
from tests.stories import station as watching
from tests.village import Village


async def gather(village: Village, count: int) -> list[str]:
    """So many who agreed to texts; returns their phones."""
    phones = [f"+86142{number:08d}" for number in range(count)]
    async with village.database.session() as db:
        db.add_all([Resident(name=f"孙{phone[-4:]}", phone=phone, area_id=village.building.id, work_status="seeking")
                    for phone in phones])
        await db.execute(insert(Consent), [
            {"phone": phone, "purpose": JOBS, "word": Word.AGREED, "since": clock.now()} for phone in phones])
    return phones


async def tell_all(village: Village) -> Batch:
    """A campaign to everybody that a clerk wrote and a supervisor approves. Dispatchers must be at work."""
    campaign = await drafted(village)
    batch = await handed_in(village, campaign)
    await watching.until(lambda: _waits(village.database, batch.id))
    await approved(village, campaign)
    return batch


async def answer(database: Database, phones: Sequence[str], random: Random, count: int, *, since: int) -> None:
    """So many single texts, no two of them alike."""
    async with database.session() as db:
        for number in range(since, since + count):
            await outbox.queue(db, to=random.choice(phones), text=f"已给您报上第{number}号", purpose=Purpose.ANSWER)


async def _waits(database: Database, batch_id: int) -> bool:
    [[state]] = await watching.rows(database, select(Batch.state).where(Batch.id == batch_id))
    return bool(state == State.AWAITING_APPROVAL)
