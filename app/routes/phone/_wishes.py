"""The filters of the list of work: what an address wishes, and the links that change one of them.

Every state is an address, so that it works without scripts, can be sent to a neighbour, and the back button undoes it.
What nobody understands in an address is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from app.arguments import AnyRequest
from app.i18n import _, say
from app.jobs.finding import Wish
from app.jobs.openings import Mark
from app.jobs.search import LONGEST

DAYS = {"today": (0, _("Today")), "tomorrow": (1, _("Tomorrow"))}
NEAR = ("near", _("Near: 15 minutes on foot"))
MARKS = {
    "seated": (Mark.SEATED, _("Sitting work")),
    "home": (Mark.AT_HOME, _("Can be done at home")),
    "school": (Mark.SCHOOL, _("In school hours")),
    "paid": (Mark.PAID_SAME_DAY, _("Paid on the day")),
    "meals": (Mark.MEALS, _("With a meal")),
    "bus": (Mark.BUS, _("With a bus")),
}
ASKS = ("day", NEAR[0], *MARKS, "q", "page")  # every name that stands in such an address
_KEPT = ("area", "from")  # stand in the address only where no cookie keeps them


@dataclass(frozen=True)
class Choice:
    """A link that takes a filter on, or off where it is on."""

    words: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class Wishes:
    """What the address says, as it is understood."""

    wish: Wish
    page: int
    said: dict[str, str]
    kept: dict[str, str]

    @property
    def choices(self) -> Iterator[Choice]:
        for name, (_days, words) in DAYS.items():
            chosen = self.said.get("day") == name
            yield Choice(say(words), self.address(day="" if chosen else name), chosen)
        yield Choice(say(_("Any day")), self.address(day=""), "day" not in self.said)
        for name, words in (NEAR, *((name, words) for name, (_mark, words) in MARKS.items())):
            chosen = name in self.said
            yield Choice(say(words), self.address(**{name: "" if chosen else "1"}), chosen)

    @property
    def any(self) -> bool:
        return bool(self.said)

    def address(self, **changed: str) -> str:
        """The list with one filter changed, from its first page on; an empty value takes it off."""
        query = {**self.kept, **self.said, **changed}
        left = urlencode({name: value for name, value in query.items() if value})
        return f"/jobs?{left}" if left else "/jobs"

    def others(self, *names: str) -> dict[str, str]:
        """What a form that asks for these has to send along."""
        return {name: value for name, value in {**self.kept, **self.said}.items() if name not in names}


def read(request: AnyRequest) -> Wishes:
    """Whatever stands in the address."""
    given = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    day = given.get("day", "")
    typed = "".join(letter for letter in given.get("q", "")[:LONGEST] if letter.isprintable()).strip()
    said = {"q": typed, "day": day if day in DAYS else "",
            **{name: "1" for name in ("near", *MARKS) if given.get(name) == "1"}}
    said = {name: value for name, value in said.items() if value}
    marks = sum(mark for name, (mark, _words) in MARKS.items() if name in said)
    page = given.get("page", "")
    wish = Wish(day=DAYS[day][0] if "day" in said else None, near="near" in said, marks=marks, typed=typed)
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Wishes(wish, number, said, {name: given[name] for name in _KEPT if given.get(name, "").isprintable()
                                       and name in given})
