"""The drawn way to a job, as an image that the page of the job shows."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app import i18n
from app.arguments import AnyRequest, Db
from app.errors import NotFound
from app.i18n import _
from app.nearby import drawing
from app.nearby.drawing import Place
from app.routes.phone import _ground
from app.routes.phone.jobs import find


@get("/jobs/{number:str}/map.svg", opt={"finished": True, "asks": ()})
async def way(request: AnyRequest, db: Db, number: FromPath[str]) -> Response[Any]:
    """From the building that the address names, else from the station. Raises NotFound where nobody has entered where
    the place of the job is."""
    _area, found = await find(db, request, None, number)
    if len(found) != 1:
        raise NotFound
    job = found[0]
    seen = await _ground.around(db, request, job.area)
    point = seen.spots.get(job.place)
    if point is None:
        raise NotFound
    home = seen.home if seen.knows_home else None
    start = Place(home.name if home else i18n.say(_("the station")), seen.start) if seen.start else None
    drawn = drawing.draw(Place(job.place, point), start, [Place(name, at) for name, at in seen.spots.items()])
    return Response(drawn.encode(), media_type="image/svg+xml", headers={
        "Cache-Control": "public, max-age=600", "Content-Security-Policy": "default-src 'none'"})


ROUTES = [way]
