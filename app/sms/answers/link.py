"""A link to one's own pages, for somebody whose phone can open one."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.access import links
from app.i18n import _
from app.residents.residents import Resident
from app.sms.answers import Answer, Example, Said, _who
from app.sms.reading import Reading

INTENTS = ("LINK",)
EXAMPLES = (
    Example(("网页", "LINK"), _("a link that opens this person's pages, once and within 15 minutes")),
)
VERB = "link"  # in the memory of our question: whose pages?


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    people = _who.named(said, reading) or said.people
    return ask_who(people) if len(people) > 1 else await send(db, said, people)


def ask_who(people: Sequence[Resident]) -> Answer:
    """Of several people on one phone, whose? At most nine, so that one digit answers."""
    asked = people[:9]
    ids = [person.id for person in asked]
    return Answer(words.text("link_who.txt", people=asked), asks="who", addressed=tuple(ids),
                  memory={"verb": VERB, "people": ids})


async def send(db: AsyncSession, said: Said, people: Sequence[Resident]) -> Answer:
    """The link, of this one person; of the phone alone, where nobody knows who has it."""
    person = people[0] if people else None
    address = await links.make(db, said.phone, resident=person)
    return Answer(words.text("link.txt", link=address, minutes=int(links.KEPT.total_seconds() // 60)),
                  addressed=(person.id,) if person else ())
