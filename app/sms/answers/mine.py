"""What have I signed up for? The soonest, as many as one text can name, and how many more there are."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.listings import signups
from app.listings.signups import Place, Signup
from app.sms.answers import Answer, Example, Said, that_fit
from app.sms.reading import Reading

INTENTS = ("STATUS",)
EXAMPLES = (
    Example(("我的", "我报了什么"), _("what this phone has signed up for")),
)
MOST = 4


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    held = await signups.held_by(db, [person.id for person in said.people])
    if not held:
        return Answer(words.text("nothing_held.txt"))
    turns = [(one, await signups.position(db, one) if one.place == Place.WAITING else 0) for one in held[:MOST]]

    def long(shown: Sequence[tuple[Signup, int]]) -> str:
        return say(shown, short=False)

    def say(shown: Sequence[tuple[Signup, int]], *, short: bool = True) -> str:
        return words.text("mine.txt", signups=shown, several=len(said.people) > 1, rest=len(held) - len(shown),
                          short=short)

    everything = len(that_fit(db, turns, long)) == len(held)
    shown = turns if everything else that_fit(db, turns, say)
    return Answer(say(shown, short=not everything),
                  asks=f"signed:{','.join(str(one.listing.number) for one, _turn in shown)}",
                  addressed=tuple(dict.fromkeys(one.resident_id for one, _turn in shown)))
