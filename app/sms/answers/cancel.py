"""Taking a place back."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.listings import signups
from app.listings.signups import Signup, Via
from app.sms.answers import Answer, Example, Said, _together, _undo, _who, decline, signup, that_fit
from app.sms.reading import Reading

INTENTS = ("CANCEL",)
EXAMPLES = (
    Example(("取消23",), _("the place is given back; the first who waits moves up and is told")),
    Example(("取消", "不去了"),
            _("the same; where it is not clear which place, we ask, and the number answers"), "signed:23"),
)
UNDO = {"cancelled": _undo.cancelled}


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    everything = await signups.held_by(db, [person.id for person in said.people])
    numbers, named = _who.numbers(reading), _who.named(said, reading)
    held = [one for one in everything if (not numbers or one.listing.number in numbers)
            and (not named or one.resident in named)]
    if not held and not numbers and said.context.kind in decline.OFFERED:
        return await decline.answer(db, said, reading)
    if not held:
        return which(db, everything) if everything else Answer(words.text("nothing_held.txt"))
    listings = {one.listing_id: one.listing for one in held}
    people = {one.resident_id: one.resident for one in held}
    if len(listings) > 1 and not numbers:
        return which(db, held)
    if len(people) > 1 and not named and _who.headcount(reading) != len(people):
        return signup.ask_who(list(people.values()), list(listings.values()), verb="cancel")
    heard = {one.listing.number for one in held}
    return await cancel_all(db, said, held, unheard=[number for number in numbers if number not in heard])


async def cancel_all(db: AsyncSession, said: Said, held: Sequence[Signup], *, unheard: Sequence[int] = ()) -> Answer:
    if len(held) > 1 or unheard:
        return await _together.cancel(db, held, unheard=unheard)
    [one] = held
    await signups.cancel(db, one, via=Via.TEXT)
    text, brief = _who.wordings(db, said, one.resident, "cancelled.txt", listing=one.listing)
    return Answer(text, brief=brief, addressed=(one.resident_id,), listing_id=one.listing_id,
                  did={"cancelled": [one.id]})


def which(db: AsyncSession, held: Sequence[Signup]) -> Answer:
    """Of several places, which? The soonest ones, as many as one text can name. The number alone answers it, too."""
    def say(shown: Sequence[Signup]) -> str:
        return words.text("cancel_which.txt", signups=shown)

    one_each = list({one.listing_id: one for one in reversed(held)}.values())[::-1]
    shown = that_fit(db, one_each[:3], say)
    return Answer(say(shown), asks=f"signed:{','.join(str(one.listing.number) for one in shown)}",
                  addressed=tuple(dict.fromkeys(one.resident_id for one in held)), memory={"verb": "cancel"})
