"""Who wrote, and what were they asked? Made from the registry and from what this phone was told lately."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.org import areas
from app.org.areas import Area
from app.residents import residents
from app.residents.residents import Resident
from app.sms import outbox
from app.sms.answers import Said
from app.sms.outbox import Message, Purpose
from app.sms.reading import KINDS, Context


async def of(db: AsyncSession, phone: str, text: str) -> Said:
    """Everything about one incoming text that its answer may need."""
    people = await residents.by_phone(db, phone)
    told = await outbox.recent(db, phone)
    context, asked = context_of(told)
    return Said(phone=phone, text=text, people=people, context=context, asked=asked,
                area=await _community(db, people, told))


def context_of(told: Sequence[Message]) -> tuple[Context, Message | None]:
    """The open question, and the message that asked it. Pushes since the last answer are on the table together,
    newest first; any other question stands alone; a text that asked nothing (a code, news) changes nothing, but an
    answer of ours ends what was asked before it."""
    pushes: list[Message] = []
    for message in told:
        kind = message.asks.partition(":")[0]
        if message.purpose == Purpose.PUSH and kind == "push":
            pushes.append(message)
        elif pushes and (message.asks or message.purpose == Purpose.ANSWER):
            break
        elif kind in KINDS:
            return Context.parse(message.asks), message
        elif message.purpose == Purpose.ANSWER:
            break
    if not pushes:
        return Context(), None
    numbers = dict.fromkeys(Context.parse(message.asks).numbers[0] for message in pushes)
    return Context("push", tuple(numbers)), pushes[0]


async def _community(db: AsyncSession, people: Sequence[Resident], told: Sequence[Message]) -> Area | None:
    """The community of the people, else of what the phone was told last."""
    area_id = people[0].area_id if people else next((one.area_id for one in told if one.area_id), None)
    return await areas.community_of(db, await areas.get(db, area_id)) if area_id else None
