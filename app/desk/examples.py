"""Readings that staff put right, as labelled texts that `doorstep read --tsv` can score."""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, masks
from app.desk import conversations
from app.desk.corrections import Correction
from app.residents import residents
from app.sms.arrivals import Inbound
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

COLUMNS = ("id", "category", "context", "text", "intent", "slots", "ambiguous", "accept", "note")
MOST = 10_000
_SOMEBODY, _PHONE = "张三", "14200000000"
_PHONES = re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_OF_THE_PERSON = ("who", "born_on")  # slots that name somebody; they are not judged


async def labelled(db: AsyncSession, *, by: Officer) -> str:
    """The newest corrections of the officer's area, one per text, as a file for `doorstep read --tsv`. Names of the
    phone's people and telephone numbers are replaced: the file is made to be handed on. Audited."""
    require(by, May.ANSWER)
    latest = select(func.max(Correction.id)).group_by(Correction.inbound_id)
    rows = list(await db.execute(
        conversations.theirs(by).join(Correction, Correction.inbound_id == Inbound.id)
        .where(Correction.id.in_(latest)).order_by(Correction.id.desc()).limit(MOST)
        .with_only_columns(Correction.id, Inbound.phone, Inbound.context, Inbound.text, Correction.meant,
                           Correction.meant_slots, Correction.intent, Correction.rule, Correction.at)))
    people = await residents.by_phones(db, list({row.phone for row in rows}))
    out = io.StringIO()
    write = csv.writer(out, delimiter="\t", lineterminator="\n").writerow
    write(COLUMNS)
    for row in rows:
        names = [person.name for person in people[row.phone]]
        write((f"c{row.id:04}", "correction", row.context or "none", _nobody(row.text, names), row.meant,
               _slots(row.meant_slots), 0, "", f"{clock.local(row.at):%Y-%m-%d} {row.intent} {row.rule}"))
    audit.record(db, "take_examples", by=by, texts=len(rows))
    return out.getvalue()


def _nobody(text: str, names: list[str]) -> str:
    """The text without whom it is about; a line end is written as backslash and n."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, _SOMEBODY)
    return _PHONES.sub(_PHONE, masks.hide(unicodedata.normalize("NFKC", text))).replace("\n", "\\n").replace("\t", " ")


def _slots(slots: Mapping[str, Any]) -> str:
    return ";".join(f"{name}={value}" for name, value in slots.items() if name not in _OF_THE_PERSON)
