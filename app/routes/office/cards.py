"""Put one person into the registry and correct one, without a list: the form, moving away, the whole ID number."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, phones
from app.arguments import AnyRequest, Db, Officer, RowId
from app.calls import naming
from app.calls.calls import Call
from app.db import deed
from app.errors import Refused
from app.i18n import _
from app.jobs.jobs import TRADES, Demand
from app.listings.listings import Listing
from app.org import areas
from app.org.areas import Area, Level
from app.pages import page
from app.residents import cards, consents
from app.residents.cards import AlreadyHere
from app.residents.residents import Resident, WorkStatus
from app.routes.office._card import facts_of, form_of_resident, shown_id_number, told_of
from app.routes.office._forms import Form, form_of
from app.routes.office.calls import theirs
from app.routes.office.residents import LOADED
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

ABOVE = (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET)
COMMUNITIES_AT_MOST = 500


@dataclass
class Desk:
    """What the form stands on: what was typed, and the person to correct or the call that asks for somebody new."""

    form: Form
    person: Resident | None = None
    call: Call | None = None

    @property
    def phone(self) -> str:
        """The number that the form shows masked."""
        return (self.person.phone or "") if self.person else self.call.phone if self.call else ""


@get("/office/residents/new", opt={"may": May.EDIT_RESIDENTS})
async def new_resident(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    """An empty form; with ?call=ID the phone is the call's, and never in an address."""
    call = await _call(request, db, officer)
    form = Form()
    if call is not None and call.phone:
        form = Form.of({"phone": phones.mask(call.phone)})
    return await _form(request, db, officer, Desk(form, call=call))


