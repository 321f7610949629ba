"""The record of one person's phone: why it is needed, then all that was said both ways, to print."""

from litestar import Response, get, post

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.db import deed
from app.desk import records
from app.errors import Refused
from app.pages import page
from app.residents.residents import Resident
from app.routes.office._forms import Form, form_of
from app.routes.office.residents import LOADED
from app.staff import scopes
from app.staff.accounts import May

A_PAGE = 30  # entries on the screen at once; on paper all of them


@get("/office/residents/{resident_id:int}/record", opt={"may": May.OPEN})
async def ask_for_record(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str]:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    return _ask(request, person, Form(), {})


@post("/office/residents/{resident_id:int}/record", opt={"may": May.OPEN}, status_code=200)
async def show_record(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str]:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    form = await form_of(request)
    try:
        async with deed(db):
            record = await records.open_record(db, person, form.get("reason"), by=officer,
                                               whole_phone=form.ticked("whole_phone"))
    except Refused as refused:
        return _ask(request, person, form, {refused.field: i18n.why(refused)})
    pages = [record.entries[start:start + A_PAGE] for start in range(0, len(record.entries), A_PAGE)]
    return page(request, "office/residents/record.html", person=person, record=record, pages=pages)


def _ask(request: AnyRequest, person: Resident, form: Form, errors: dict[str, str]) -> Response[str]:
    return page(request, "office/residents/record_why.html", status=409 if errors else 200, person=person, form=form,
                errors=errors)


ROUTES = [ask_for_record, show_record]
