"""A look into a workbook's package before it is opened: is it one, is it sound, and is it as small as it seems?

The reader lays a sheet out as one rectangle; a single cell at the far corner would ask for 500 GB and end the
process. And it shows a cell with an error (#N/A) as empty, so those cells are found here.
"""

import io
import re
import zipfile
from xml.etree import ElementTree

from app.errors import Refused
from app.i18n import _

DAMAGED = _("This workbook is damaged and cannot be read. Please open it in Excel or WPS and save it again.")
TOO_LONG = _("This file has more than {rows} rows. Please import it in parts.")
TOO_WIDE = _("This sheet is wider than 250 columns. Please keep only the columns of the registry.")
_MOST_UNPACKED = 600 * 1024 * 1024
_PIECE = 1 << 20
_OVERLAP = 512
_BLANKS = bytes.maketrans(b"\t\r\n'", b'   "')
_ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*\bt="e"[^>]*>'
                    rb"(?:<(?:\w+:)?f.*?(?:/>|/(?:\w+:)?f>))?"
                    rb"<(?:\w+:)?v>([^<]{1,20})")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


def look(data: bytes, *, most_rows: int) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet name → the cells in which Excel shows an error. Raises Refused for what the reader must not open."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            if "xl/workbook.xml" not in names:
                raise Refused(_("This is not an Excel workbook (.xlsx). Please save the list as .xlsx or .csv."))
            if sum(part.file_size for part in package.infolist()) > _MOST_UNPACKED:
                raise Refused(TOO_LONG, rows=most_rows)
            if any(part.flag_bits & 1 for part in package.infolist()):
                raise Refused(_("This workbook is protected with a password. Please save it without one."))
            return {sheet: _scan(package, part, most_rows) for sheet, part in _sheets(package, names).items()}
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, OSError, NotImplementedError, ValueError,
            zipfile.zlib.error):  # type: ignore[attr-defined]
        raise Refused(DAMAGED) from None


def _sheets(package: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Sheet name → the part in which it is stored."""
    workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))  # noqa: S314  # expat limits expansion itself
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    found = {}
    for sheet in (*workbook.iter(_MAIN + "sheet"), *workbook.iter(_STRICT + "sheet")):
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        target = targets.get(link, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names and sheet.get("name"):
            found[sheet.attrib["name"]] = part
    return found


def _scan(package: zipfile.ZipFile, part: str, most_rows: int) -> dict[tuple[int, int], str]:
    errors: dict[tuple[int, int], str] = {}
    far = _far(most_rows)
    rest = b""
    with package.open(part) as file:
        while piece := file.read(_PIECE):
            text = rest + piece.translate(_BLANKS)
            found = far.search(text)
            if found:
                raise Refused(TOO_WIDE) if found["wide"] else Refused(TOO_LONG, rows=most_rows)
            if b't="e"' in text:
                for letters, row, said in _ERROR.findall(text):
                    errors[int(row), _column(letters)] = said.decode("utf-8", "replace")
            rest = text[-_OVERLAP:]
    return errors


def _far(most_rows: int) -> re.Pattern[bytes]:
    """A cell with something in it (not closed at once) too far to the right or too far down. Of the limit only the
    first digit counts: 200,000 stands for 2xxxxx and longer numbers."""
    digits = str(most_rows).encode()
    down = rb"(?:[%s-9]\d{%d}|[1-9]\d{%d,})" % (digits[:1], len(digits) - 1, len(digits))
    return re.compile(rb' r="(?:(?P<wide>[A-Z]{3}|[J-Z][A-Z]|I[Q-Z])\d+|[A-Z]{1,2}' + down + rb')"[^>]*(?<!/)>'
                      rb'| r="' + down + rb'"[^>]*(?<!/)> *<(?:\w+:)?c(?![^>]* r=)')


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
