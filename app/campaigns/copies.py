"""What one person would get: the exact text, or why none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from app.audience import reach
from app.campaigns import plan
from app.campaigns.plan import Example, Plan
from app.residents.residents import Resident

NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True)
class Copy:
    """`why` is the reason why there is no text: one of reach.REASONS, `no_building`, or that the person is not among
    those who were chosen."""

    person: Resident
    text: Example | None
    why: str = ""


async def of(db: AsyncSession, planned: Plan, people: Sequence[Resident]) -> list[Copy]:
    """A copy for each of a few people. On a shared phone one text greets all whom it is for."""
    told = await plan.told(db, planned, {person.phone for person in people if person.phone})
    copies = []
    for person in people:
        text, addressed = told.get(person.phone or "", (None, []))
        copies.append(Copy(person, text) if person.id in addressed else
                      Copy(person, None, await _why_not(db, planned, person)))
    return copies


async def _why_not(db: AsyncSession, planned: Plan, person: Resident) -> str:
    chosen = planned.whom.filter
    if chosen.people is not None and person.id not in chosen.people:
        return NOT_CHOSEN
    alone = replace(planned.whom, filter=replace(chosen, people=(person.id,)))
    counted = await reach.count(db, alone, planned.leaves, listing_id=planned.campaign.listing_id)
    if not counted.matching:
        return NOT_CHOSEN
    return next(iter(counted.left_out), "no_building")
