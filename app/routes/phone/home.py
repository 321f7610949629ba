"""The first page: today's work near you."""

from typing import Any

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from app.arguments import AnyRequest, Db
from app.jobs import finding, jobs
from app.jobs.finding import Card, Wish
from app.listings import signups
from app.listings.signups import Counts
from app.nearby.ground import Ground
from app.org.areas import Area
from app.routes.phone import _ground
from app.routes.phone._screens import here, show

SHOWN, LITTLE = 5, 3
LOOKED_AT = 40  # of a day, for some that still have places
Cards = list[Card]


@get("/", opt={"finished": True, "asks": ()})
async def home(request: AnyRequest, db: Db) -> Response[Any]:
    """Today's work, the nearest first; where that is little, tomorrow's below it, and what comes later. What still has
    places goes before what is full."""
    area = await here(db, request, None)
    seen = await _ground.around(db, request, area)
    days: list[Cards] = []
    counts: dict[int, Counts] = {}
    for wish in (Wish(day=0), Wish(day=1), Wish(since=2)):
        shown = sum(map(len, days))
        cards, theirs = await _some(db, area, wish, seen) if shown < LITTLE else ([], {})
        days.append(cards[:SHOWN - shown])
        counts |= theirs
    today, tomorrow, later = days
    response = show(request, "phone/home.html", area=area, block="found", today=today, tomorrow=tomorrow, later=later,
                    counts=counts, pay=jobs.pay_by_day, seen=seen, total=await finding.total(db, area))
    _ground.remember(response, request, seen)
    return response


async def _some(db: AsyncSession, area: Area | None, wish: Wish, seen: Ground) -> tuple[Cards, dict[int, Counts]]:
    """A few that fit, those with free places if there are any."""
    found = (await finding.find(db, area, wish, seen, most=LOOKED_AT)).cards
    counts = await signups.counts(db, [card.id for card in found])
    free = [card for card in found if counts[card.id].left(card.places)]
    return (free or found)[:SHOWN], counts


ROUTES = [home]
