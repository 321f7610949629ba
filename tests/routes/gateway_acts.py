"""What the stories of all gateways ask of the station."""

import asyncio

from sqlalchemy import insert, select

from app import clock
from app.db import Database
from app.sms import receipts
from app.sms.outbox import Message, Status
from tests.routes.conftest import rows

WANG = "+8614200000001"


async def text_left(database: Database, gateway: str, status: Status, provider_id: str | None) -> None:
    """Text 41 to Wang, which this gateway was given."""
    async with database.session() as db:
        await db.execute(insert(Message).values(
            id=41, phone=WANG, body="您好", segments=1, purpose="answer", priority=0, gateway=gateway, status=status,
            next_at=clock.now(), provider_id=provider_id, addressed=[], memory={}, created_at=clock.now()))


async def applied(database: Database) -> Message:
    """The only text, once what came about it was applied."""
    async with database.session() as db:
        await receipts.apply_kept(db)
    (message,) = await rows(database, select(Message))
    found: Message = message
    return found


async def becomes(database: Database, status: str) -> Message:
    """The newest text, once it has come to this."""
    for _ in range(100):
        messages: list[Message] = await rows(database, select(Message).order_by(Message.id.desc()))
        if messages and messages[0].status == status:
            return messages[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"no text became {status}: {[(m.status, m.reason) for m in messages]}")
