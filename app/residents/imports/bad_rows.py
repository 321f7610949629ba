"""The rows that cannot be taken, as a workbook to put right: the cells as they came, and the sentences beside them."""

import io
from datetime import date, datetime, time
from typing import Any

from app import i18n
from app.i18n import _
from app.residents.imports import sheets, wording
from app.residents.imports.check import Report
from app.residents.imports.columns import letter
from app.residents.imports.rows import Error

PROBLEM = _("What to put right")
_ROW = _("Row in the file")


def workbook(data: bytes, report: Report) -> bytes:
    """The headings and every refused row, with two columns more: which row it was, and what is wrong with it."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    headings = report.columns.headings
    width = len(headings)
    sheet.freeze_panes = "A2"
    sheet.column_dimensions[letter(width + 1)].width = 60
    sheet.append([cell(sheet, said) for said in (*headings, i18n.gettext(_ROW), i18n.gettext(PROBLEM))])
    wrong: dict[int, list[Error]] = {}
    for error in report.errors:
        wrong.setdefault(error.row, []).append(error)
    for number, values in sheets.read(data).rows():
        if number in wrong:
            sheet.append(_row(sheet, number, (values + [""] * width)[:width], wrong[number], report))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(sheet: Any, number: int, values: list[Any], errors: list[Error], report: Report) -> list[Any]:
    bad = {error.column for error in errors}
    sentences = [f"{letter(error.column)} {wording.heading(report, error)}: {wording.sentence(error)}"
                 for error in errors]
    cells = [cell(sheet, value, bad=column in bad) for column, value in enumerate(values)]
    return [*cells, number, cell(sheet, "\n".join(sentences))]


def cell(sheet: Any, value: Any, *, bad: bool = False) -> Any:
    """A cell as it came. Text stays text: neither a formula nor what a workbook may not hold gets through."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import PatternFill

    if not isinstance(value, (int, float, date, datetime, time)):
        value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value))[:32_000]
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    if bad:
        cell.fill = PatternFill("solid", fgColor="FFE0E0")
    return cell
