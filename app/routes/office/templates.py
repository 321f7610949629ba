"""Texts that staff keep by name: the list, and each with its history."""

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.campaigns import beginnings, campaigns, differences, templates
from app.campaigns.campaigns import TITLE_LENGTH, Kind
from app.campaigns.templates import NAME_LENGTH, NOTE_LENGTH, Template
from app.db import deed
from app.errors import Refused
from app.pages import page
from app.routes.office._forms import Form, form_of
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

LOADED = joinedload(Template.area)


@get("/office/templates", opt={"may": May.PUSH})
async def template_list(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    return await _list(request, db, officer, Form())


@post("/office/templates", opt={"may": May.PUSH}, status_code=200)
async def new(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    try:
        async with deed(db):
            kept = await templates.save(db, form.get("name"), form.get("text"), kind=_kind(form), by=officer)
    except Refused as refused:
        return await _list(request, db, officer, form, refused)
    return Redirect(f"/office/templates/{kept.template_id}", status_code=303)


@get("/office/templates/{template_id:int}", opt={"may": May.PUSH})
async def template(request: AnyRequest, db: Db, officer: Officer, template_id: RowId) -> Response[str]:
    """One template with its versions; ?old=1&new=3 shows what changed between two of them."""
    return await _one(request, db, officer, await _seen(db, officer, template_id))


@post("/office/templates/{template_id:int}", opt={"may": May.PUSH}, status_code=200)
async def add(request: AnyRequest, db: Db, officer: Officer, template_id: RowId) -> Response[str] | Redirect:
    form = await form_of(request)
    own = await scopes.load(db, Template, template_id, officer, LOADED)
    try:
        async with deed(db):
            await templates.add(db, own, form.get("text"), by=officer, note=form.get("note"))
    except Refused as refused:
        own = await scopes.load(db, Template, template_id, officer, LOADED)
        return await _one(request, db, officer, own, form=form, refused=refused)
    return Redirect(f"/office/templates/{own.id}", status_code=303)


@post("/office/templates/{template_id:int}/bring-back", opt={"may": May.PUSH}, status_code=303)
async def bring_back(request: AnyRequest, db: Db, officer: Officer, template_id: RowId) -> Redirect:
    form = await form_of(request)
    own = await scopes.load(db, Template, template_id, officer)
    await templates.bring_back(db, own, form.whole("number", least=1, most=100_000), by=officer)
    return Redirect(f"/office/templates/{own.id}", status_code=303)


@post("/office/templates/{template_id:int}/put-away", opt={"may": May.PUSH}, status_code=303)
async def put_away(db: Db, officer: Officer, template_id: RowId) -> Redirect:
    await templates.put_away(db, await scopes.load(db, Template, template_id, officer), by=officer)
    return Redirect("/office/templates", status_code=303)


@post("/office/templates/{template_id:int}/use", opt={"may": May.PUSH}, status_code=303)
async def use(db: Db, officer: Officer, template_id: RowId) -> Redirect:
    """A new bulk text that begins with it."""
    chosen = await _seen(db, officer, template_id)
    begun = await campaigns.draft(db, chosen.name[:TITLE_LENGTH], kind=Kind(chosen.kind), by=officer)
    await templates.use(db, begun, await templates.version(db, chosen, chosen.number), by=officer)
    return Redirect(f"/office/campaigns/{begun.id}/whom", status_code=303)


async def _seen(db: AsyncSession, officer: Account, template_id: int) -> Template:
    """A template that may be used: of the officer's area, of those inside it, or of one above."""
    return await scopes.one(db, scopes.around(Template, officer), Template, template_id, LOADED)


async def _list(request: AnyRequest, db: AsyncSession, officer: Account, form: Form,
                refused: Refused | None = None) -> Response[str]:
    usable = await templates.usable(db, officer)
    kept = {kind: [one for one in usable if one.template.kind == kind] for kind in Kind}
    return page(request, "office/templates/list.html", status=409 if refused else 200, officer=officer, kept=kept,
                beginnings=beginnings.OFFERED, form=form, errors=_errors(refused), name_length=NAME_LENGTH,
                kinds=list(Kind))


async def _one(request: AnyRequest, db: AsyncSession, officer: Account, shown: Template, *, form: Form | None = None,
               refused: Refused | None = None) -> Response[str]:
    versions = await templates.history(db, shown)
    numbered = {one.number: one for one in versions}
    asked = [request.query_params.get(name, "") for name in ("old", "new")]
    old, new = (numbered.get(int(one)) if one.isdecimal() and len(one) < 7 else None for one in asked)
    old = old or numbered.get(shown.number - 1)
    new = new or numbered[shown.number]
    return page(request, "office/templates/template.html", status=409 if refused else 200, shown=shown,
                versions=versions, old=old, new=new,
                changes=differences.between(old.text, new.text) if old and old is not new else [],
                own=officer.area.contains(shown.area), form=form or Form.of({"text": numbered[shown.number].text}),
                errors=_errors(refused), note_length=NOTE_LENGTH)


def _kind(form: Form) -> Kind:
    return Kind(form.get("kind")) if form.get("kind") in set(Kind) else Kind.NOTICE


def _errors(refused: Refused | None) -> dict[str, str]:
    return {refused.field: i18n.why(refused)} if refused else {}


ROUTES = [template_list, new, template, add, bring_back, put_away, use]
