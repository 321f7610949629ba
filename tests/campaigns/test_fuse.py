"""A carrier that refuses everything: the campaign pauses by itself, says why, and loses nobody."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.settings import Settings
from app.sms import batches
from app.sms.batches import Batch, State
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Abilities, Made, Outbound, Outcome, Poll, Reason, Sent
from app.sms.outbox import Status
from tests.campaigns.acts import counted, does, drafted, handed_in, texts_of
from tests.conftest import PLAIN
from tests.stories.acts import batch_now, drain, turn
from tests.village import Village


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=1000)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


class Sulky:
    """A carrier that says no, for one reason, to as many texts as it is told to, and takes the others."""

    name = "simulator"
    abilities = Abilities(batch=10, at_once=1)

    def __init__(self, outcome: Outcome, reason: Reason, most: int = 10_000) -> None:
        self.outcome, self.reason, self.left = outcome, reason, most
        self.asked = 0

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        self.asked += len(texts)
        said = []
        for text in texts:
            self.left -= 1
            said.append(Sent(text.id, self.outcome, reason=self.reason, code="4711") if self.left >= 0
                        else Sent(text.id, Outcome.ACCEPTED, provider_id=f"p{text.id}"))
        return said

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        return []

    async def poll(self) -> Poll:
        return Poll()

    async def check(self) -> list[str]:
        return []

    async def close(self) -> None:
        return None


@pytest.fixture
async def sixty(village: Village) -> Batch:
    for number in range(60):
        await village.neighbour(f"孙{number}", f"142000010{number:02}", agreed=True)
    return await handed_in(village, await drafted(village))


async def hand_over(village: Village, carrier: Sulky, times: int = 20) -> None:
    made = Made(village.database.settings, village.database, {"simulator": carrier})
    dispatch = Dispatch(village.database, made, village.inbox())
    for _ in range(times):
        await dispatch.drain_once()



async def test_it_pauses_when_the_carrier_refuses_one_after_the_other(village: Village, sixty: Batch) -> None:
    carrier = Sulky(Outcome.REFUSED, Reason.BLOCKED)
    await hand_over(village, carrier)
    now = await batch_now(village, sixty)
    assert (now.state, now.trouble) == (State.PAUSED, Reason.BLOCKED)
    assert carrier.asked == 20  # two claims of ten, and none of the other forty
    assert await counted(village, sixty) == {Status.FAILED: 20, Status.QUEUED: 40}


async def test_our_account_stops_it_at_once_and_nobody_is_lost(village: Village, sixty: Batch) -> None:
    for outcome in (Outcome.REFUSED, Outcome.TRY_LATER):
        carrier = Sulky(outcome, Reason.ACCOUNT)
        await hand_over(village, carrier)
        now = await batch_now(village, sixty)
        assert (now.state, now.trouble, carrier.asked) == (State.PAUSED, Reason.ACCOUNT, 10)
        assert await counted(village, sixty) == {Status.QUEUED: 60}
        await does(village, batches.resume, sixty)
    turn("2026-03-10 12:30")
    await drain(village)
    assert await counted(village, sixty) == {Status.ACCEPTED: 60}
    assert (await batch_now(village, sixty)).trouble == ""
    assert {text.attempts for text in await texts_of(village, sixty)} <= {1, 2, 3}


@pytest.mark.parametrize("reason", [Reason.QUOTA, Reason.ACCOUNT])
async def test_a_used_up_quota_stops_it_too_and_is_called_that(village: Village, sixty: Batch, reason: Reason) -> None:
    class Sulkier(Sulky):
        """Says two things at once: the graver one is what staff are told."""

        async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
            said = await super().send(texts)
            return [said[0]._replace(reason=Reason.QUOTA), *said[1:]]

    await hand_over(village, Sulkier(Outcome.TRY_LATER, reason))
    now = await batch_now(village, sixty)
    assert (now.state, now.trouble) == (State.PAUSED, reason)
    assert await counted(village, sixty) == {Status.QUEUED: 60}


async def test_some_bad_numbers_are_no_trouble(village: Village, sixty: Batch) -> None:
    await hand_over(village, Sulky(Outcome.REFUSED, Reason.NO_SUCH_NUMBER, most=19))
    assert (await batch_now(village, sixty)).state == State.QUEUED
    assert await counted(village, sixty) == {Status.FAILED: 19, Status.ACCEPTED: 41}


async def test_a_busy_carrier_is_no_trouble_either(village: Village, sixty: Batch) -> None:
    await hand_over(village, Sulky(Outcome.TRY_LATER, Reason.BUSY))
    assert (await batch_now(village, sixty)).state == State.QUEUED
    assert await counted(village, sixty) == {Status.QUEUED: 60}
    turn("2026-03-10 12:10")
    await drain(village)
    assert await counted(village, sixty) == {Status.ACCEPTED: 60}


async def test_it_can_pause_again(village: Village, sixty: Batch) -> None:
    carrier = Sulky(Outcome.REFUSED, Reason.BLOCKED)
    await hand_over(village, carrier)
    await does(village, batches.resume, sixty)
    await hand_over(village, carrier)
    assert (await batch_now(village, sixty)).trouble == Reason.BLOCKED
    assert carrier.asked == 40  # what was refused before somebody let it go on says nothing any more
