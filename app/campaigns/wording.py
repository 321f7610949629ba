"""What a campaign says: a text with placeholders for the person and for the listing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app import i18n, words
from app.campaigns import options
from app.campaigns.campaigns import TEXT_LENGTH, Kind
from app.errors import Refused
from app.i18n import _
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings.listings import Listing
from app.sms import outbox

MOST_SEGMENTS = 10
PERSON = {"姓名": "name", "楼栋": "building"}
LISTING = {"编号": "number", "活": "title", "地点": "place", "时间": "when", "工钱": "pay"}
STATION = {"电话": "station"}
_NAMES = {**PERSON, **LISTING, **STATION}
_NAMES |= {name: name for name in _NAMES.values()}
_HOLE = re.compile(r"\{([^{}]*)\}")
_REFUSED_BY_CARRIERS = re.compile("[【】¥★√※&]|\\^_\\^")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Hole:
    """A place in the text that each person fills: `name` or `building`."""

    name: str


Part = str | Hole


def parts(text: str, listing: Listing | None, *, station: str, signature: str, leaves: datetime) -> list[Part]:
    """The text as it goes out, signature included, with holes for what differs from person to person. Raises Refused
    for a text that cannot be sent."""
    text = one_line(text)
    _check(text)
    with i18n.speaking(i18n.DEFAULT), words.leaving(leaves):  # whatever language the officer's pages are in
        known = {"station": station, **(_facts(listing) if listing else {})}
        found = _filled(text, known)
    return _joined([outbox.sign("", signature), *found])


def one_line(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def must_be_sayable(text: str, kind: Kind) -> None:
    """Raises Refused for a text that could be sent to nobody, whatever it is about."""
    if len(text) > TEXT_LENGTH:
        raise Refused(_("The text is longer than {most} characters."), field="text", most=TEXT_LENGTH)
    _check(one_line(text))
    _filled(text, dict.fromkeys((*LISTING.values(), *STATION.values()), ""))
    must_ask(kind, text)


def must_suit(kind: Kind, text: str, listing: Listing | None) -> None:
    """Raises Refused for a job push without its job, and for a survey that offers no answers to count."""
    if kind == Kind.JOB and listing is None:
        raise Refused(_("A job push is about a job. Please choose which one."), field="listing_id")
    must_ask(kind, text)


def must_ask(kind: Kind, text: str) -> None:
    """Raises Refused for a survey that offers no answers to count."""
    if kind == Kind.SURVEY and not options.of(text):
        raise Refused(_("A survey needs one question with numbered answers, 1 to 9 at the most, such as: {example}"),
                      field="text", example="回1想外出 2想就近 3暂不")


def example(of: list[Part], person: Mapping[str, str]) -> str:
    """The exact text of one recipient."""
    return "".join(part if isinstance(part, str) else person[part.name] for part in of)


def holes(of: list[Part]) -> set[str]:
    return {part.name for part in of if isinstance(part, Hole)}


def shown(of: list[Part]) -> str:
    """The text with its holes, for people to read. The same in whatever language an officer's pages are, because an
    approval is bound to it."""
    named = {name: word for word, name in PERSON.items()}
    return "".join(part if isinstance(part, str) else "{" + named[part.name] + "}" for part in of)


def parts_of(shown: str) -> list[Part]:
    """What `shown` made a text of."""
    found: list[Part] = []
    end = 0
    for hole in _HOLE.finditer(shown):
        found += [shown[end:hole.start()], Hole(_NAMES[hole[1]])] if hole[1] in _NAMES else [shown[end:hole.end()]]
        end = hole.end()
    return _joined([*found, shown[end:]])


def must_fit(segments: int) -> None:
    """Raises Refused for a text of more than ten segments."""
    if segments > MOST_SEGMENTS:
        raise Refused(_("The text is longer than {most} segments. Please shorten it."), field="text",
                      most=MOST_SEGMENTS)


def _check(text: str) -> None:
    if not text:
        raise Refused(_("Please write the text."), field="text")
    blocked = _REFUSED_BY_CARRIERS.search(text)
    if blocked:
        raise Refused(_("Carriers refuse texts with “{sign}”. Please take it out. The station's name comes in front by "
                        "itself."), field="text", sign=blocked[0])
    if _BEYOND.search(text):
        raise Refused(_("Carriers do not carry emoji or very rare characters. Please take “{sign}” out."),
                      field="text", sign=_BEYOND.search(text)[0])  # type: ignore[index]  # found just now


def _filled(text: str, known: dict[str, str]) -> list[Part]:
    """The text cut at its placeholders, those that everybody shares filled in."""
    found: list[Part] = []
    end = 0
    for hole in _HOLE.finditer(text):
        found.append(text[end:hole.start()])
        end = hole.end()
        name = _NAMES.get(hole[1].strip())
        if name is None:
            raise Refused(_("There is no placeholder {word}. There are: {all}."), field="text", word=hole[0],
                          all=" ".join("{" + word + "}" for word in (*PERSON, *LISTING, *STATION)))
        if name in PERSON.values():
            found.append(Hole(name))
        elif name in known:
            found.append(known[name])
        else:
            raise Refused(_("{word} needs a job that the text is about. Please choose one, or take it out."),
                          field="text", word=hole[0])
    found.append(text[end:])
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in found):
        raise Refused(_("A bracket {sign} stands alone. A placeholder has two, such as {name}."), field="text",
                      sign="{ }", name="{姓名}")
    return found


def _facts(listing: Listing) -> dict[str, str]:
    facts = {"number": str(listing.number), "title": listing.title, "place": listing.place,
             "when": words.when(listing.starts_at)}
    return {**facts, "pay": jobs.pay(listing)} if isinstance(listing, Job) else facts


def _joined(found: list[Part]) -> list[Part]:
    """Neighbouring pieces of plain text as one."""
    joined: list[Part] = []
    for part in found:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined
