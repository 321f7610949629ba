"""Where somebody lives: the building chosen on the list, kept on this device. It decides what is near, nothing else."""

from typing import Any
from urllib.parse import quote, unquote

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.arguments import AnyRequest
from app.nearby import ground
from app.nearby.ground import Ground
from app.org.areas import Area

_COOKIE, _YEAR_SECONDS = "from", 365 * 24 * 3600


async def around(db: AsyncSession, request: AnyRequest, area: Area | None) -> Ground:
    """The community seen from the building that the address or this device names, if it is one of it."""
    named = _COOKIE in request.query_params
    return await ground.around(db, area, home=_named(request) if named else unquote(request.cookies.get(_COOKIE, "")))


def remember(response: Response[Any], request: AnyRequest, seen: Ground) -> None:
    """Keep a building that the address names; an empty one is a wish to forget it."""
    if seen.home is not None and _named(request) == seen.home.code:
        response.set_cookie(_COOKIE, quote(seen.home.code), max_age=_YEAR_SECONDS, httponly=True, samesite="lax")
    elif request.query_params.get(_COOKIE) == "":
        response.delete_cookie(_COOKIE)


def _named(request: AnyRequest) -> str:
    return str(request.query_params.get(_COOKIE, ""))
