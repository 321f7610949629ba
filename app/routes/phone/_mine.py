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
    people = await _people(db, me)
    chosen = next((person for person in people if me is not None and person.id == me.resident_id), None)
    if chosen is None and len(people) > 1:
        raise Elsewhere(show(request, "phone/me/who.html", area=await here(db, request, me), people=people,
                             to=request.url.path))
    return chosen or people[0]


async def named(db: AsyncSession, me: PhoneSession | None, form: dict[str, str]) -> Resident:
    """Whom a form is about: the person for whom it was made, whoever said since to hold the phone. Raises Elsewhere, to
    show how it is, where that person is not on this phone any more."""
    people = await _people(db, me)
    if "resident" not in form and len(people) == 1:  # a page that was made before forms named anybody
        return people[0]
    found = next((person for person in people if str(person.id) == form.get("resident")), None)
    if found is None:
        raise Elsewhere(see("/me"))
    return found


async def _people(db: AsyncSession, me: PhoneSession | None) -> list[Resident]:
    """At least one. Raises Elsewhere."""
    if me is None:
        raise Elsewhere(see("/login"))
    people = await sessions.people(db, me)
    if not people:
        raise Elsewhere(see("/me"))
    return people


async def own(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, template: str, person: Resident, *,
              status: int = 200, **values: Any) -> Response[Any]:
    """A page of this person, who is named on it where others use the phone, too."""
    return show(request, template, area=await here(db, request, me), status=status, person=person,
                shared=await is_shared(db, me), **values)


async def is_shared(db: AsyncSession, me: PhoneSession | None) -> bool:
    """Whether others look at the same pages: then what they need not learn of each other is covered."""
    return me is not None and len(await sessions.people(db, me)) > 1


async def home_of(db: AsyncSession, person: Resident) -> Area:
    return await areas.community_of(db, await areas.get(db, person.area_id))
