"""Who wrote, and what were they asked? Made from the registry and from what these phones were told lately."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.listings import listings
from app.org import areas
from app.residents import residents
from app.sms import extensions, outbox
from app.sms.answers import Said
from app.sms.outbox import Message, Purpose, Status
from app.sms.reading import KINDS, Context


async def of(db: AsyncSession, texts: Mapping[str, str], written_to: Mapping[str, str] | None = None,
             ) -> dict[str, Said]:
    """By phone: everything about its one incoming text that the answer may need. `written_to` are the extensions of
    ours to which the texts were written, where they are known."""
    return await _about(db, texts, await outbox.recent(db, list(texts)), written_to or {})


async def as_it_was(db: AsyncSession, phone: str, text: str, *, inbound_id: int, moment: datetime,
                    written_to: str | None) -> Said:
    """The same for a text that was answered at that moment: what was on the table then."""
    told = (await outbox.recent(db, [phone], before=moment))[phone]
    before = [message for message in told if message.inbound_id != inbound_id]
    return (await _about(db, {phone: text}, {phone: before}, {phone: written_to or ""}))[phone]


async def _about(db: AsyncSession, texts: Mapping[str, str], told: Mapping[str, list[Message]],
                 written_to: Mapping[str, str]) -> dict[str, Said]:
    phones = list(texts)
    threads = await extensions.threads(db, told, written_to)
    people = await residents.by_phones(db, phones)
    places = {phone: people[phone][0].area_id if people[phone] else next(
        (one.area_id for one in told[phone] if one.area_id), None) for phone in phones}
    communities = await areas.communities_of(db, {place for place in places.values() if place})
    about = await listings.with_ids(db, {one.listing_id for phone in phones for one in told[phone] if one.listing_id})
    said = {}
    for phone in phones:
        context, asked = context_of(threads[phone])
        names = tuple(person.name for person in people[phone] if not any(map(str.isdigit, person.name)))
        said[phone] = Said(phone=phone, text=texts[phone], people=people[phone], told=told[phone], asked=asked,
                           context=replace(context, names=names), area=communities.get(places[phone] or 0),
                           about=tuple(about[one.listing_id] for one in told[phone] if one.listing_id in about))
    return said


def context_of(told: Sequence[Message]) -> tuple[Context, Message | None]:
    """The open question, and the message that asked it. Pushes since the last answer are on the table together,
    newest first; any other question stands alone; a text that asked nothing (a code, news) changes nothing, but an
    answer of ours ends what was asked before it. What still waits for the morning has asked nothing yet."""
    pushes: list[Message] = []
    now = clock.now()
    for message in told:
        kind = message.asks.partition(":")[0]
        bulk = message.purpose == Purpose.PUSH and kind != "push"  # it may be paused, or wait for the carrier
        if message.status == Status.QUEUED and (message.next_at > now or bulk):
            continue
        if message.purpose == Purpose.PUSH and kind == "push":
            pushes.append(message)
        elif pushes and (message.asks or message.purpose == Purpose.ANSWER):
            break
        elif kind in KINDS:
            asked = Context.parse(message.asks)
            return replace(asked, options=tuple(message.memory.get("options", ()))), message
        elif message.purpose == Purpose.ANSWER:
            break
    if not pushes:
        return Context(), None
    numbers = dict.fromkeys(Context.parse(message.asks).numbers[0] for message in pushes)
    return Context("push", tuple(numbers)), pushes[0]
