"""doorstep residents import: the registry from a workbook or a text file."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import DONE, REFUSED, Plain, declare, settings_of

if TYPE_CHECKING:
    from app.db import Database
    from app.org.areas import Area
    from app.residents.imports.check import Report
    from app.staff.accounts import Officer

MOST_SHOWN = 200


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verbs = declare(calls, "residents", _import, "the registry").add_subparsers(required=True, metavar="VERB")
    parser = declare(verbs, "import", _import, "people from .xlsx or .csv; one bad row, and nothing is changed")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--area", required=True, metavar="CODE", help="code of the area in which these people live")
    parser.add_argument("--by", metavar="USERNAME", default="", help="the officer who answers for it, for the audit")
    parser.add_argument("--dry-run", action="store_true", help="check and say what would change, without changing it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _import(arguments: argparse.Namespace) -> int:
    import asyncio

    if not arguments.file.is_file():
        raise Plain(f"There is no file {arguments.file}.")
    report, applied = asyncio.run(_run(arguments))
    if arguments.json:
        _print_json(report, applied=applied)
    else:
        _print(report, applied=applied)
    return REFUSED if report.errors else DONE


async def _run(arguments: argparse.Namespace) -> "tuple[Report, bool]":
    from app.main import open_database
    from app.residents import vault
    from app.residents.imports import apply, check
    from app.staff import accounts

    settings = settings_of(arguments)
    database = await open_database(settings)
    try:
        data = arguments.file.read_bytes()
        area, officer = await _who(database, arguments.area, arguments.by)
        report = await check.check(database, data, area=area, by=officer)
        if report.errors or arguments.dry_run:
            return report, False
        await apply.seal(report, vault.with_key(settings.data_key))
        async with database.session() as db:
            by = officer if officer.id else await accounts.operator(db, area)
            await apply.apply(db, report, area=area, by=by)
        return report, True
    finally:
        await database.close()


async def _who(database: "Database", code: str, username: str) -> "tuple[Area, Officer]":
    """The area and the officer, who must have the right and the scope. Without a name it is whoever has the server:
    an officer that is not stored yet, whose area is the one at hand."""
    from app.org import areas
    from app.staff import accounts, scopes
    from app.staff.accounts import May, Officer

    async with database.reading() as db:
        if not username:
            area = await areas.by_code(db, code)
            if area is None:
                raise Plain(f"There is no area with the code {code}.")
            return area, Officer(area=await areas.community_of(db, area))
        officer = await accounts.by_username(db, username)
        if officer is None:
            raise Plain(f"There is no user {username}.")
        scopes.require(officer, May.IMPORT)
        return await scopes.area(db, code, officer), officer


def _print_json(report: "Report", *, applied: bool) -> None:
    """One object on one line, written piece by piece: a list may have a million bad cells."""
    import json

    from app import i18n
    from app.residents.imports import wording
    from app.residents.imports.columns import letter

    said: dict[str, Any] = {**report.counts, "applied": applied, "duplicates": report.duplicates,
                            "stayed_stopped": len(report.stopped), "unused": list(report.columns.unused)}
    write = sys.stdout.write
    write(json.dumps(said, ensure_ascii=False)[:-1] + ', "errors": [')
    with i18n.speaking("en"):
        for number, error in enumerate(report.errors):
            named = {"row": error.row, "column": letter(error.column), "heading": wording.heading(report, error),
                     "sentence": wording.sentence(error)}
            write((", " if number else "") + json.dumps(named, ensure_ascii=False))
    write("]}\n")


def _print(report: "Report", *, applied: bool) -> None:
    from app import i18n
    from app.residents.imports import wording
    from app.residents.imports.columns import letter

    with i18n.speaking("en"):
        for error in report.errors[:MOST_SHOWN]:
            print(f"Row {error.row}, column {letter(error.column)} {wording.heading(report, error)}: "
                  f"{wording.sentence(error)}", file=sys.stderr)
    if len(report.errors) > MOST_SHOWN:
        print(f"… and {len(report.errors) - MOST_SHOWN} cells more; --json names them all.", file=sys.stderr)
    print("{rows} rows: {new} new, {changed} changed, {unchanged} unchanged, {refused} refused."
          .format(**report.counts))
    if report.duplicates:
        print(f"{report.duplicates} rows mean somebody of a row above.")
    if report.stopped:
        print(f"{len(report.stopped)} phones said stop; they stay stopped whatever the file says.")
    if report.columns.unused:
        print("Columns not read: " + ", ".join(report.columns.unused[:20]))
    print("Applied." if applied else "Nothing was changed.")
