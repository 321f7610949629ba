"""The answer to "when were you born?": year, month and day in any usual form."""

import re
from datetime import date

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 43
_MARK = r"\s*[年月./\-,， ]\s*"
_WITH_MARKS = re.compile(rf"(?<!\d)(19\d\d|20\d\d){_MARK}(\d{{1,2}}){_MARK}(\d{{1,2}})(?!\d)")
_OF_IDENTITY = re.compile(r"\d{6}(19\d\d|20\d\d)(\d\d)(\d\d)\d{3}")
_EIGHT = re.compile(r"(?<!\d)(19\d\d|20\d\d)(\d\d)(\d\d)(?!\d)")


def find(message: Message) -> Reading | None:
    if message.context.kind != "birth":
        return None
    said = _OF_IDENTITY.match(re.sub(r"[ -]", "", message.identity))
    found = said or _EIGHT.search(message.plain) or _WITH_MARKS.search(message.plain)
    if found is None:
        return None
    try:
        born = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return Reading("PROFILE", {"born_on": born.isoformat()}, rule="birth_date")
