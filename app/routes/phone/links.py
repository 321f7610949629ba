"""A personal link: a browser in somebody's hand is signed in at once. Whatever else looks at it, such as a program that
looks at the links of a text beforehand, gets a page with a button, and uses nothing up."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, head, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import links, sessions
from app.access.links import Link
from app.access.sessions import PhoneSession
from app.arguments import AnyRequest, Db, Me
from app.leading_on import BROWSER
from app.listings import listings
from app.org import areas
from app.routes.phone._screens import here, remember_language, remember_phone, see, show

_UNSEEN = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}  # the address is a key


@get("/l/{token:str}", opt={"writes": True})
async def open_link(request: AnyRequest, db: Db, me: Me, token: FromPath[str]) -> Response[Any]:
    """A GET that signs in: only the browser's own word that somebody goes there makes it one."""
    if _somebody_goes_there(request):
        return await _sign_in(request, db, me, token)
    return await _ask(request, db, me, token)


@head("/l/{token:str}")
async def look_at_link(token: FromPath[str]) -> Response[None]:
    """The same whatever became of the link."""
    return Response(None, headers={**_UNSEEN, "Cache-Control": "no-store"}, media_type="text/html")


@post("/l/{token:str}")
async def press(request: AnyRequest, db: Db, me: Me, token: FromPath[str]) -> Response[Any]:
    return await _sign_in(request, db, me, token)


def _somebody_goes_there(request: AnyRequest) -> bool:
    """Whether a browser (of 2020 or later) says that its user is opening this page, from outside of any page, such as
    from a text, or from one of ours. From a foreign page it asks first: that might sign somebody in as another."""
    said = {name: request.headers.get(f"Sec-Fetch-{name}", "") for name in ("Mode", "Dest", "User", "Site")}
    early = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    by_hand = said["User"] == "?1" or said["Site"] == "same-origin"
    return (said["Mode"] == "navigate" and said["Dest"] == "document" and by_hand
            and said["Site"] in ("", "none", "same-origin", "same-site") and "pre" not in early)


async def _sign_in(request: AnyRequest, db: AsyncSession, me: PhoneSession | None, token: str) -> Response[Any]:
    key = token.strip().lower()
    started = await links.use(db, key, browser=request.cookies.get(BROWSER, ""))
    link = await links.look(db, key)
    if started is None or link is None:
        return await _used_up(request, db, me, link)
    response = see(await _where_to(db, link))
    session = await sessions.of(db, started)
    if session is not None:
        await remember_language(db, request, session)
    await remember_phone(db, response, request, started)
    return _quietly(response)


async def _ask(request: AnyRequest, db: AsyncSession, me: PhoneSession | None, token: str) -> Response[Any]:
    link = await links.look(db, token.strip().lower())
    if link is None or not links.is_open(link):
        return await _used_up(request, db, me, link)
    return _quietly(show(request, "phone/link.html", area=await here(db, request, None)))


async def _used_up(request: AnyRequest, db: AsyncSession, me: PhoneSession | None, link: Link | None) -> Response[Any]:
    """Used, too old or never there: the same words. Whoever is signed in by it on this device just goes on."""
    if me is not None and link is not None and me.phone == link.phone and (
            link.resident_id is None or me.resident_id == link.resident_id):
        return _quietly(see(await _where_to(db, link)))
    return _quietly(show(request, "phone/link_over.html", area=await here(db, request, None), status=410))


async def _where_to(db: AsyncSession, link: Link) -> str:
    listing = (await listings.with_ids(db, [link.listing_id])).get(link.listing_id) if link.listing_id else None
    if listing is None:
        return "/me"
    return f"/jobs/{listing.number}?area={quote((await areas.get(db, listing.area_id)).code)}"


def _quietly(response: Response[Any]) -> Response[Any]:
    response.headers.update({**_UNSEEN, "Cache-Control": "no-store"})
    return response


ROUTES = [open_link, look_at_link, press]
