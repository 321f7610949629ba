"""The rows of a file, whatever it is: .xlsx through calamine, .csv in UTF-8, UTF-16 or GB18030."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from app.errors import Refused
from app.i18n import _
from app.residents.imports import columns, packages
from app.residents.imports.columns import LOOK_AHEAD, Columns

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MOST_BYTES = 40 * 1024 * 1024
MOST_ROWS = 200_000
NO_HEADINGS = _("No row with headings was found in the first {rows} rows. Please give every column a heading, such as "
                "姓名, 出生日期, 手机.")
_Row = list[Any]
Find = Callable[[Sequence[_Row]], Columns | None]


@dataclass
class Sheet:
    """One sheet with its headings found. `rows()` gives (Excel's row number, cells) below the heading row."""

    columns: Columns
    all_rows: Callable[[], Iterator[_Row]]  # from the first row of the file on
    broken: dict[tuple[int, int], str] = field(default_factory=dict)  # cells in which Excel shows an error

    def rows(self) -> Iterator[tuple[int, _Row]]:
        skip = self.columns.row + 1
        for number, cells in enumerate(islice(self.all_rows(), skip, None), start=skip + 1):
            if self.broken:
                self._show_broken(number, cells)
            yield number, cells

    def _show_broken(self, number: int, cells: _Row) -> None:
        for column in range(len(cells)):
            said = self.broken.get((number, column))
            if said:
                cells[column] = said


def read(data: bytes, find: Find = columns.find, none: str = NO_HEADINGS) -> Sheet:
    """The sheet of people in a file, told by what `find` sees in its first rows; `none` is the sentence where it sees
    nothing. Raises Refused, in a sentence, for what is no such file."""
    if not data.strip():
        raise Refused(_("This file is empty."))
    if len(data) > MOST_BYTES:
        raise Refused(_("This file is larger than {size} MB. Please import it in parts."), size=MOST_BYTES >> 20)
    if data.startswith(b"PK"):
        return _workbook(data, find, none)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Refused(_("This workbook is protected with a password. Please save it without one.")
                      if "EncryptedPackage".encode("utf-16-le") in data else
                      _("This is an old Excel file (.xls). Please open it and save it as .xlsx."))
    if data.startswith(b"%PDF") or b"\x00\x00\x00" in data[:4096]:
        raise Refused(_("This is neither an Excel workbook nor a CSV file."))
    return _text(data, find, none)


def _workbook(data: bytes, find: Find, none: str) -> Sheet:
    broken = packages.look(data, most_rows=MOST_ROWS)
    try:
        return _pick(data, broken, find, none)
    except (Refused, MemoryError):
        raise
    except BaseException as error:  # the reader's panics are no Exceptions; the rest of those goes on
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise Refused(packages.DAMAGED) from None


def _pick(data: bytes, broken: dict[str, dict[tuple[int, int], str]], find: Find, none: str) -> Sheet:
    """The one sheet with a heading row. People on several sheets would be half an import, so that is refused."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found: dict[str, Sheet] = {}
    empty = True
    for about in workbook.sheets_metadata:
        if about.visible != SheetVisibleEnum.Visible or not workbook.sheet_names:
            continue
        cells = workbook.get_sheet_by_name(about.name)
        empty = empty and cells.end is None
        headings = find(list(islice(_filled(cells), LOOK_AHEAD)))
        if headings:
            found[about.name] = Sheet(headings, partial(_filled, cells), broken.get(about.name, {}))
    if len(found) > 1:
        raise Refused(_("People stand on several sheets of this workbook: {names}. Please import one file for each."),
                      names="、".join(found))
    if not found:
        raise Refused(_("This file is empty.")) if empty else Refused(none, rows=LOOK_AHEAD)
    return next(iter(found.values()))


def _filled(sheet: "CalamineSheet") -> Iterator[_Row]:
    """The rows, from A1 on. A cell merged over several rows holds for each of them."""
    left = sheet.start[1] if sheet.start else 0
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        if bottom > top and first == last:
            starts.setdefault(top, []).append((first - left, bottom))
    running: dict[int, tuple[int, Any]] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        for column, bottom in starts.get(number, ()):
            if column < len(cells):
                running[column] = (bottom, cells[column])
        for column, (bottom, value) in list(running.items()):
            cells[column] = value
            if number >= bottom:
                del running[column]
        yield [""] * left + cells if left else cells


def _text(data: bytes, find: Find, none: str) -> Sheet:
    text = _decoded(data)
    delimiter = _delimiter(text)

    def rows() -> Iterator[_Row]:
        csv.field_size_limit(100_000)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for number, cells in enumerate(lines):
                if number > MOST_ROWS:
                    raise Refused(packages.TOO_LONG, rows=MOST_ROWS)
                yield cells
        except csv.Error:
            raise Refused(_("This CSV file cannot be read: a quotation mark is not closed, or a cell is far too "
                            "long.")) from None

    headings = find(list(islice(rows(), LOOK_AHEAD)))
    if headings is None:
        raise Refused(none, rows=LOOK_AHEAD)
    return Sheet(headings, rows)


def _decoded(data: bytes) -> str:
    """The text. Where no encoding fits, lost characters stay visible and are reported cell by cell."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    tries = [data.decode(encoding, errors="replace") for encoding in ("utf-8-sig", "gb18030")]
    return min(tries, key=lambda text: text.count("\ufffd"))


def _delimiter(text: str) -> str:
    top = "\n".join(text[:20_000].splitlines()[:LOOK_AHEAD])
    return max(",\t;|，", key=top.count)
