"""What somebody chose on a page and keeps on this device, in a cookie of the same name: language, size of letters."""

from collections.abc import Mapping
from urllib.parse import urlencode

from litestar.types import Message

from app import i18n
from app.arguments import AnyRequest

SIZES = ("20", "24", "30")  # pixels of a letter; the largest is what the norm for elders' pages asks for
CHOICES: Mapping[str, tuple[str, ...]] = {"lang": i18n.LANGUAGES, "size": SIZES}
_YEAR_SECONDS = 365 * 24 * 3600


def chosen(request: AnyRequest, name: str) -> str:
    """What the address asks for, or what was chosen before, or the first one there is."""
    for wished in (request.query_params.get(name, ""), request.cookies.get(name, "")):
        if wished in CHOICES[name]:
            return wished
    return CHOICES[name][0]


def next_size(request: AnyRequest) -> str:
    """The size after the one that holds, and after the largest the smallest."""
    return SIZES[(SIZES.index(chosen(request, "size")) + 1) % len(SIZES)]


def here_with(request: AnyRequest, **choice: str) -> str:
    """The address of this page with another choice."""
    kept = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    return f"{request.url.path}?{urlencode({**kept, **choice})}"


def on(path: str, **choice: str) -> str:
    """The address of that page with another choice: for a page whose own address is of no use."""
    return f"{path}?{urlencode(choice)}"


def remember(request: AnyRequest, message: Message) -> None:
    """Put what the address asks for into cookies of the answer that begins with this message."""
    if message["type"] != "http.response.start":
        return
    named = [(name, value) for name, value in _named(request).items() if value in CHOICES[name]]
    cookies = [(b"set-cookie", f"{name}={value}; Max-Age={_YEAR_SECONDS}; Path=/; SameSite=Lax".encode())
               for name, value in named]
    message["headers"] = [*message["headers"], *cookies]


def _named(request: AnyRequest) -> dict[str, str]:
    return {name: request.query_params.get(name, "") for name in CHOICES}
