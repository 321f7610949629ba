"""Who looks at a page on a device that proved a phone: its session, its people and what they hold, in one look."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.access import sessions
from app.access.sessions import PhoneSession
from app.db import core
from app.listings import signups
from app.listings.listings import Listing, State
from app.listings.signups import HOLDS, Signup
from app.residents.residents import Resident

_signup, _listing = core(Signup), core(Listing)
# Put together once: that takes longer than asking. What it finds is what `sessions.of`, `residents.by_phone` and
# `signups.held_by` find one after the other.
_LOOK = (
    select(PhoneSession, Resident, Signup)
    .outerjoin(Resident, and_(Resident.phone == PhoneSession.phone, Resident.left_at.is_(None)))
    .outerjoin(_signup.join(_listing, _signup.c.listing_id == _listing.c.id),
               and_(Signup.resident_id == Resident.id, Signup.place.in_(HOLDS), Listing.state != State.CALLED_OFF,
                    Listing.ends_at > bindparam("now")))
    .where(PhoneSession.token_hash == bindparam("mark"), PhoneSession.ended_at.is_(None),
           PhoneSession.expires_at > bindparam("now"))
    .order_by(Resident.id, Listing.starts_at, Signup.id)
)


@dataclass(frozen=True)
class Visit:
    """The session; its people in the order of the registry; what they hold or wait for, without the listings."""

    me: PhoneSession
    people: list[Resident]
    held: list[Signup]


async def of(db: AsyncSession, token: str) -> Visit | None:
    """The visit with the open session of that token."""
    rows = (await db.execute(_LOOK, {"mark": sessions.mark(token), "now": clock.now()})).all()
    if not rows:
        return None
    held = []
    for _me, person, signup in rows:
        if signup is not None:
            set_committed_value(signup, "resident", person)
            held.append(signup)
    if rows[0][0].at_station:  # a session without a phone
        people = await sessions.people(db, rows[0][0])
        return Visit(rows[0][0], people, await signups.held_by(db, [person.id for person in people]))
    people = list({person.id: person for _me, person, _signup in rows if person is not None}.values())
    return Visit(rows[0][0], people, held)
