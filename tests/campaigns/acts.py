"""What officers do with campaigns in stories."""

from typing import Any

from sqlalchemy import select

from app.audience.filters import Filter
from app.campaigns import campaigns, options, sending
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.filler import Filler
from app.sms import batches
from app.sms.batches import Batch
from app.sms.outbox import Message
from app.staff.accounts import Officer
from tests.village import Village

TEXT = "{姓名}您好,节后想干活吗?回1想外出 2想就近 3暂不"


async def drafted(village: Village, text: str = TEXT, chosen: Filter | None = None, *, kind: Kind | None = None,
                  listing_id: int | None = None, title: str = "春季调查", by: Officer | None = None) -> Campaign:
    """A survey where the text offers answers, else a notice, unless the story says what it is."""
    kind = kind or (Kind.SURVEY if options.of(text) else Kind.NOTICE)
    async with village.database.session() as db:
        campaign = await campaigns.draft(db, title, kind=kind, by=by or village.boss)
        await campaigns.change(db, campaign, by=by or village.boss, chosen=chosen or Filter(), text=text,
                               listing_id=listing_id)
    return campaign


async def handed_in(village: Village, campaign: Campaign, *, sure: bool = False, by: Officer | None = None) -> Batch:
    async with village.database.session() as db:
        loaded = await db.get_one(Campaign, campaign.id)
        return await sending.hand_in(db, loaded, by=by or village.boss, sure=sure)


async def approved(village: Village, campaign: Campaign, *, by: Officer | None = None) -> None:
    async with village.database.session() as db:
        await sending.approve(db, await db.get_one(Campaign, campaign.id), by=by or village.second)


async def does(village: Village, verb: Any, batch: Batch, *, by: Officer | None = None) -> Any:
    """`verb` of batches: pause, resume, stop, refuse."""
    async with village.database.session() as db:
        return await verb(db, await db.get_one(Batch, batch.id), by=by or village.boss)


async def filled(village: Village) -> None:
    """Everything that is being written down is written down."""
    filler = Filler(village.database)
    while await filler.go_on():
        pass


async def texts_of(village: Village, batch: Batch) -> list[Message]:
    async with village.database.reading() as db:
        return list(await db.scalars(select(Message).where(Message.batch_id == batch.id).order_by(Message.phone)))


async def counted(village: Village, batch: Batch) -> dict[str, int]:
    async with village.database.reading() as db:
        return await batches.counts(db, batch)
