"""What all pages to be printed have: their own language, a way back, and codes to scan."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.arguments import AnyRequest
from app.errors import NotFound
from app.org.areas import Area, Level
from app.pages import page
from app.printing import qr
from app.staff import scopes
from app.staff.accounts import Officer

_NEAR = frozenset({"localhost", "127.0.0.1", "::1"})


def printed(request: AnyRequest, template: str, *, language: str, about: str, back: str, way_back: str,
            **values: Any) -> Response[str]:
    """A page in the language of those who will read it, whichever the officer reads; `way_back`, a marked sentence,
    says where `back` leads."""
    with i18n.speaking(language):
        return page(request, template, about=about, back=back, way_back=way_back, code=_code, **values)


async def building_asked(request: AnyRequest, db: AsyncSession, officer: Officer) -> Area | None:
    """The building that the address asks for. Raises NotFound for anything else."""
    area = await area_asked(request, db, officer, "building")
    if area is not None and area.level != Level.BUILDING:
        raise NotFound
    return area


async def area_asked(request: AnyRequest, db: AsyncSession, officer: Officer, name: str) -> Area | None:
    """The area whose id the address has under this name. Raises NotFound for one that is not there or out of scope."""
    asked = request.query_params.get(name, "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= 18):
        raise NotFound
    return await scopes.load(db, Area, int(asked), officer)


def out_of_reach(public_url: str) -> bool:
    """Whether it is an address of this very machine, which nobody who scans a code can open."""
    return urlsplit(public_url).hostname in _NEAR


def _code(address: str) -> Markup:
    return qr.svg(address, address)