@post("/office/residents/new", opt={"may": May.EDIT_RESIDENTS}, status_code=200)
async def add_resident(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    desk = Desk(await form_of(request), call=await _call(request, db, officer))
    area = await _area(db, officer, desk.form)
    try:
        async with deed(db):
            person = await cards.add(db, facts_of(desk.form, _chosen(area), phone=desk.phone), by=officer)
            told = told_of(desk.form)
            if told is not None:
                await consents.record(db, person, told, by=officer)
            await naming.adopt(db, person, by=officer, call=desk.call)
    except Refused as refused:
        return await _form(request, db, officer, desk, refused=refused)
    return Redirect(f"/office/residents/{person.id}?said=registered", status_code=303)


@get("/office/residents/{resident_id:int}/change", opt={"may": May.EDIT_RESIDENTS})
async def change_form(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str]:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    return await _form(request, db, officer, Desk(await form_of_resident(db, person), person))


@post("/office/residents/{resident_id:int}/change", opt={"may": May.EDIT_RESIDENTS}, status_code=200)
async def change_resident(request: AnyRequest, db: Db, officer: Officer,
                          resident_id: RowId) -> Response[str] | Redirect:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    desk = Desk(await form_of(request), person)
    area = await _area(db, officer, desk.form)
    try:
        async with deed(db):
            await cards.change(db, person, facts_of(desk.form, _chosen(area), phone=desk.phone,
                                                    id_number=shown_id_number(db, person)), by=officer)
            await naming.adopt(db, person, by=officer)
    except Refused as refused:
        desk.person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
        return await _form(request, db, officer, desk, refused=refused)
    return Redirect(f"/office/residents/{person.id}?said=corrected", status_code=303)


@post("/office/residents/{resident_id:int}/leave", opt={"may": May.EDIT_RESIDENTS}, status_code=303)
async def leave(db: Db, officer: Officer, resident_id: RowId) -> Redirect:
    person = await scopes.load(db, Resident, resident_id, officer)
    await cards.leave(db, person, by=officer)
    return Redirect(f"/office/residents/{person.id}?said=left", status_code=303)


@post("/office/residents/{resident_id:int}/come-back", opt={"may": May.EDIT_RESIDENTS}, status_code=303)
async def come_back(db: Db, officer: Officer, resident_id: RowId) -> Redirect:
    person = await scopes.load(db, Resident, resident_id, officer)
    await cards.come_back(db, person, by=officer)
    return Redirect(f"/office/residents/{person.id}?said=corrected", status_code=303)


@post("/office/residents/{resident_id:int}/id-number", opt={"may": May.OPEN}, status_code=200)
async def open_id_number(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str]:
    person = await scopes.load(db, Resident, resident_id, officer)
    number = await cards.open_id_number(db, person, by=officer)
    return page(request, "office/residents/id_number.html", block="number", number=number, person=person)


async def _call(request: AnyRequest, db: AsyncSession, officer: Account) -> Call | None:
    """The call that the form was opened from. NotFound for one that is not the officer's."""
    asked = request.query_params.get("call", "")
    return await scopes.one(db, theirs(officer), Call, int(asked[:18])) if asked.isdecimal() else None


async def _area(db: AsyncSession, officer: Account, form: Form) -> Area | None:
    return await scopes.area(db, form.get("area"), officer) if form.get("area") else None


def _chosen(area: Area | None) -> Area:
    if area is None:
        raise Refused(_("Please choose where the person lives."), field="area")
    return area


async def _form(request: AnyRequest, db: AsyncSession, officer: Account, desk: Desk, *,
                refused: Refused | None = None) -> Response[str]:
    """The form with everything that was typed, and the sentence beside its field. Who is in charge of more than one
    community says first in which."""
    root = await _root(request, db, officer, desk)
    if root is None:
        communities = await db.scalars(scopes.visible(Area, officer).where(Area.level == Level.COMMUNITY)
                                       .order_by(Area.id).limit(COMMUNITIES_AT_MOST))
        return page(request, "office/residents/where.html", communities=list(communities), person=desk.person,
                    call=desk.call)
    other = refused.other if isinstance(refused, AlreadyHere) else None
    return page(request, "office/residents/form.html", status=409 if refused else 200, form=desk.form,
                person=desk.person, errors={refused.field: i18n.why(refused)} if refused else {}, other=other,
                alike=bool(refused and other and refused.field == "name"), doors=await _doors(db, desk, root),
                root=root, elsewhere=officer.area.level in ABOVE, trades=TRADES, demands=list(Demand),
                statuses_in_order=list(WorkStatus), **await _wanted(db, desk))


async def _root(request: AnyRequest, db: AsyncSession, officer: Account, desk: Desk) -> Area | None:
    """The community whose doors are offered, or what the officer has of it; None where it must be chosen first."""
    if officer.area.level not in ABOVE:
        return officer.area
    asked = request.query_params.get("in")
    if asked is not None:
        return await scopes.area(db, asked, officer) if asked else None
    known = desk.person.area_id if desk.person else desk.call.area_id if desk.call else None
    found = await areas.community_of(db, await areas.get(db, known)) if known else None
    return found if found is not None and found.level == Level.COMMUNITY else None


async def _doors(db: AsyncSession, desk: Desk, root: Area) -> list[tuple[str, str]]:
    """Codes and names of where somebody can live: the buildings, and the community while nobody knows which."""
    doors = [(building.code, building.name) for building in await areas.buildings(db, root)]
    if root.level != Level.BUILDING:
        doors.insert(0, (root.code, i18n.say(_("{area}, building not known"), area=root.name)))
    person = desk.person
    if person and root.contains(person.area) and person.area.code not in dict(doors):
        doors.append((person.area.code, person.area.name))
    return doors


async def _wanted(db: AsyncSession, desk: Desk) -> dict[str, Any]:
    """The call and the listing that it is about."""
    listing = await db.scalar(select(Listing).where(Listing.id == desk.call.listing_id)) if desk.call else None
    return {"call": desk.call, "listing": listing}


ROUTES = [new_resident, add_resident, change_form, change_resident, leave, come_back, open_id_number]
