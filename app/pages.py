"""One page, or the piece of it that htmx asked for."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK
from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState

from app import preferences, words

_VARY = "HX-Request, HX-History-Restore-Request, HX-Boosted, Cookie"


def page(request: Request[Any, Any, Any], template: str, *, block: str = "", status: int = HTTP_200_OK,
         headers: dict[str, str] | None = None, **values: Any) -> Response[str]:
    """The whole template, or only `block` of it when htmx swaps a piece.

    A restored history entry and a boosted link ask with HX-Request too, and both need the whole page. The template
    sees as `piece` which of the two it is.
    """
    found = words.environment().get_template(template)
    piece = bool(block) and _wants_piece(request)
    values = {"request": request, "csrf_token": _csrf_token(request), "path": request.url.path, "piece": piece,
              "size": preferences.chosen(request, "size"), "choose": partial(preferences.here_with, request),
              "next_size": preferences.next_size(request), **values}
    html = "".join(found.blocks[block](found.new_context(values))) if piece else found.render(values)
    return Response(html, media_type="text/html; charset=utf-8", status_code=status,
                    headers={"Vary": _VARY, "Cache-Control": "no-store", **(headers or {})})


def page_before(request: Request[Any, Any, Any]) -> str:
    """The page that led here, if it is one of ours; to offer a way back where something went wrong."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    ours = before.netloc == request.url.netloc and (request.method == "POST" or before.path != request.url.path)
    return "/" + before.path.lstrip("/") + (f"?{before.query}" if before.query else "") if ours else ""


def _wants_piece(request: Request[Any, Any, Any]) -> bool:
    asked = request.headers
    return ("HX-Request" in asked and "HX-Boosted" not in asked
            and asked.get("HX-History-Restore-Request") != "true")


def _csrf_token(request: Request[Any, Any, Any]) -> str:
    return str(value_or_default(ScopeState.from_scope(request.scope).csrf_token, ""))
