"""The evening before: where, when, and how to cancel. And the end: what is over is closed."""

from datetime import time, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import clock
from app.calls import telling
from app.calls.calls import Why
from app.listings.listings import Listing, State
from app.listings.signups import Place, Signup, SignupChange
from app.sms import batches
from app.sms.batches import Batch

EVENING = time(18, 0)


async def send_due(db: AsyncSession) -> int:
    """Remind everybody with a place on tomorrow's listings, once, from six in the evening on; returns how many.

    Whoever got the place after six gets none: that person has just been told.
    """
    now = clock.now()
    if clock.local(now).time() < EVENING:
        return 0
    tomorrow = clock.today() + timedelta(days=1)
    told_just_now = exists().where(SignupChange.signup_id == Signup.id, SignupChange.place == Place.TAKEN,
                                   SignupChange.at >= clock.at(clock.today(), EVENING))
    # The listings first: few are tomorrow's, while sign-ups go back for years.
    ahead = select(Listing.id).where(
        Listing.state != State.CALLED_OFF, Listing.starts_at >= clock.at(tomorrow, time.min),
        Listing.starts_at < clock.at(tomorrow + timedelta(days=1), time.min))
    due = list(await db.scalars(
        select(Signup).options(joinedload(Signup.listing), joinedload(Signup.resident))
        .where(Signup.listing_id.in_(ahead), Signup.place == Place.TAKEN, Signup.reminded_at.is_(None), ~told_just_now)
        .order_by(Signup.id).limit(500)))
    for signup in due:
        signup.reminded_at = now
        await telling.tell(db, signup.resident, "reminder.txt", about=signup.listing, why=Why.REMINDER,
                           asks=f"signed:{signup.listing.number}")
    return len(due)


async def close_over(db: AsyncSession) -> None:
    """Listings whose end has passed are closed, so that their numbers can rest; nobody approves a push for them."""
    now = clock.now()
    await db.execute(update(Listing).where(Listing.state == State.OPEN, Listing.ends_at < now)
                     .values(state=State.CLOSED, closed_at=now).execution_options(synchronize_session=False))
    over = select(Listing.id).where(Listing.state != State.OPEN)
    await db.execute(update(Batch).where(Batch.state == batches.State.AWAITING_APPROVAL, Batch.listing_id.in_(over))
                     .values(state=batches.State.STOPPED, ended_at=now).execution_options(synchronize_session=False))
