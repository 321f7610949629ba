"""A month of fairs, courses and buses on one sheet in large letters, to hang up in a community."""

from urllib.parse import quote

from litestar import Response, get

from app import clock, i18n, words
from app.arguments import AnyRequest, Db, Officer
from app.boards import boards
from app.db import settings_of
from app.errors import NotFound
from app.i18n import _
from app.listings.listings import State
from app.occasions import occasions
from app.occasions.occasions import Occasion
from app.printing import month as sheet
from app.printing.month import Entry
from app.routes._months import AHEAD, Month, by_day
from app.routes.office._paper import printed
from app.staff.accounts import May


@get("/office/occasions/month", opt={"may": May.LOOK})
async def month_sheet(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    """Raises NotFound for a community that is not the officer's, and where it is not said which of several."""
    area, asked, language = (request.query_params.get(name, "") for name in ("area", "month", "in"))
    communities = [one for one in await boards.communities(db, officer) if area in ("", str(one.id))]
    if len(communities) != 1:
        raise NotFound
    [community], this = communities, Month.of(clock.today())
    month = Month.read(asked, least=this)
    since, settings = max(month.begins, clock.now()), settings_of(db)
    coming = [one for one in await occasions.between(db, community, since, month.ends)
              if one.state != State.CALLED_OFF]
    language = language if language in i18n.LANGUAGES else i18n.DEFAULT
    with i18n.speaking(language):
        entries = {one.id: _entry(one) for one in coming}
        size, count = sheet.fit(list(entries.values()))
    return printed(request, "print/month.html", language=language, about=community.name, back="/office/occasions",
                   way_back=_("Back to the calendar"), month=month, community=community, size=size, entries=entries,
                   days=by_day(coming[:count], since=since), rest=len(coming) - count, text_to=settings.text_to,
                   address=f"{settings.public_url}/calendar?month={month}&area={quote(community.code)}",
                   months=[this.later(ahead) for ahead in range(AHEAD + 1)])


def _entry(one: Occasion) -> Entry:
    last = "" if words.long_day(one.starts_at) == words.long_day(one.ends_at) else f"{words.long_day(one.ends_at)} "
    return Entry(one.title, f"{words.hour(one.starts_at)} – {last}{words.hour(one.ends_at)}",
                 f"{one.place} → {one.destination}" if one.destination else one.place, occasions.cost(one))


ROUTES = [month_sheet]
