"""How to do everything by text too, and whom to call."""

from typing import Any

from litestar import Response, get

from app.arguments import AnyRequest, Db, Me
from app.routes.phone._screens import here, show


@get("/help", opt={"finished": True, "asks": ()})
async def help_page(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    return show(request, "phone/help.html", area=await here(db, request, me))


ROUTES = [help_page]
