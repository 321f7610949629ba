"""The notice board: a day's work in large letters for each building, and the same to read aloud."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n
from app.arguments import AnyRequest, Db, Officer
from app.boards import boards
from app.errors import NotFound
from app.i18n import _
from app.org.areas import Area, Level
from app.pages import page
from app.printing import broadcast
from app.routes.office._paper import building_asked, out_of_reach, printed
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

DAYS = {"today": 0, "tomorrow": 1}
STATION = "station"  # what `building` says where no building is meant


@dataclass(frozen=True)
class Asked:
    """What the address asks for: of which community, for which day, in which language it is printed."""

    community: Area
    day: str
    language: str

    @property
    def date(self) -> date:
        return clock.today() + timedelta(days=DAYS[self.day])

    def address(self, page: str = "", **others: object) -> str:
        """Of a page about the same, but for what is given."""
        kept = {"area": self.community.id, "day": self.day, "in": self.language, **others}
        return f"/office/board{page}?{urlencode(kept)}"


@get("/office/board", opt={"may": May.LOOK})
async def overview(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    """Which day, which building; first which community, where an officer has several."""
    found = await boards.communities(db, officer)
    if len(found) != 1 and not request.query_params.get("area"):
        return page(request, "office/board/communities.html", communities=found)
    asked = _asked(request, found)
    days = {name: await boards.of(db, officer, asked.community, clock.today() + timedelta(days=ahead))
            for name, ahead in DAYS.items()}
    with i18n.speaking(asked.language):
        minutes = broadcast.minutes(broadcast.script(days[asked.day].everywhere()))
    return page(request, "office/board/board.html", asked=asked, days=days, day=days[asked.day],
                several=len(found) > 1, buildings=await boards.buildings(db, officer, asked.community),
                station=STATION if boards.has_station(officer, asked.community) else "", minutes=minutes,
                near=out_of_reach(days[asked.day].settings.public_url))


@get("/office/board/sheets", opt={"may": May.LOOK})
async def sheets(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    """A sheet for each building and one for the station, or with ?building= for one of them."""
    asked = _asked(request, await boards.communities(db, officer))
    day = await boards.of(db, officer, asked.community, asked.date)
    places = await _places(request, db, officer, asked.community)
    with i18n.speaking(asked.language):
        made = [day.board(building) for building in places]
    return printed(request, "print/board.html", language=asked.language, about=asked.community.name,
                   back=asked.address(), way_back=_("Back to the notice board"), boards=made)


@get("/office/board/script", opt={"may": May.LOOK})
async def script(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    """What is read aloud in the whole community, or with ?building= in front of one building."""
    asked = _asked(request, await boards.communities(db, officer))
    day = await boards.of(db, officer, asked.community, asked.date)
    place = await _place(request, db, officer, asked.community)
    with i18n.speaking(asked.language):
        paragraphs = broadcast.script(day.board(place) if place else day.everywhere())
        minutes, plain = broadcast.minutes(paragraphs), broadcast.plain(paragraphs)
    return printed(request, "print/broadcast.html", language=asked.language, about=asked.community.name,
                   back=asked.address(), way_back=_("Back to the notice board"), paragraphs=paragraphs,
                   minutes=minutes, plain=plain)


def _asked(request: AnyRequest, communities: Sequence[Area]) -> Asked:
    """Raises NotFound for a community that is not the officer's, and where it is not said which of several."""
    named, day, language = (request.query_params.get(name, "") for name in ("area", "day", "in"))
    chosen = [one for one in communities if str(one.id) == named] if named else communities
    if len(chosen) != 1:
        raise NotFound
    return Asked(chosen[0], day if day in DAYS else "today",
                 language if language in i18n.LANGUAGES else i18n.DEFAULT)


async def _places(request: AnyRequest, db: AsyncSession, officer: Account,
                  community: Area) -> list[Area | None]:
    """Where sheets will hang: None is the station. Raises NotFound for a place that is not the officer's."""
    station: list[Area | None] = [None] if boards.has_station(officer, community) else []
    if request.query_params.get("building", "") == STATION:
        if not station:
            raise NotFound
        return station
    place = await _place(request, db, officer, community)
    return [place] if place else [*station, *await boards.buildings(db, officer, community)]


async def _place(request: AnyRequest, db: AsyncSession, officer: Account, community: Area) -> Area | None:
    """The building that the address asks for, or the only one that the officer has. Raises NotFound for others."""
    building = await building_asked(request, db, officer)
    if building is None:
        return officer.area if officer.area.level == Level.BUILDING else None
    if not community.contains(building):
        raise NotFound
    return building


ROUTES = [overview, sheets, script]
