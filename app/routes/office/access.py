"""How a resident gets to their own pages with the help of staff: a link by text, a card number, the pages here at the
station; and the end of everything that is known of somebody."""

from litestar import Response, get, post
from litestar.response import Redirect

from app import i18n
from app.access import card_numbers, links, sessions
from app.arguments import PHONE_COOKIE, STAFF_COOKIE, AnyRequest, Db, Officer, RowId
from app.db import deed
from app.errors import NotFound, Refused
from app.leading_on import BROWSER
from app.org import areas
from app.pages import page
from app.residents.residents import Resident
from app.rights import erasure
from app.routes.office._forms import form_of
from app.routes.office.residents import LOADED, show
from app.routes.phone._screens import remember_community
from app.staff import logins, scopes
from app.staff.accounts import May


@post("/office/residents/{resident_id:int}/link", opt={"may": May.SIGN_UP}, status_code=200)
async def text_link(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str] | Redirect:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    try:
        async with deed(db):
            await links.send(db, person, by=officer)
    except Refused as refused:
        return await show(request, db, officer, person, errors={"link": i18n.why(refused)}, box="access")
    return Redirect(f"/office/residents/{person.id}?said=link_sent", status_code=303)


@post("/office/residents/{resident_id:int}/card-number", opt={"may": May.SIGN_UP}, status_code=200)
async def issue_card(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str] | Redirect:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    try:
        async with deed(db):
            await card_numbers.issue(db, person, by=officer)
    except Refused as refused:
        return await show(request, db, officer, person, errors={"card": i18n.why(refused)}, box="access")
    return Redirect(f"/office/residents/{person.id}/card-number", status_code=303)


@get("/office/residents/{resident_id:int}/card-number", opt={"may": May.SIGN_UP})
async def print_card(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str]:
    """A small card to print and cut out."""
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    card = await card_numbers.of(db, person)
    if card is None:
        raise NotFound
    return page(request, "print/card_number.html", person=person, number=card_numbers.shown(card.number),
                station=await areas.community_of(db, person.area), back=f"/office/residents/{person.id}")


@get("/office/station", opt={"may": May.SIGN_UP})
async def station(request: AnyRequest, officer: Officer) -> Response[str]:
    return page(request, "office/station.html", officer=officer, error="", minutes=_minutes())


@post("/office/station", opt={"may": May.SIGN_UP}, status_code=200)
async def open_pages(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    """The person uses this device now, so the officer is logged out on it: nobody gets from the one to the other."""
    try:
        person, token = await card_numbers.open_pages(db, (await form_of(request)).get("card"), by=officer)
    except Refused as refused:
        return page(request, "office/station.html", officer=officer, error=i18n.why(refused), status=409,
                    minutes=_minutes())
    await logins.log_out(db, request.cookies.get(STAFF_COOKIE, ""))
    answer = Redirect("/me", status_code=303)
    remember_community(answer, await areas.community_of(db, await areas.get(db, person.area_id)))
    answer.delete_cookie(STAFF_COOKIE)
    answer.delete_cookie(BROWSER)  # what answered the forms of whoever was here before
    answer.delete_cookie("from")  # and the building where they live
    answer.set_cookie(PHONE_COOKIE, token, max_age=int(sessions.AT_STATION.total_seconds()), httponly=True,
                      samesite="lax", secure=request.app.state.settings.public_url.startswith("https"))
    return answer


@post("/office/residents/{resident_id:int}/erase", opt={"may": May.EDIT_RESIDENTS}, status_code=200)
async def erase(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str] | Redirect:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    try:
        if not (await form_of(request)).ticked("sure"):
            raise Refused(i18n._("Please tick that they want it, and that you telephoned them."), field="erase")
        async with deed(db):
            await erasure.erase(db, person, by=officer)
    except Refused as refused:
        person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
        return await show(request, db, officer, person, errors={"erase": i18n.why(refused)}, box="erase")
    return Redirect(f"/office/residents/{resident_id}?said=erased", status_code=303)


def _minutes() -> int:
    return int(sessions.AT_STATION.total_seconds() // 60)


ROUTES = [text_link, issue_card, print_card, station, open_pages, erase]
