"""Bringing a list of residents into the registry: upload, look at what is wrong and what would change, apply.

Reading a large list takes seconds, so it happens in a thread and outside every transaction; these pages open short
sessions of their own instead of asking for one that would be held all the while.
"""

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.arguments import AnyRequest, Db, Officer
from app.db import Database
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area, Level
from app.pages import page
from app.residents import vault
from app.residents.imports import apply, bad_rows, check, files, threads, wording
from app.residents.imports.check import Report
from app.residents.imports.columns import FIELDS, letter
from app.residents.imports.files import ImportFile
from app.residents.imports.sheets import MOST_BYTES
from app.routes.office._guard import FIRST
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

_FORM_BYTES = 1024 * 1024  # of the form around the file
MOST_ERRORS, MOST_CHANGES = 1000, 200  # on the page; the workbook of bad rows has all of them
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/office/import", opt={"may": May.IMPORT})
async def start(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    return await _start(request, db, officer)


@post("/office/import", opt={"may": May.IMPORT, FIRST: True}, status_code=200,
      request_max_body_size=MOST_BYTES + _FORM_BYTES)
async def upload(request: AnyRequest) -> Response[str] | Redirect:
    """Keep the file; the page that it leads to checks it, and may be opened again."""
    form = await request.form()
    officer: Account = request.state.officer
    database = _database(request)
    given = form.get("file")
    data = await given.read() if isinstance(given, UploadFile) else b""
    async with database.reading() as db:
        area = await scopes.area(db, str(form.get("area", "")), officer)
        if not isinstance(given, UploadFile) or not given.filename:
            return await _start(request, db, officer, wrong=i18n.gettext(_("Please choose a file.")))
        if len(data) > MOST_BYTES:
            return await _start(request, db, officer, wrong=i18n.say(
                _("This file is larger than {size} MB. Please import it in parts."), size=MOST_BYTES >> 20))
        keys = vault.of(db)
    sealed = await threads.run(keys.seal, data)
    async with database.session() as db:
        kept = await files.keep(db, sealed, name=given.filename, area=area, by=officer)
    return Redirect(f"/office/import/{kept.token}", status_code=303)


@get("/office/import/{token:str}", opt={"may": May.IMPORT})
async def preview(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    try:
        file, area, _data, report = await _checked(request, token)
    except Refused as refused:
        officer: Account = request.state.officer
        async with _database(request).reading() as db:
            unfit, _data, _area = await files.load(db, token, by=officer)
            return await _start(request, db, officer, wrong=i18n.why(refused), name=unfit.name)
    errors = [(f"{letter(error.column)}{error.row}", error.row, letter(error.column), wording.heading(report, error),
               wording.sentence(error)) for error in report.errors[:MOST_ERRORS]]
    changes = [(change, wording.fields(report, change)) for change in report.changes[:MOST_CHANGES]]
    return page(request, "office/imports/report.html", file=file, area=area, report=report, errors=errors,
                changes=changes, own_words=report.own_words.most_common(20))


@post("/office/import/{token:str}/apply", opt={"may": May.IMPORT}, status_code=200)
async def apply_list(request: AnyRequest, token: FromPath[str]) -> Redirect:
    """Check once more, for the registry may have changed, and write."""
    officer: Account = request.state.officer
    database = _database(request)
    _file, area, _data, report = await _checked(request, token)
    await apply.seal(report, vault.with_key(database.settings.data_key))
    async with database.session() as db:
        await files.drop(db, token)
        await apply.apply(db, report, area=area, by=officer)
    return Redirect(f"/office/import?done={report.rows}&new={len(report.new)}&changed={report.changed}"
                    f"&stopped={len(report.stopped)}", status_code=303)


@get("/office/import/{token:str}/bad-rows", opt={"may": May.IMPORT})
async def download_bad_rows(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    _file, _area, data, report = await _checked(request, token)
    made = await threads.run(bad_rows.workbook, data, report)
    return Response(made, media_type=_XLSX, headers={
        "Content-Disposition": 'attachment; filename="bad-rows.xlsx"', "Cache-Control": "no-store"})


async def _checked(request: AnyRequest, token: str) -> tuple[ImportFile, Area, bytes, Report]:
    """The officer's upload and what its check says. Raises Refused when the file as a whole cannot be read."""
    officer: Account = request.state.officer
    async with _database(request).reading() as db:
        file, data, area = await files.load(db, token, by=officer)
    return file, area, data, await check.check(_database(request), data, area=area, by=officer)


def _database(request: AnyRequest) -> Database:
    database: Database = request.app.state.database
    return database


async def _start(request: AnyRequest, db: AsyncSession, officer: Account, *, wrong: str = "",
                 name: str = "") -> Response[str]:
    communities = await db.scalars(scopes.visible(Area, officer).where(Area.level == Level.COMMUNITY)
                                   .order_by(Area.id).limit(300))
    return page(request, "office/imports/start.html", status=409 if wrong else 200, wrong=wrong, name=name,
                areas=list(communities) or [officer.area], fields=[names[:4] for names in FIELDS.values()],
                done={key: value for key, value in request.query_params.items() if value.isdecimal()})


ROUTES = [start, upload, preview, apply_list, download_bad_rows]
