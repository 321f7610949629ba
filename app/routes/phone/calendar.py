"""The calendar of fairs, courses and buses to come: a list by day, a month at a time."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from app import clock
from app.arguments import AnyRequest, Db
from app.listings import signups
from app.occasions import occasions
from app.occasions.occasions import Kind
from app.org.areas import Area
from app.routes._months import AHEAD, Month, by_day
from app.routes.phone._screens import here, show


@get("/calendar", opt={"finished": True, "asks": ("month", "kind")})
async def calendar(request: AnyRequest, db: Db) -> Response[Any]:
    area, this = await here(db, request, None), Month.of(clock.today())
    month = Month.read(request.query_params.get("month", ""), least=this)
    asked = request.query_params.get("kind", "")
    kind = Kind(asked) if asked in set(Kind) else None
    since = max(month.begins, clock.now())
    found = await occasions.between(db, area, since, month.ends, kinds=[kind] if kind else list(Kind))
    before, after = month.later(-1), month.later(1)
    return show(request, "phone/calendar.html", area=area, month=month, kind=kind, days=by_day(found, since=since),
                counts=await signups.counts(db, [one.id for one in found]), cost=occasions.cost,
                kinds=[(one, _address(area, month, one)) for one in (None, *Kind)],
                before=(before, _address(area, before, kind)) if before >= this else None,
                after=(after, _address(area, after, kind)) if after <= this.later(AHEAD) else None)


def _address(area: Area | None, month: Month, kind: Kind | None) -> str:
    asked = {"month": str(month), **({"kind": kind.value} if kind else {}), **({"area": area.code} if area else {})}
    return f"/calendar?{urlencode(asked)}"


ROUTES = [calendar]
