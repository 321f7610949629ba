"""What becomes of people when staff change or end a listing, of whatever kind: who is told, and who moves up."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.errors import Refused
from app.i18n import _
from app.listings import listings, signups
from app.listings.listings import Listing, State
from app.listings.signups import Place, Signup
from app.sms import batches, outbox
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


def must_be_to_come(listing: Listing) -> None:
    """Raises Refused for what was called off or is over."""
    if listing.state == State.CALLED_OFF:
        raise Refused(_("Number {number} was called off."), number=listing.number)
    if listing.ends_at <= clock.now():
        raise Refused(_("Number {number} is closed."), number=listing.number)


async def must_hold(db: AsyncSession, listing: Listing, places: int) -> None:
    """Raises Refused where so few places would take one from somebody."""
    taken = (await signups.counts(db, [listing.id]))[listing.id].taken
    if places < taken:
        raise Refused(_("{taken} people already have a place; there cannot be fewer places."), field="places",
                      taken=taken)


async def follow_places(db: AsyncSession, listing: Listing) -> None:
    """More places let people move up; where none is left, nobody else is told."""
    await signups.promote(db, listing)
    if not (await signups.counts(db, [listing.id]))[listing.id].left(listing.places):
        await outbox.withdraw_listing(db, listing.id, reason="full")


async def withdraw(db: AsyncSession, listing: Listing, *, reason: str) -> None:
    """Texts that say what is no longer so, and have not left, are taken back."""
    await outbox.withdraw_listing(db, listing.id, reason=reason)
    await batches.void(db, listing.id)


async def call_off(db: AsyncSession, listing: Listing, *, by: Officer) -> None:
    """It does not take place, or not any longer. No more sign-ups does not mean that it takes place: a closed one can
    be called off, too. Whom to tell, `concerned` knows. Raises Refused for what is over."""
    require(by, May.POST)
    await listings.locked(db, listing)
    must_be_to_come(listing)
    await _end(db, listing, State.CALLED_OFF, by=by)


async def close(db: AsyncSession, listing: Listing, *, by: Officer) -> None:
    """No more sign-ups; it takes place, and places stay as they are. Raises Refused where it was not open."""
    require(by, May.POST)
    await listings.locked(db, listing)
    if not listing.open:
        raise Refused(_("Number {number} is closed."), number=listing.number)
    await _end(db, listing, State.CLOSED, by=by)


async def concerned(db: AsyncSession, listing: Listing) -> list[Signup]:
    """Everybody who has a place or may still get one; of what has started, those who are there."""
    places = (Place.TAKEN, Place.ATTENDED) if listing.started(clock.now()) else signups.HOLDS
    return [signup for signup in await signups.on(db, listing) if signup.place in places]


async def _end(db: AsyncSession, listing: Listing, state: State, *, by: Officer) -> None:
    """By whom; and what was to be said of it does not leave any more."""
    listing.state, listing.closed_at = state, clock.now()
    await db.flush()
    audit.record(db, f"{state}_{listing.__tablename__}", listing, by=by, number=listing.number)
    await withdraw(db, listing, reason=state)
