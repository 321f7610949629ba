"""Style sheets and scripts."""

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from app import assets, packing
from app.arguments import AnyRequest
from app.errors import NotFound

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
             "Vary": "Accept-Encoding"}


@route("/static/{name:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=False,
       opt={"exclude_from_csrf": True})
def static(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """A file by the name that app.assets gave it, packed beforehand."""
    packed = assets.packed(name, packing.wanted(request.headers.get("Accept-Encoding", "")))
    if packed is None:
        raise NotFound
    headers = {**_FOR_EVER, "ETag": packed.tag}
    if packing.is_known(packed.tag, request.headers.get("If-None-Match", "")):
        return Response(b"", status_code=304, headers=headers)
    if packed.encoding:
        headers["Content-Encoding"] = packed.encoding
    return Response(packed.content, media_type=assets.kind(name), headers=headers)


ROUTES = [static]
