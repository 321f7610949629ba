"""Lists as bytes: a workbook or a text file from rows of cells."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any


def workbook(*rows: Sequence[Any], sheets: Iterable[str] = ("居民",), merge: str = "") -> bytes:
    """An .xlsx with these rows on each of the sheets."""
    from openpyxl import Workbook

    book = Workbook()
    del book["Sheet"]
    for title in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if merge:
            sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*rows: Sequence[Any], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A .csv with these rows."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)
