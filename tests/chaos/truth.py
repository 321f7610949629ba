"""Whether what we say of every text is what the provider and the phones know."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.campaigns import progress, results
from app.db import Database
from app.sms.batches import Batch, State
from app.sms.gateways.base import Outcome
from app.sms.outbox import Attempt, Message, Status
from app.staff.accounts import Officer
from tests.chaos.provider import DELIVERED, Call, Provider, Text

_ENDS = {DELIVERED: Status.DELIVERED}  # every other receipt that is an end says failed
_ANSWERED: dict[int | str, Outcome] = {
    202: Outcome.ACCEPTED, 400: Outcome.REFUSED, 503: Outcome.TRY_LATER}  # otherwise nobody knows


@dataclass(frozen=True)
class Told:
    """One text: what we say of it and of each try, and what the provider knows."""

    text: Text
    status: str
    reason: str
    attempts: int
    tries: Sequence[Any]
    calls: Sequence[Call]
    got: int
    end: int | None

    @property
    def died(self) -> bool:
        """Whether a dispatcher died while it held it."""
        return any(one.code == "lease" for one in self.tries)

    def problems(self) -> list[str]:
        """What is not true of it."""
        return [*self._of_state(), *self._of_tries()]

    def _of_state(self) -> list[str]:
        found = []
        if self.status == Status.DELIVERED and not self.got:
            found.append("delivered, and the phone has nothing")
        if self.status == Status.FAILED and self.got:
            found.append("failed, and the phone has it")
        if self.status in (Status.QUEUED, Status.WITHDRAWN) and any(call.fate.taken for call in self.calls):
            found.append("never left, and the provider took it")
        if self.status not in (Status.DELIVERED, Status.FAILED, Status.UNKNOWN, Status.WITHDRAWN):
            found.append("has not ended")
        if self.end is not None and self.status != _ENDS.get(self.end, Status.FAILED):
            found.append(f"the provider told us {self.end}")
        return found

    def _of_tries(self) -> list[str]:
        found = []
        if [one.number for one in self.tries] != list(range(1, self.attempts + 1)):
            found.append("its tries are not in order")
        if any(one.outcome != Outcome.TRY_LATER for one in self.tries[:-1]):
            found.append("handed over again although it was perhaps taken")
        if len(self.calls) > len(self.tries):
            found.append("handed over without a word of it")
        if len(self.calls) == len(self.tries) and not self.died and [one.outcome for one in self.tries] != [
                _ANSWERED.get(call.fate.answer, Outcome.UNKNOWN) for call in self.calls]:
            found.append("the provider answered something else")
        if self.got > 1 and not any(one.outcome == Outcome.UNKNOWN for one in self.tries):
            found.append("two went to the phone, and nobody was in doubt")
        return found


async def all_told(database: Database, provider: Provider) -> list[Told]:
    async with database.reading() as db:
        tries: dict[int, list[Any]] = {}
        for one in await db.execute(select(Attempt.message_id, Attempt.number, Attempt.outcome, Attempt.code)
                                    .order_by(Attempt.message_id, Attempt.number)):
            tries.setdefault(one.message_id, []).append(one)
        rows = (await db.execute(select(Message.id, Message.phone, Message.body, Message.status, Message.reason,
                                        Message.attempts).order_by(Message.id))).all()
    return [Told((row.phone, row.body), row.status, row.reason, row.attempts, tries.get(row.id, []),
                 provider.calls.get((row.phone, row.body), []), provider.got[(row.phone, row.body)],
                 provider.told.get((row.phone, row.body))) for row in rows]


def lies(told: Sequence[Told], provider: Provider) -> list[str]:
    """Everything that is not true, and what phones got that we know nothing of."""
    found = [f"{one.text}: {problem} ({one})" for one in told for problem in one.problems()]
    strange = set(provider.calls) - {one.text for one in told}
    return found + [f"{text}: none of ours" for text in strange]


async def counts_agree(database: Database, batch_id: int, officer: Officer) -> Counter[str]:
    """Of one bulk send: the rows, the counts of the send, and what its page shows by building, are the same."""
    async with database.reading() as db:
        batch = await db.get_one(Batch, batch_id)
        rows = Counter(await db.scalars(select(Message.status).where(Message.batch_id == batch_id)))
        shown = await progress.of(db, batch)
        buildings = results.together(await results.by_building(db, batch, officer))
        people = await results.count(db, batch, results.Which(), officer)
    assert batch.state == State.FINISHED
    assert sum(rows.values()) == batch.texts == people
    assert rows == Counter(shown.statuses) == buildings.states
    assert shown.unwritten == shown.moving == 0
    return rows


def figures(told: Sequence[Told]) -> str:
    states = Counter(one.status for one in told)
    doubted = sum(any(n.outcome == Outcome.UNKNOWN for n in one.tries) for one in told)
    return f"{dict(states)}, {doubted} were in doubt for a while, {sum(one.died for one in told)} in dead hands"
