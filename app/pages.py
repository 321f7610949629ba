"""One page, or the piece of it that htmx asked for."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK
from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState

from app import packing, preferences, strangers, words

VARY = "Accept-Encoding, HX-Request, HX-History-Restore-Request, HX-Boosted, Cookie"
_PACKED = ("phone/", "layouts/")  # the residents' pages; staff have better networks


def page(request: Request[Any, Any, Any], template: str, *, block: str = "", status: int = HTTP_200_OK,
         headers: dict[str, str] | None = None, **values: Any) -> Response[Any]:
    """The whole template, or only `block` of it when htmx swaps a piece.

    Nobody keeps it but the person who asked, unless it was made for a stranger: then app/finished.py says for how long.

    A restored history entry and a boosted link ask with HX-Request too, and both need the whole page. The template
    sees as `piece` which of the two it is.
    """
    found = words.environment().get_template(template)
    piece = bool(block) and wants_piece(request.headers)
    values = {"request": request, "csrf_token": _csrf_token(request), "path": request.url.path, "piece": piece,
              "size": preferences.chosen(request, "size"), "choose": partial(preferences.here_with, request),
              "next_size": preferences.next_size(request), "text_to": request.app.state.settings.text_to, **values}
    html = "".join(found.blocks[block](found.new_context(values))) if piece else found.render(values)
    ours = {"Vary": VARY}
    content = html.encode()
    stranger = strangers.asks(request.scope)
    if not stranger or status != HTTP_200_OK:
        ours["Cache-Control"] = "no-store"
    if not stranger and template.startswith(_PACKED):
        content = _packed(request, content, ours)
    return Response(content, media_type="text/html", status_code=status,
                    headers={**ours, **(headers or {})})


def _packed(request: Request[Any, Any, Any], content: bytes, headers: dict[str, str]) -> bytes:
    """The page in as few bytes as are made quickly; see csrf.py for what that must not give away."""
    packed = packing.pack(content, packing.wanted(request.headers.get("Accept-Encoding", ""), packing.QUICKEST))
    if packed.encoding:
        headers["Content-Encoding"] = packed.encoding
    return packed.content


def page_before(request: Request[Any, Any, Any]) -> str:
    """The page that led here, if it is one of ours; to offer a way back where something went wrong."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    ours = before.netloc == request.url.netloc and (request.method == "POST" or before.path != request.url.path)
    return "/" + before.path.lstrip("/") + (f"?{before.query}" if before.query else "") if ours else ""


def wants_piece(asked: Mapping[str, str]) -> bool:
    """Whether these headers, by names in small letters, ask for the piece that htmx swaps."""
    return ("hx-request" in asked and "hx-boosted" not in asked
            and asked.get("hx-history-restore-request") != "true")


def _csrf_token(request: Request[Any, Any, Any]) -> str:
    return str(value_or_default(ScopeState.from_scope(request.scope).csrf_token, ""))
