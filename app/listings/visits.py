"""Who looks at a page on a device that proved a phone: who of it, its people and what they hold, in one look.

The page of one person is made for each request. So this is what it needs and no more, by a statement that was put
together beforehand, without the objects of which verbs are made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from app import clock
from app.access import sessions
from app.access.sessions import PhoneSession
from app.db import Database, core
from app.listings.listings import Listing, State
from app.listings.signups import HOLDS, Signup
from app.residents.residents import Resident


@dataclass(frozen=True, slots=True)
class Me:
    """The session; without a phone where an officer opened it. `resident_id` is who of its people said to hold it."""

    token_hash: str
    phone: str
    resident_id: int | None
    at_station: bool


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    area_id: int
    born_on: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """A place, or one in the line."""

    id: int
    listing_id: int
    place: str
    resident: Person
    listing: Listing | None = None

    @property
    def resident_id(self) -> int:
        return self.resident.id


@dataclass(frozen=True, slots=True)
class Visit:
    """The people are in the order of the registry."""

    me: Me
    people: list[Person]
    held: list[Held]

    @classmethod
    def by(cls, me: PhoneSession, people: Iterable[Resident], held: Iterable[Signup]) -> "Visit":
        """Of what verbs know already."""
        known = {one.id: Person(one.id, one.name, one.area_id, one.born_on) for one in people}
        return cls(Me(me.token_hash, me.phone, me.resident_id, me.at_station), list(known.values()),
                   [Held(one.id, one.listing_id, one.place, known[one.resident_id]) for one in held])

    @property
    def home_id(self) -> int | None:
        """Where the first of them lives."""
        return self.people[0].area_id if self.people else None

    @property
    def said(self) -> Person | None:
        """Who said to hold the phone."""
        return next((person for person in self.people if person.id == self.me.resident_id), None)

    @property
    def chosen(self) -> Person | None:
        """Who is holding it: who said so, or the only one there is."""
        return self.said or (self.people[0] if len(self.people) == 1 else None)

    def on(self, listing: Listing) -> list[Held]:
        """What they hold on that one."""
        return [replace(one, listing=listing) for one in self.held if one.listing_id == listing.id]


_session, _resident, _signup, _listing = core(PhoneSession), core(Resident), core(Signup), core(Listing)


def _look(whose: ColumnElement[bool]) -> Select[Any]:
    """What `sessions.of`, `sessions.people` and `signups.held_by` find one after the other."""
    return (
        select(_session.c.phone, _session.c.resident_id, _session.c.card_id, _resident.c.id, _resident.c.name,
               _resident.c.area_id, _resident.c.born_on, _signup.c.id, _signup.c.listing_id, _signup.c.place)
        .select_from(
            _session.outerjoin(_resident, and_(whose, _resident.c.left_at.is_(None)))
            .outerjoin(_signup.join(_listing, _signup.c.listing_id == _listing.c.id),
                       and_(_signup.c.resident_id == _resident.c.id, _signup.c.place.in_(HOLDS),
                            _listing.c.state != State.CALLED_OFF, _listing.c.ends_at > bindparam("now"))))
        .where(_session.c.token_hash == bindparam("mark"), _session.c.ended_at.is_(None),
               _session.c.expires_at > bindparam("now"))
        .order_by(_resident.c.id, _listing.c.starts_at, _signup.c.id))


_BY_PHONE = _look(_resident.c.phone == _session.c.phone)
_AT_STATION = _look(_resident.c.id == _session.c.resident_id)


async def of(database: Database, token: str) -> Visit | None:
    """The visit with the open session of that token."""
    mark = sessions.mark(token)
    rows = await database.glance(_BY_PHONE, mark=mark, now=clock.now())
    if rows and rows[0].card_id is not None:
        rows = await database.glance(_AT_STATION, mark=mark, now=clock.now())
    if not rows:
        return None
    people: dict[int, Person] = {}
    held = []
    for _phone, _chosen, _card, person_id, name, area_id, born_on, signup_id, listing_id, place in rows:
        if person_id is not None:
            person = people.setdefault(person_id, Person(person_id, name, area_id, born_on))
            if signup_id is not None:
                held.append(Held(signup_id, listing_id, place, person))
    me = Me(mark, rows[0].phone, rows[0].resident_id, rows[0].card_id is not None)
    return Visit(me, list(people.values()), held)
