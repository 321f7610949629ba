"""Whose page it is: the person who is signed in; of several on one phone, the one who said so."""

from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import sessions
from app.access.sessions import PhoneSession
from app.arguments import AnyRequest
from app.org import areas
from app.org.areas import Area
from app.residents.residents import Resident
from app.routes.phone._screens import here, see, show

PAGES = ("/me", "/me/texts", "/me/why", "/me/known", "/me/correct", "/me/language", "/me/delete", "/me/words/skill",
         "/me/words/wish", "/me/words/limit", "/me/copy/txt", "/me/copy/json")


class Elsewhere(Exception):
    """This page is nobody's yet: what to show in its place."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__()
        self.response = response


async def whose(db: AsyncSession, request: AnyRequest, me: PhoneSession | None) -> Resident:
    """The person. Raises Elsewhere with the log-in, the question who it is, or the page that says that nobody is known
    here; the application answers with that."""
    if me is None:
        raise Elsewhere(see("/login"))
    people = await sessions.people(db, me)
    if not people:
        raise Elsewhere(see("/me"))
    chosen = next((person for person in people if person.id == me.resident_id), None)
    if chosen is None and len(people) > 1:
        raise Elsewhere(show(request, "phone/me/who.html", area=await here(db, request, me), people=people,
                             to=request.url.path))
    return chosen or people[0]


async def is_shared(db: AsyncSession, me: PhoneSession | None) -> bool:
    """Whether others look at the same pages: then what they need not learn of each other is covered."""
    return me is not None and len(await sessions.people(db, me)) > 1


async def home_of(db: AsyncSession, person: Resident) -> Area:
    return await areas.community_of(db, await areas.get(db, person.area_id))
