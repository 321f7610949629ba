"""What a person has to deal with: a call task with the words, and a sentence that says so."""

import hashlib
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls import calls
from app.calls.calls import Call, Why
from app.listings.listings import Listing
from app.sms.answers import Answer, Needs, Said

_NEEDS = {Why.URGENT: Needs.URGENT, Why.COMPLAINT: Needs.COMPLAINT, Why.WRONG_PERSON: Needs.COMPLAINT,
          Why.QUESTION: Needs.QUESTION, Why.NOT_UNDERSTOOD: Needs.NOT_UNDERSTOOD}


async def to_staff(db: AsyncSession, said: Said, why: Why, template: str, **values: object) -> Answer:
    """Make the call task, where the phone's people live, and say the template."""
    return Answer(words.text(template, station=said.station_phone, **values), needs=needs(why),
                  brief=words.text(template, station="", **values), did=await ask(db, said, why),
                  addressed=tuple(person.id for person in said.people))


async def ask(db: AsyncSession, said: Said, why: Why, *, about: Listing | None = None) -> dict[str, Any]:
    """Make the call task, or let an open one take the words in; returns what goes into `Answer.did`: the tasks that
    hold the words of this text alone, by id, with their mark."""
    area_id = said.area.id if said.area else about.area_id if about else await calls.anywhere(db)
    call = await calls.ask(db, why, phone=said.phone, resident=said.people[0] if said.people else None,
                           said=said.text, area_id=area_id, listing_id=about.id if about else None)
    alone = call.said == said.text[:len(call.said)]
    return {"calls": {str(call.id): mark(call)}} if alone else {}


def mark(call: Call) -> str:
    """Tells a task with just these words from this phone from any other, also from one that has its id since."""
    return hashlib.sha256(f"{call.phone} {call.said}".encode()).hexdigest()[:16]


def needs(why: Why) -> Needs:
    """Why staff should look at a text that led to such a call task."""
    return _NEEDS.get(why, Needs.TOLD)
