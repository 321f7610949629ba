"""Bringing a list of residents into the registry: upload, look at what is wrong and what would change, apply.

Reading a large list takes seconds, so it happens in a thread and outside every transaction that writes; the two
forms open their own sessions instead of asking for one that would be held all the while.
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
from app.residents.imports.sheets import MOST_BYTES
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

MOST_ERRORS, MOST_CHANGES = 1000, 200  # on the page; the workbook of bad rows has all of them
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/office/import", opt={"may": May.IMPORT})
async def start(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    return await _start(request, db, officer)


@post("/office/import", opt={"may": May.IMPORT}, status_code=200)
async def upload(request: AnyRequest) -> Response[str] | Redirect:
    """Keep the file; the page that it leads to checks it, and may be opened again."""
    form = await request.form()
    officer: Account = request.state.officer
    database: Database = request.app.state.database
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
async def preview(request: AnyRequest, db: Db, officer: Officer, token: FromPath[str]) -> Response[str]:
    file, data, area = await files.load(db, token, by=officer)
    try:
        report = await check.check(db, data, area=area, by=officer)
    except Refused as refused:
        return await _start(request, db, officer, wrong=i18n.why(refused), name=file.name)
    errors = [(f"{letter(error.column)}{error.row}", error.row, letter(error.column), wording.heading(report, error),
               wording.sentence(error)) for error in report.errors[:MOST_ERRORS]]
    changes = [(change, wording.fields(report, change)) for change in report.changes[:MOST_CHANGES]]
    return page(request, "office/imports/report.html", file=file, area=area, report=report, errors=errors,
                changes=changes, own_words=report.own_words.most_common(20))


@post("/office/import/{token:str}/apply", opt={"may": May.IMPORT}, status_code=200)
async def apply_list(request: AnyRequest, token: FromPath[str]) -> Redirect:
    """Check once more, for the registry may have changed, and write."""
    officer: Account = request.state.officer
    database: Database = request.app.state.database
    async with database.reading() as db:
        _file, data, area = await files.load(db, token, by=officer)
        report = await check.check(db, data, area=area, by=officer)
        await apply.seal(report, vault.of(db))
    async with database.session() as db:
        await files.drop(db, token)
        await apply.apply(db, report, area=area, by=officer)
    return Redirect(f"/office/import?done={report.rows}&new={len(report.new)}&changed={report.changed}"
                    f"&stopped={len(report.stopped)}", status_code=303)


@get("/office/import/{token:str}/bad-rows", opt={"may": May.IMPORT})
async def download_bad_rows(db: Db, officer: Officer, token: FromPath[str]) -> Response[bytes]:
    _file, data, area = await files.load(db, token, by=officer)
    report: Report = await check.check(db, data, area=area, by=officer)
    made = await threads.run(bad_rows.workbook, data, report)
    return Response(made, media_type=_XLSX, headers={
        "Content-Disposition": 'attachment; filename="bad-rows.xlsx"', "Cache-Control": "no-store"})


async def _start(request: AnyRequest, db: AsyncSession, officer: Account, *, wrong: str = "",
                 name: str = "") -> Response[str]:
    communities = await db.scalars(scopes.visible(Area, officer).where(Area.level == Level.COMMUNITY)
                                   .order_by(Area.id).limit(300))
    return page(request, "office/imports/start.html", status=409 if wrong else 200, wrong=wrong, name=name,
                areas=list(communities) or [officer.area], fields=[names[:4] for names in FIELDS.values()],
                done={key: value for key, value in request.query_params.items() if value.isdecimal()})


ROUTES = [start, upload, preview, apply_list, download_bad_rows]
