"""A sign-up that a device kept while it had no signal, and sends by itself when there is one.

Nobody looks at the answer then, so it is one sentence, which the device shows at the next visit; and what came of it is
told by text. The rules are those of the page.
"""

from dataclasses import dataclass
from datetime import timedelta

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n
from app.calls import telling
from app.calls.calls import Why
from app.errors import Refused
from app.i18n import _
from app.listings import signups
from app.listings.signups import Place, Signup, Via
from app.residents.residents import Resident
from app.routes.phone._listed import Listed

REFUSED = "refused:"  # how the outcome of a form begins that was refused; the sentence follows
MOST = timedelta(hours=12)
_LONGEST = 10  # digits of a number of seconds that we read at all


def _waited(fields: dict[str, str]) -> timedelta:
    """Longer than the longest, where it is no number."""
    waited = fields.get("late", "0")
    return timedelta(seconds=int(waited)) if waited.isdecimal() and len(waited) <= _LONGEST else 2 * MOST


def is_late(fields: dict[str, str]) -> bool:
    """`late` says how many seconds ago the button was pressed; the device's clock may be wrong, but it runs."""
    return "late" in fields


def must_still_hold(fields: dict[str, str]) -> None:
    """Raises Refused for what waited for so long that the person no longer counts on it."""
    if _waited(fields) > MOST:
        raise Refused(_("There was no signal for more than 12 hours, so it does not count."))


@dataclass(frozen=True)
class Settled:
    """How it was settled another way while the form waited: `outcome` is what is noted of the form."""

    outcome: str
    sentence: str
    status: int = 200


async def settled_since(db: AsyncSession, job: Listed, person: Resident, fields: dict[str, str]) -> Settled | None:
    """Whoever has no signal for the page may still have texted: a place that they got that way is the one they wanted,
    and one that was given back since is not taken again. The person hears of it, unless it answered their own text."""
    held = await signups.held(db, job, person)
    if held is not None:
        if held.via != Via.TEXT:
            await signups.confirm(db, held)
        return Settled(held.place, await said(db, job, held))
    door = await signups.given_back_since(db, job, person, clock.now() - _waited(fields))
    if door is None:
        return None
    sentence = await said(db, job, None)
    if door == Via.STAFF:
        await tell_refusal(db, job, person, sentence)
    return Settled(REFUSED + sentence, sentence, 409)


def answer(sentence: str, *, status: int = 200) -> Response[str]:
    """To the device, which shows it as it is."""
    return Response(sentence, media_type="text/plain", status_code=status,
                    headers={"Cache-Control": "no-store"})


def unfinished() -> Response[str]:
    """The person has to be asked something first."""
    return answer(i18n.say(_("You are not signed up yet. Please open that page and sign up once more.")),
                  status=422)


async def tell_refusal(db: AsyncSession, job: Listed, person: Resident, why: str) -> None:
    """Whoever pressed the button believes that it was enough, until told otherwise."""
    if await telling.may_be_texted(db, person):
        await telling.tell(db, person, "not_signed_up.txt", about=job, why=Why.CHANGED, reason=why)


async def said(db: AsyncSession, job: Listed, signup: Signup | None) -> str:
    """What this sign-up gave, in the words of the pages; none, where it was taken back since."""
    if signup is None:
        return i18n.say(_("You have no place on {number} any more."), number=job.number)
    if signup.place == Place.TAKEN:
        return i18n.say(_("You have a place"))
    return i18n.say(_("You are number {position} in line"), position=await signups.position(db, signup))
