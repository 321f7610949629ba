"""Several calls at once, each of one text: what trouble does to the rest of a claim."""

import asyncio
from collections.abc import Sequence

import pytest

from app.sms.gateways import _one_by_one
from app.sms.gateways.base import Outbound, Outcome, Reason, Sent

TEXTS = [Outbound(number, f"+861420000{number:04}", "您好", 1) for number in range(100)]


class Provider:
    """Answers by the place of a text; `called` are those that it saw."""

    def __init__(self, *, troubled: Sequence[int], outcome: Outcome = Outcome.UNKNOWN, reason: str = "") -> None:
        self.troubled, self.outcome, self.reason = set(troubled), outcome, reason
        self.called: list[int] = []
        self.open_now = self.open_most = 0

    async def call(self, text: Outbound) -> Sent:
        self.called.append(text.id)
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        await asyncio.sleep(0)
        self.open_now -= 1
        if text.id in self.troubled:
            return Sent(text.id, self.outcome, reason=self.reason, code="http_500")
        return Sent(text.id, Outcome.ACCEPTED, f"p{text.id}")


async def test_each_text_is_called_for_once_and_several_at_once() -> None:
    provider = Provider(troubled=())
    sent = await _one_by_one.hand_over(TEXTS, provider.call, at_once=10)
    assert sorted(provider.called) == sorted(one.id for one in sent) == [text.id for text in TEXTS]
    assert provider.open_most == 10


@pytest.mark.parametrize(("outcome", "reason"), [(Outcome.UNKNOWN, ""), (Outcome.TRY_LATER, Reason.ACCOUNT)])
async def test_after_as_much_trouble_as_goes_at_once_the_rest_is_given_back(outcome: Outcome, reason: str) -> None:
    provider = Provider(troubled=range(30, 100), outcome=outcome, reason=reason)
    sent = {one.id: one for one in await _one_by_one.hand_over(TEXTS, provider.call, at_once=10)}
    assert len(sent) == 100
    assert 40 <= len(provider.called) < 60
    for number in set(sent) - set(provider.called):
        given_back = sent[number]
        assert (given_back.outcome, given_back.reason) == (Outcome.TRY_LATER, reason or Reason.BUSY)


async def test_a_little_trouble_now_and_then_holds_nobody_back() -> None:
    provider = Provider(troubled=[number for number in range(100) if number % 10 < 5])
    sent = await _one_by_one.hand_over(TEXTS, provider.call, at_once=10)
    assert len(provider.called) == 100
    assert sum(one.outcome == Outcome.UNKNOWN for one in sent) == 50


async def test_numbers_that_are_refused_are_no_trouble() -> None:
    provider = Provider(troubled=range(100), outcome=Outcome.REFUSED, reason=Reason.NO_SUCH_NUMBER)
    await _one_by_one.hand_over(TEXTS, provider.call, at_once=10)
    assert len(provider.called) == 100
