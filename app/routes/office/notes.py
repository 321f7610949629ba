"""What staff note beside a resident's card: the word about texts, and the hardship categories."""

from litestar import Response, post
from litestar.response import Redirect

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.db import deed
from app.errors import Refused
from app.i18n import _
from app.residents import consents, hardship
from app.residents.residents import Resident
from app.routes.office._card import told_of
from app.routes.office._forms import form_of
from app.routes.office.residents import LOADED, show
from app.staff import scopes
from app.staff.accounts import May


@post("/office/residents/{resident_id:int}/consent", opt={"may": May.EDIT_RESIDENTS}, status_code=200)
async def record_consent(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str] | Redirect:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    form = await form_of(request)
    try:
        async with deed(db):
            told = told_of(form)
            if told is None:
                raise Refused(_("Please choose one."), field="word")
            await consents.record(db, person, told, by=officer)
    except Refused as refused:
        return await show(request, db, officer, person, form=form, errors={refused.field: i18n.why(refused)},
                          box="consent")
    return Redirect(f"/office/residents/{person.id}?said=noted", status_code=303)


@post("/office/residents/{resident_id:int}/hardship", opt={"may": May.EDIT_RESIDENTS}, status_code=200)
async def recognise(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str] | Redirect:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    form = await form_of(request)
    try:
        async with deed(db):
            await hardship.recognise(db, person, form.get("code"), ground=form.get("ground"),
                                     since=form.day("since") if form.get("since") else None,
                                     until=form.day("until") if form.get("until") else None, by=officer)
    except Refused as refused:
        return await show(request, db, officer, person, form=form, errors={refused.field: i18n.why(refused)},
                          box="hardship")
    return Redirect(f"/office/residents/{person.id}?said=noted", status_code=303)


@post("/office/residents/{resident_id:int}/hardship/{hardship_id:int}/end", opt={"may": May.EDIT_RESIDENTS},
      status_code=200)
async def end(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId,
              hardship_id: RowId) -> Response[str] | Redirect:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    form = await form_of(request)
    try:
        async with deed(db):
            await hardship.end(db, person, hardship_id, until=form.day("until"), by=officer)
    except Refused as refused:
        return await show(request, db, officer, person, errors={f"until-{hardship_id}": i18n.why(refused)},
                          box="hardship")
    return Redirect(f"/office/residents/{person.id}?said=noted", status_code=303)


ROUTES = [record_consent, recognise, end]
