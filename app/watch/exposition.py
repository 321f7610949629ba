"""What Prometheus is given: what the tables say at this moment, and what this process has counted."""

import asyncio
import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.errors import TemporarilyAway
from app.pulse import Pulse
from app.watch.figures import Figures, Recent

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PATIENCE_SECONDS = 8  # Prometheus hangs up after ten, and would not be told that it is the database that hangs
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where several processes of one server put down what they count


async def text(database: Database, pulses: Iterable[Pulse], recent: Recent) -> bytes:
    """While the database is away, or hangs, the rest is still told."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            found: Figures | None = await recent.of(database)
    except (TemporarilyAway, SQLAlchemyError, TimeoutError):
        found = None
    registry = CollectorRegistry()
    registry.register(_Given([_gauge("doorstep_database_up", "Whether the tables could be asked.", int(bool(found))),
                              *_loops(pulses), *(_of_tables(found) if found else ())]))
    return generate_latest(registry) + generate_latest(_counted())


class _Given(Collector):
    """Metrics that were put together before."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def _counted() -> CollectorRegistry:
    """Of all processes of this server, where they share what they count, and else of this one."""
    if SHARED not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


def _loops(pulses: Iterable[Pulse]) -> Iterator[Metric]:
    ages = GaugeMetricFamily("doorstep_loop_age_seconds", "Since a loop of this process went round.", labels=["loop"])
    dead = GaugeMetricFamily("doorstep_loop_silent", "1 for a loop that died or hangs.", labels=["loop"])
    for pulse in pulses:
        silent = pulse.silent()
        for name, age in pulse.ages().items():
            ages.add_metric([name], age)
            dead.add_metric([name], int(name in silent))
    yield from (ages, dead)


def _of_tables(found: Figures) -> Iterator[Metric]:
    yield from _queues(found)
    yield from _lanes(found)
    yield _gauge("doorstep_texts_kept_back", "Texts of bulk sends that are paused or stopped.", found.kept_back)
    yield _gauge("doorstep_inbound_waiting", "Texts from phones that were stored and not answered yet.",
                 found.unanswered)
    yield _gauge("doorstep_inbound_oldest_seconds", "Since the oldest of them was stored.",
                 found.age(found.unanswered_since))
    yield _gauge("doorstep_receipts_waiting", "Receipts that were kept and not applied yet.", found.receipts)
    oldest = GaugeMetricFamily("doorstep_receipts_oldest_seconds", "Since the oldest of them was kept: of those whose "
                               "text is known, and of all. Receipts that belong to nobody here wait for 72 hours.",
                               labels=["of"])
    oldest.add_metric(["known"], found.age(found.receipts_known_since))
    oldest.add_metric(["all"], found.age(found.receipts_since))
    yield oldest


def _queues(found: Figures) -> Iterator[Metric]:
    families = {name: GaugeMetricFamily(f"doorstep_queue_{name}", said, labels=["gateway", "kind"]) for name, said in (
        ("waiting", "Texts in the outbox that have not left."),
        ("due", "Those of them that should leave now."),
        ("oldest_seconds", "Since when the oldest due one is due."),
        ("stands_seconds", "Since when some are due and none of them has left."))}
    for gateway, lane in found.lanes.items():
        for kind, queue in lane.queues.items():
            for name, value in (("waiting", queue.waiting), ("due", queue.due),
                                ("oldest_seconds", found.age(queue.due_since)),
                                ("stands_seconds", found.age(queue.stands_since))):
                families[name].add_metric([gateway, kind], value)
    yield from families.values()


def _lanes(found: Figures) -> Iterator[Metric]:
    families = {name: GaugeMetricFamily(f"doorstep_texts_{name}", said, labels=["gateway"]) for name, said in (
        ("held", "Texts with a worker."),
        ("overdue", "Texts with a worker that should have said long ago what became of them."),
        ("unsettled", "Texts of which nobody knows yet whether the provider has them."))}
    standing = {name: GaugeMetricFamily(f"doorstep_gateway_{name}", said, labels=["gateway"]) for name, said in (
        ("rests", "1 while nothing is given to it."),
        ("segments_today", "Segments that it was given today, where it has a quota or a rate."))}
    for gateway, lane in found.lanes.items():
        for name, value in (("held", lane.held), ("overdue", lane.overdue), ("unsettled", lane.unsettled)):
            families[name].add_metric([gateway], value)
        standing["rests"].add_metric([gateway], int(lane.rests))
        standing["segments_today"].add_metric([gateway], lane.segments_today)
    yield from (*families.values(), *standing.values())


def _gauge(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, said, value=value)
