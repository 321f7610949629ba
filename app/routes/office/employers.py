"""Employers: add one, and say that somebody saw the papers."""

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.db import deed
from app.employers import employers
from app.employers.employers import Employer
from app.errors import Refused
from app.org.areas import Area, Level
from app.pages import page
from app.routes.office._forms import Form, form_of
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account


@get("/office/employers", opt={"may": May.POST})
async def employer_list(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    return await _show(request, db, officer)


@post("/office/employers", opt={"may": May.POST}, status_code=200)
async def add_employer(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    area = await scopes.area(db, form.get("area"), officer)
    try:
        async with deed(db):
            await employers.add(db, area, name=form.get("name"), contact=form.get("contact"), phone=form.get("phone"),
                                by=officer)
    except Refused as refused:
        return await _show(request, db, officer, form=form, errors={refused.field: i18n.why(refused)})
    return Redirect("/office/employers?said=employer", status_code=303)


@post("/office/employers/{employer_id:int}/verify", opt={"may": May.VERIFY}, status_code=200)
async def verify_employer(request: AnyRequest, db: Db, officer: Officer,
                          employer_id: RowId) -> Response[str] | Redirect:
    form = await form_of(request)
    employer = await scopes.load(db, Employer, employer_id, officer)
    try:
        async with deed(db):
            await employers.verify(db, employer, document=form.get("document"), by=officer)
    except Refused as refused:
        return await _show(request, db, officer, errors={f"document-{employer_id}": i18n.why(refused)})
    return Redirect("/office/employers?said=verified", status_code=303)


async def _show(request: AnyRequest, db: AsyncSession, officer: Account, *, form: Form | None = None,
                errors: dict[str, str] | None = None) -> Response[str]:
    found = await db.execute(scopes.visible(Employer, officer).add_columns(Area.name).order_by(
        Employer.verified_at.is_not(None), Employer.name).limit(500))
    return page(request, "office/employers/list.html", status=409 if errors else 200, officer=officer,
                employers=[(employer, place) for employer, place in found], form=form or Form(), errors=errors or {},
                communities=await _communities(db, officer))


async def _communities(db: AsyncSession, officer: Account) -> list[Area]:
    """Where an employer of this officer's can belong."""
    return list(await db.scalars(scopes.visible(Area, officer).where(Area.level == Level.COMMUNITY)
                                 .order_by(Area.id).limit(300)))


ROUTES = [employer_list, add_employer, verify_employer]
