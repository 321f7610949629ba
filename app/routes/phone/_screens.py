"""What every page for residents has: the community whose work it shows, its help line, what was typed."""

from typing import Any

from litestar import Response
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.access import sessions
from app.access.sessions import PhoneSession
from app.arguments import PHONE_COOKIE, AnyRequest
from app.org import areas
from app.org.areas import Area, Level
from app.pages import page
from app.residents import residents
from app.routes.phone import _whose
from app.settings import Settings

AREA_COOKIE = "area"
_YEAR_SECONDS = 365 * 24 * 3600
_LONGEST = 200  # characters of one field that we read at all


async def here(db: AsyncSession, request: AnyRequest, me: PhoneSession | None, *, code: str = "",
               home_id: int | None = None) -> Area | None:
    """The community that the page is about: the one named in the form or the address, the person's own (where they
    live, if that is known already), the one named last time, or the only one there is."""
    named = await _community(db, code or request.query_params.get("area", ""))
    if named is not None:
        return named
    if home_id is not None:
        return await areas.community_of(db, await areas.get(db, home_id))
    if me is not None:
        for person in (await sessions.people(db, me))[:1]:
            return await areas.community_of(db, await areas.get(db, person.area_id))
    remembered = await _community(db, request.cookies.get(AREA_COOKIE, ""))
    return remembered or await _only_community(db)


def show(request: AnyRequest, template: str, *, area: Area | None, status: int = 200, block: str = "",
         **values: Any) -> Response[Any]:
    """The page, and a cookie for the community if the address named one."""
    response = page(request, template, block=block, status=status, here=area, **values)
    _whose.mark(response, request)
    if area is not None and request.query_params.get("area"):
        remember_community(response, area)
    return response


def remember_community(response: Response[Any], area: Area) -> None:
    response.set_cookie(AREA_COOKIE, area.code, max_age=_YEAR_SECONDS, httponly=True, samesite="lax")


def see(path: str) -> Redirect:
    """After a deed: look at what became of it, so that loading the page again does not do it again."""
    return Redirect(path, status_code=303)


async def typed(request: AnyRequest) -> dict[str, str]:
    """The fields of a form as they were typed, without outer blanks, and without what no database holds."""
    form = await request.form()
    return {name: value.replace("\x00", "").strip()[:_LONGEST]
            for name, value in form.items() if isinstance(value, str)}


async def remember_phone(db: AsyncSession, response: Response[Any], request: AnyRequest, token: str) -> None:
    """Keep the proved phone on this device, and the community of its people: lists are everybody's, and know of nobody
    but where they look."""
    settings: Settings = request.app.state.settings
    session = await sessions.of(db, token)
    home = await here(db, request, session) if session else None
    if home is not None:
        remember_community(response, home)
    response.set_cookie(PHONE_COOKIE, token, max_age=int(sessions.KEPT.total_seconds()), httponly=True, samesite="lax",
                        secure=settings.public_url.startswith("https"))


async def remember_language(db: AsyncSession, request: AnyRequest, me: PhoneSession) -> None:
    """Whoever chose a language on this device and then proves a phone is spoken to in it from now on, by text too; not
    where several share the phone, of whom one has chosen."""
    people = await sessions.people(db, me)
    chosen = request.query_params.get("lang", "") or request.cookies.get("lang", "")
    if len(people) == 1 and chosen in i18n.LANGUAGES:
        await residents.set_language(db, people[0], chosen)


async def _community(db: AsyncSession, code: str) -> Area | None:
    found = await areas.by_code(db, code[:40]) if code.isprintable() and code else None
    return await areas.community_of(db, found) if found else None


async def _only_community(db: AsyncSession) -> Area | None:
    found = list(await db.scalars(select(Area).where(Area.level == Level.COMMUNITY).limit(2)))
    return found[0] if len(found) == 1 else None
