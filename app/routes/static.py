"""Style sheets and scripts."""

import mimetypes

from litestar import Response, get
from litestar.params import FromPath

from app import assets
from app.errors import NotFound

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@get("/static/{name:str}", sync_to_thread=False)
def static(name: FromPath[str]) -> Response[bytes]:
    """A file by the name that app.assets gave it."""
    content = assets.read(name)
    if content is None:
        raise NotFound
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind + ("; charset=utf-8" if kind.startswith("text/") else ""),
                    headers=_FOR_EVER)


ROUTES = [static]
