"""Taking back places that a misread text gave or gave up, quietly: the sentence that is returned is what is told."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.errors import Refused
from app.i18n import _
from app.listings import signups
from app.listings.listings import Listing
from app.listings.signups import HOLDS, Place, Signup, SignupChange, Via
from app.sms.arrivals import Inbound
from app.staff.accounts import Officer


async def signed_up(db: AsyncSession, ids: Sequence[int], *, by: Officer) -> str:
    """The places are given back, and the next who waits moves up. What the person gave back since stays so."""
    held = [one for one in await signups.with_ids(db, ids) if one.place in HOLDS]
    for one in held:
        _must_not_have_started(one.listing)
    for one in held:
        await signups.cancel(db, one, via=Via.STAFF, by=by, tell=False)
    if not held:
        return ""
    with i18n.speaking(held[0].resident.language):
        return words.text("undone_signup.txt", labels=_labels(held))


async def cancelled(db: AsyncSession, ids: Sequence[int], *, by: Officer) -> str:
    """The people are signed up again: for a place if there is one, else at the end of the waiting list. Raises Refused
    where they said no again since."""
    given_up = [one for one in await signups.with_ids(db, ids)
                if await signups.held(db, one.listing, one.resident) is None]
    for one in given_up:
        _must_not_have_started(one.listing)
        await _must_want_it_still(db, one)
    again = [await signups.sign_up(db, one.listing, one.resident, via=Via.STAFF, by=by, tell=False)
             for one in given_up]
    if not again:
        return ""
    taken = [one for one in again if one.place == Place.TAKEN]
    waiting = [one for one in again if one.place == Place.WAITING]
    with i18n.speaking(again[0].resident.language):
        return words.text("undone_cancel.txt", kept=_labels(taken, again), waiting=list(zip(
            _labels(waiting, again), [one.turn for one in waiting], strict=True)))


def _must_not_have_started(listing: Listing) -> None:
    if listing.started(clock.now()):
        raise Refused(_("{number} has started already: what this text did cannot be taken back any more."),
                      number=listing.number)


async def _must_want_it_still(db: AsyncSession, one: Signup) -> None:
    """Neither moved away, nor gave up a place there once more, nor wrote another time that they will not come."""
    listing, resident = one.listing, one.resident
    if resident.left_at is not None:
        raise Refused(_("This person has moved away: nobody is signed up for {number} again."), number=listing.number)
    later = await db.scalar(select(Signup.id).where(
        Signup.listing_id == listing.id, Signup.resident_id == resident.id, Signup.id > one.id).limit(1))
    given_up = await db.scalar(select(func.max(SignupChange.at)).where(SignupChange.signup_id == one.id))
    wrote = await db.scalars(select(Inbound).where(
        Inbound.phone == resident.phone, Inbound.intent.contains("CANCEL"), Inbound.answered_at >= given_up))
    if later is not None or any(_is_about(one, text) for text in wrote):
        raise Refused(_("This person gave up {number} once more since: please telephone before anything is changed."),
                      number=listing.number)


def _is_about(one: Signup, text: Inbound) -> bool:
    """Whether a text that gives something up, other than the one that gave up this place, means this place, too."""
    gave_up, named = text.did.get("cancelled", []), text.slots.get("jobs") or text.slots.get("job") or ""
    unclear = not gave_up and (not named or "+" in text.intent)  # the number may be that of the other part
    return one.id not in gave_up and (unclear or str(one.listing.number) in named.split("+"))


def _labels(some: Sequence[Signup], among: Sequence[Signup] = ()) -> list[str]:
    """The places by what they differ in: one by its number and title, several by numbers, by names, or by both."""
    among = among or some
    people, listings = {one.resident_id for one in among}, {one.listing_id for one in among}
    return [words.text("label.txt", number=one.listing.number if len(listings) > 1 or len(people) == 1 else 0,
                       title=one.listing.title if len(among) == 1 else "",
                       name=one.resident.name if len(people) > 1 else "") for one in some]
