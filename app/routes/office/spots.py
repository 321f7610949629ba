"""Where things are: the spots of a community by name, its buildings and its station. From these come the minutes on
foot, what is near, and the drawn maps."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.arguments import AnyRequest, Db, Officer
from app.db import deed
from app.errors import NotFound, Refused
from app.i18n import _
from app.jobs import openings
from app.nearby import coordinates, spots
from app.nearby.spots import Spot
from app.nearby.walking import Point
from app.org.areas import Area, Level, inside
from app.pages import page
from app.routes.office._forms import Form, form_of
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

SPARE_ROWS = 3


@dataclass(frozen=True)
class Line:
    """One line of a form: `at` is what stands in its field, `was` what stood there when the form was opened. A line
    without a name has a field for it."""

    name: str
    at: str
    was: str
    fixed: bool = True


Put = Callable[[str, Point | None], Awaitable[None]]


@get("/office/spots", opt={"may": May.POST})
async def spot_page(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    communities = await _communities(db, officer)
    asked = request.query_params.get("area", "")
    chosen = next((area for area in communities if area.code == asked), None)
    if chosen is None and (asked or not communities):
        raise NotFound
    return await _show(request, db, chosen or communities[0], communities)


@post("/office/spots", opt={"may": May.POST}, status_code=200)
async def put_spots(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    community = await _community(db, officer, form)

    async def put(name: str, point: Point | None) -> None:
        if point is not None:
            await spots.put(db, community, name=name, point=point, by=officer)
        else:
            spot = await db.scalar(select(Spot).where(Spot.area_id == community.id, Spot.name == name))
            if spot is not None:
                await spots.remove(db, spot, by=officer)

    return await _save(request, db, officer, form, community, part="spot", put=put)


@post("/office/spots/buildings", opt={"may": May.POST}, status_code=200)
async def put_buildings(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    community = await _community(db, officer, form)
    rows = await db.scalars(scopes.visible(Area, officer).where(inside(community)))
    by_code = {area.code: area for area in rows if area.level in (Level.COMMUNITY, Level.BUILDING)}

    async def put(code: str, point: Point | None) -> None:
        if code not in by_code:
            raise NotFound
        await spots.locate(db, community, by_code[code], point, by=officer)

    return await _save(request, db, officer, form, community, part="house", put=put)


async def _save(request: AnyRequest, db: AsyncSession, officer: Account, form: Form, community: Area, *,
                part: str, put: Put) -> Response[str] | Redirect:
    """Every line whose field was changed, or none of them where one cannot be."""
    errors: dict[str, str] = {}
    try:
        async with deed(db):
            for key in _lines(form, part):
                if form.get(f"{part}-at-{key}") != form.get(f"{part}-was-{key}"):
                    await _put_line(form, f"{part}-{{}}-{key}", put, errors)
            if errors:
                raise Refused("")
    except Refused:
        return await _show(request, db, community, await _communities(db, officer), part=part, form=form,
                           errors=errors)
    return Redirect(f"/office/spots?area={community.code}&said=corrected", status_code=303)


async def _put_line(form: Form, field: str, put: Put, errors: dict[str, str]) -> None:
    typed, name = form.get(field.format("at")), form.get(field.format("name"))
    try:
        if typed and not name:
            raise Refused(_("Please say what this place is called."), field="name")
        await put(name, coordinates.read(typed, field="at") if typed else None)
    except Refused as refused:
        errors[field.format("name" if refused.field == "name" else "at")] = i18n.why(refused)


def _lines(form: Form, part: str) -> list[str]:
    return [key for key in form.all(f"{part}-line") if key.isdecimal()][:spots.MOST * 3]


async def _show(request: AnyRequest, db: AsyncSession, community: Area, communities: list[Area], *, part: str = "",
                form: Form | None = None, errors: dict[str, str] | None = None) -> Response[str]:
    """Both forms; the one that was sent with everything that was typed."""
    await db.refresh(community)
    known = await spots.of(db, community)
    missing = [place for place in await openings.places(db, community) if place not in known]
    spot_lines = [Line(name, at := coordinates.written(point), at) for name, point in known.items()]
    spot_lines += [Line(name, "", "") for name in missing] + [Line("", "", "", fixed=False)] * SPARE_ROWS
    houses = await spots.buildings(db, community)
    house_lines = [(community.code, community.name, coordinates.written(spots.point_of(community.lat, community.lng))),
                   *((house.code, house.name, coordinates.written(house.point)) for house in houses)]
    return page(request, "office/spots.html", status=409 if errors else 200, community=community,
                communities=communities, errors=errors or {}, missing=len(missing),
                spots=_typed(form) if form and part == "spot" else spot_lines,
                houses=[(code, name, form.get(f"house-at-{at}") if form and part == "house" else written, written)
                        for at, (code, name, written) in enumerate(house_lines)])


def _typed(form: Form) -> list[Line]:
    return [Line(form.get(f"spot-name-{key}"), form.get(f"spot-at-{key}"), form.get(f"spot-was-{key}"),
                 bool(form.get(f"spot-fixed-{key}"))) for key in _lines(form, "spot")]


async def _communities(db: AsyncSession, officer: Account) -> list[Area]:
    return list(await db.scalars(scopes.visible(Area, officer).where(Area.level == Level.COMMUNITY)
                                 .order_by(Area.id).limit(300)))


async def _community(db: AsyncSession, officer: Account, form: Form) -> Area:
    found = await scopes.area(db, form.get("area"), officer)
    if found.level != Level.COMMUNITY:
        raise NotFound
    return found


ROUTES = [spot_page, put_spots, put_buildings]
