"""Sentences to start an answer from, in the language of whoever wrote, with what the job on the table says."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.desk import replies
from app.desk.conversations import Conversation
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import listings, signups
from app.listings.listings import Listing
from app.org import areas
from app.sms.arrivals import Inbound
from app.sms.reading import Context

OF_A_JOB, OF_AN_OCCASION = ("when", "pay", "meals"), ("when",)
OF_THE_STATION = ("ring",)
PLAIN = ("call", "visit", "none", "noted")


async def ready(db: AsyncSession, conversation: Conversation) -> Mapping[str, str]:
    """By name of the file in templates/sms/<language>/staff: those that can be said now."""
    text, people = conversation.text, conversation.people
    found = await on_table(db, conversation)
    job = found if isinstance(found, Job) else None
    station = (await areas.community_of(db, await areas.get(db, text.area_id))).phone if text.area_id else ""
    about = OF_A_JOB if job else OF_AN_OCCASION if found else ()
    names = (*about, PLAIN[0], *(OF_THE_STATION if station else ()), *PLAIN[1:])
    leaves = await replies.may_leave(db, text.phone)
    with i18n.speaking(people[0].language if people else i18n.DEFAULT), words.leaving(leaves):
        pay = jobs.pay(job) if job else ""
        return {name: words.text(f"staff/{name}.txt", job=found, pay=pay, station=station) for name in names}


async def on_table(db: AsyncSession, conversation: Conversation) -> Listing | None:
    """The open job or occasion that the newest text is about: which it names, which it answers to, or else the next
    that somebody of this phone goes to."""
    text = conversation.text
    if text.area_id is not None:
        for number in _numbers(text):
            listing = await listings.by_number(db, number, area_id=text.area_id)
            if listing is not None and listing.open:
                return await jobs.get(db, listing.id) or listing
    held = await signups.held_by(db, [person.id for person in conversation.people])
    return await jobs.get(db, held[0].listing_id) or held[0].listing if held else None


def _numbers(text: Inbound) -> list[int]:
    named = str(text.slots.get("jobs") or text.slots.get("job") or "").split("+")
    return [*(int(part) for part in named if part.isdigit()), *Context.parse(text.context or "none").numbers]
