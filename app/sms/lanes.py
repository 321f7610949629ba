"""Which gateway takes which texts. A text is written down for the first one of its list; while that one rests, or has
used up its day, the next one that works takes it. Only what waits in the queue changes over, so nothing that was
perhaps taken leaves twice."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.settings import Settings, known_gateways
from app.sms import allowance, breaker
from app.sms.outbox import Priority

PRETENDED = "simulator"  # what was meant for nobody's phone never leaves for one, nor the other way round


class Lane(NamedTuple):
    """Texts of one priority that were written for one gateway. They are `strange` where it is on no list any more."""

    priority: Priority
    gateway: str
    strange: bool = False


def order(settings: Settings, priority: Priority) -> tuple[str, ...]:
    """The gateways for texts of this priority, the best first."""
    return settings.bulk_gateways if priority == Priority.BULK else settings.reply_gateways


def taken_by(name: str, settings: Settings, standings: Mapping[str, Any]) -> list[Lane]:
    """Whose texts this gateway takes at this moment: its own while it works, and if it is the first one that does,
    those of whoever does not. In the order in which they should leave."""
    lanes = []
    for priority in Priority:
        names = order(settings, priority)
        open_ = [one for one in names if is_open(one, settings, standings, priority)]
        if name in open_:
            lanes.append(Lane(priority, name))
            if name == open_[0]:
                lanes += [Lane(priority, one, strange=one not in settings.gateways)
                          for one in _known(name) if one not in open_]
    return lanes


def of_trial(name: str, settings: Settings) -> list[Lane]:
    """Whose texts it may be tried with: its own, the least urgent first."""
    return [Lane(priority, name) for priority in reversed(Priority) if name in order(settings, priority)]


def is_open(name: str, settings: Settings, standings: Mapping[str, Any], priority: Priority) -> bool:
    """Whether it takes texts of this priority."""
    row = standings.get(name)
    return breaker.works(row) and allowance.has_left(settings, name, row, priority)


def others(name: str, settings: Settings, standings: Mapping[str, Any]) -> bool:
    """Whether another one takes bulk texts while this one does not."""
    return any(is_open(one, settings, standings, Priority.BULK) for one in settings.bulk_gateways if one != name)


def _known(name: str) -> list[str]:
    return [name] if name == PRETENDED else [one for one in known_gateways() if one != PRETENDED]
