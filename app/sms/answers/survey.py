"""The answer to a numbered question of a bulk text: counted for whoever it is from, and open until they say no more."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.calls.calls import Why
from app.i18n import _
from app.residents import residents
from app.residents.residents import Resident
from app.sms import replies
from app.sms.answers import Answer, Example, Said, _passed_on, _who, first_that_fits
from app.sms.reading import Reading
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

INTENTS = ("SURVEY", "BUS")
EXAMPLES = (
    Example(("1", "想出去打工"), _("counted; another number later takes its place"), "survey"),
)
VERB = "reply"  # in the memory of our question: who of the family answered this?
_KEPT = ("batch", "options", "meant")
_WORDS = {"go_out": 1, "near_home": 2, "not_now": 3}
_RIDE = {"yes": 1, "no": 2}


class Noted(TypedDict):
    """What was noted for whom, and what each had said before; ids as texts, as JSON keeps them."""

    batch: int
    choice: int
    before: dict[str, int | None]


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if "batch" not in said.memory or not said.people:
        return await _passed_on.to_staff(db, said, Why.TOLD, "told.txt")
    choice, seats = _choice(said, reading), reading.slots.get("seats", "")
    options = said.memory.get("options", [])
    if not 1 <= choice <= len(options):
        return _again(said, options)
    known = {**_kept(said), "choice": choice, "seats": int(seats) if seats.isdigit() else None}
    asked = _who.by_ids(said, known["meant"])
    named = _who.named(said, reading)
    people = [person for person in named if person in asked] if named else asked
    if not people:  # somebody whom nobody asked: nothing that could be counted
        return await _passed_on.to_staff(db, said, Why.TOLD, "told.txt")
    if len(people) > 1 and _who.headcount(reading) < len(people):
        return ask_who(known, people)
    return await note(db, said, known, people)


def ask_who(known: Mapping[str, Any], people: Sequence[Resident]) -> Answer:
    """Of several people on one phone, who answered this? At most nine, so that one digit answers."""
    ids = [person.id for person in people[:9]]
    return Answer(words.text("survey_who.txt", people=people[:9]), asks="who", addressed=tuple(ids),
                  memory={**known, "verb": VERB, "people": ids})


async def note(db: AsyncSession, said: Said, known: Mapping[str, Any], people: Sequence[Resident]) -> Answer:
    """These people gave the answer that `known` (the memory of our question) holds. The question stays open: who
    writes another number means that one."""
    options, choice, batch_id = known.get("options", []), int(known["choice"]), int(known["batch"])
    before = await replies.note(db, batch_id, [person.id for person in people], choice, phone=said.phone,
                                seats=known.get("seats"))
    label = options[choice - 1] if choice <= len(options) else ""
    names = "、".join(person.name for person in people) if len(said.people) > 1 else ""
    text = first_that_fits(db, *(words.text("survey_noted.txt", choice=choice, label=label if labelled else "",
                                            name=name, seats=known.get("seats"))
                                 for labelled, name in ((True, names), (False, names), (False, ""))))
    did = Noted(batch=batch_id, choice=choice, before={str(one): past for one, past in before.items()})
    return Answer(text, asks="survey", addressed=tuple(known["meant"]), memory={name: known[name] for name in _KEPT},
                  did={"replied": did})


async def undo_replied(db: AsyncSession, done: Noted, *, by: Officer) -> str:
    """What they had answered before holds again, unless they have answered anew since."""
    require(by, May.CALL)
    undone = [int(one) for one, before in done["before"].items() if await replies.take_back(
        db, done["batch"], int(one), said=done["choice"], before=before, by=by)]
    people = [person for one in undone if (person := await residents.get(db, one)) is not None]
    for person in people:
        audit.record(db, "take_back_reply", person, by=by, batch=done["batch"])
    if not people:
        return ""
    with i18n.speaking(people[0].language):
        return words.text("undone_reply.txt")


UNDO = {"replied": undo_replied}


def _choice(said: Said, reading: Reading) -> int:
    """The number of the answer, or 0 where the text does not say."""
    if reading.intent == "BUS":
        return _RIDE.get(reading.slots.get("ride", ""), 0)
    given = reading.slots.get("choice", "")
    return int(given) if given.isdigit() else _WORDS.get(reading.slots.get("answer", ""), 0)


def _again(said: Said, options: Sequence[str]) -> Answer:
    """What they wrote is about the question, but which of its answers it is they have to say."""
    kept = _kept(said)
    return Answer(words.text("survey_again.txt", most=len(options)), asks="survey", addressed=tuple(kept["meant"]),
                  memory=kept)


def _kept(said: Said) -> dict[str, Any]:
    """What stays on the table: which bulk text it was, its answers, and whom it addressed."""
    addressed = list(said.asked.addressed) if said.asked else []
    return {"meant": addressed, "options": [], **{name: said.memory[name] for name in _KEPT if name in said.memory}}
