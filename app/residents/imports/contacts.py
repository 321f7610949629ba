"""A list that only says who is meant: a phone, an ID number, a name per row, with headings or without."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.errors import Refused
from app.i18n import _
from app.residents.imports import cells, columns, sheets
from app.residents.imports.bad import BadCell
from app.residents.imports.columns import Columns
from app.residents.vault import Vault

NO_NUMBERS = _("No column with phones or ID numbers was found in the first {rows} rows. Please give every column a "
               "heading, such as 姓名, 手机, 身份证号.")
TOO_MANY = _("A list may have {most} people at the most.")
_NUMBERS = frozenset({"phone", "id_number"})
_A_NAME = re.compile(r"[\u3400-\u9fff·]{2,5}")


@dataclass(slots=True, repr=False)
class Contact:
    """One row: Excel's row number and what it says of a person, as far as that can be read; `mark` is what the registry
    finds an ID number by. `wrong` is why a number cannot be read, a sentence with the values that fill it. No repr: it
    would be somebody's data wherever it is printed."""

    row: int
    name: str = ""
    phone: str = ""
    id_number: str = ""
    mark: str = ""
    wrong: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def read(data: bytes, keys: Vault, *, most: int) -> list[Contact]:
    """Every row that says something. Raises Refused for a file that is no such list, or a longer one."""
    found: list[Contact] = []
    sheet = sheets.read(data, find, NO_NUMBERS)
    readers = [(name, sheet.columns.where[name], _READERS[name]) for name in _READERS if name in sheet.columns.where]
    for number, values in sheet.rows():
        contact = _contact(number, values, readers)
        if contact is None:
            continue
        if len(found) == most:
            raise Refused(TOO_MANY, most=most)
        contact.mark = keys.mark(contact.id_number) if contact.id_number else ""
        found.append(contact)
    return found


def find(top: Sequence[Sequence[Any]]) -> Columns | None:
    """The heading row, or without one the columns in which most cells are phones, ID numbers and names."""
    for row, said in enumerate(top):
        if columns.fields(said) & _NUMBERS:
            return columns.of(row, said)
    width = max(map(len, top), default=0)
    looks = [[said[column] for said in top if column < len(said) and said[column] not in ("", None)]
             for column in range(width)]
    where: dict[str, int] = {}
    for name, fits in _LOOKS.items():
        column = next((column for column, said in enumerate(looks) if column not in where.values() and said
                       and 2 * sum(map(fits, said)) > len(said)), None)
        if column is not None:
            where[name] = column
    return Columns(-1, where, (), ()) if where.keys() & _NUMBERS else None


def _contact(number: int, values: Sequence[Any],
             readers: Sequence[tuple[str, int, Callable[[Any], str]]]) -> Contact | None:
    contact, empty = Contact(number), True
    for name, column, reader in readers:
        value = values[column] if column < len(values) else ""
        if value is None or value == "" or (isinstance(value, str) and value.isspace()):
            continue
        empty = False
        try:
            setattr(contact, name, reader(value))
        except BadCell as bad:
            contact.wrong, contact.values = bad.sentence, bad.values
    return None if empty else contact


def _reads(read: Callable[[Any], str]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            return bool(read(value))
        except BadCell:
            return False

    return fits


def _id_number(value: Any) -> str:
    return cells.id_number(value).number


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _A_NAME.fullmatch("".join(value.split())) is not None


# The last one that cannot be read is the one whose sentence is kept: the phone is what staff can put right.
_READERS: dict[str, Callable[[Any], str]] = {"name": cells.name, "id_number": _id_number, "phone": cells.phone}
_LOOKS: dict[str, Callable[[Any], bool]] = {"phone": _reads(cells.phone), "id_number": _reads(_id_number),
                                            "name": _is_name}
