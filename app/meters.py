"""What this process counted since it started, for Prometheus. A label is a gateway, an outcome or a kind, never a
person; docs/watching.md says what each of them is good for."""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Counter, Histogram, disable_created_metrics

from app.settings import REASONS

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each counter began: as many lines again, for nobody
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)

HANDED_OVER = Counter("doorstep_texts_handed_over", "Texts handed to a gateway, by what it said at once.",
                      ["gateway", "outcome", "reason"])
CALLS = Histogram("doorstep_gateway_call_seconds", "How long a gateway took: to send, to be asked, to be polled.",
                  ["gateway", "call"], buckets=_SLOW)
RECEIVED = Counter("doorstep_texts_received", "Texts from phones that were stored.", ["gateway"])
STORED = Histogram("doorstep_text_stored_seconds", "From a text's call until it was committed.", buckets=_QUICK)
ANSWERED = Histogram("doorstep_text_answered_seconds", "From a text's storing until its answer was written.",
                     buckets=_SLOW)
RECEIPTS = Counter("doorstep_receipts_applied", "Receipts that found their text, by what they say.", ["status"])
FAILURES = Counter("doorstep_loop_failures", "Rounds of a loop that ended with an error.", ["loop"])


def handed_over(gateway: str, results: Iterable[tuple[str, str]]) -> None:
    """(outcome, reason) of each text of a claim."""
    for (outcome, reason), texts in Tally(results).items():
        HANDED_OVER.labels(gateway, outcome, reason if reason in REASONS else "other" if reason else "").inc(texts)


@contextmanager
def called(gateway: str, call: str) -> Iterator[None]:
    """Times one call of a provider, however it ends."""
    started = perf_counter()
    try:
        yield
    finally:
        CALLS.labels(gateway, call).observe(perf_counter() - started)
