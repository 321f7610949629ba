"""How texts left within the last day, what waits now, what the nightly look found, and what providers sent that could
not be read."""

from collections import Counter
from datetime import timedelta

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.arguments import AnyRequest, Db, Officer, RowId
from app.campaigns import export
from app.errors import NotFound, Refused
from app.i18n import _
from app.org.areas import Area, inside
from app.pages import page
from app.routes.office import _gateways
from app.routes.office.pushes import STATUSES
from app.sms import breaker
from app.sms.arrivals import UnreadableCall
from app.sms.outbox import Message
from app.staff import audit
from app.staff.accounts import May
from app.staff.accounts import Officer as Account
from app.watch import figures, inspections, lately, stalls

SHOWN_AT_MOST = 100
LATELY = timedelta(days=1)


@get("/office/carriers", opt={"may": May.CARRIERS})
async def carriers(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    whole = await _oversees_all(db, officer)
    within = None if whole else officer.area
    hours, errors = await lately.by_hour(db, within=within), await lately.errors(db, within=within)
    found = await figures.of(db) if whole else None
    rows = (select(UnreadableCall.id, UnreadableCall.gateway, UnreadableCall.kind, UnreadableCall.problem,
                   UnreadableCall.received_at).order_by(UnreadableCall.id.desc()).limit(SHOWN_AT_MOST))
    return page(request, "office/carriers/list.html", officer=officer, whole=whole, statuses=STATUSES,
                calls=(await db.execute(rows)).all() if whole else [], texts=await _texts(db, officer, whole=whole),
                settings=request.app.state.settings, gateways=await _gateways.shown(db), hours=hours, errors=errors,
                reasons=export.REASONS,
                day=sum((hour.states for hour in hours), Counter()), failed=sum(errors.values(), Counter()),
                figures=found, stalls=await stalls.now(db, found) if found else [],
                inspection=await inspections.last(db) if whole else None,
                decisions=await _gateways.decided(db) if whole else [])


@post("/office/carriers/{call_id:int}/raw", opt={"may": May.CARRIERS}, status_code=200)
async def open_raw(request: AnyRequest, db: Db, officer: Officer, call_id: RowId) -> Response[str]:
    """What the provider sent, word for word; it may name people, so opening it is noted."""
    call = await db.get(UnreadableCall, call_id) if await _oversees_all(db, officer) else None
    if call is None:
        raise NotFound
    audit.record(db, "open_raw_call", call, by=officer)
    return page(request, "office/carriers/raw.html", block="raw", call=call)


@post("/office/carriers/gateways/{name:str}/try", opt={"may": May.CARRIERS}, status_code=303)
async def try_now(db: Db, officer: Officer, name: FromPath[str]) -> Redirect:
    """Let a gateway that rests go on: it is tried with the next text."""
    await _must_oversee_all(db, officer)
    await breaker.try_now(db, name, by=officer)
    return Redirect("/office/carriers", status_code=303)


@post("/office/carriers/gateways/{name:str}/rest", opt={"may": May.CARRIERS}, status_code=303)
async def rest(db: Db, officer: Officer, name: FromPath[str]) -> Redirect:
    """Give a gateway nothing more until an officer lets it go on."""
    await _must_oversee_all(db, officer)
    await breaker.take_out(db, name, by=officer)
    return Redirect("/office/carriers", status_code=303)


async def _must_oversee_all(db: AsyncSession, officer: Account) -> None:
    """Everybody's texts leave through a gateway. Raises Refused."""
    if not await _oversees_all(db, officer):
        raise Refused(_("Other communities' texts leave through it, too: whoever looks after all of them decides."))


async def _oversees_all(db: AsyncSession, officer: Account) -> bool:
    """Whether nobody lives outside the officer's area: what could not be read may come from anybody."""
    elsewhere = select(Area.id).where(~inside(officer.area), Area.path.not_in(_above(officer.area))).limit(1)
    return await db.scalar(elsewhere) is None


def _above(area: Area) -> list[str]:
    parts = area.path.strip("/").split("/")
    return ["/" + "/".join(parts[:count]) + "/" for count in range(1, len(parts))]


async def _texts(db: AsyncSession, officer: Account, *, whole: bool) -> dict[str, int]:
    """The texts of the last day by status. Ids grow with time, so the newest older one says where the day begins."""
    older = await db.scalar(select(Message.id).where(Message.created_at < clock.now() - LATELY)
                            .order_by(Message.id.desc()).limit(1))
    chosen = select(Message.status, func.count(Message.id)).where(Message.id > (older or 0)).group_by(Message.status)
    if not whole:
        chosen = chosen.join(Area, Area.id == Message.area_id).where(inside(officer.area))
    return {row[0]: row[1] for row in await db.execute(chosen)}


ROUTES = [carriers, open_raw, try_now, rest]
