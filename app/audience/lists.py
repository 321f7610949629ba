"""An uploaded list between its look at the registry and the decision of whoever brought it: sealed, theirs only, for a
day. What a campaign keeps of it are people of the registry; the rest is forgotten."""

import asyncio
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, i18n, phones
from app.audience import matches
from app.audience.filters import LONGEST_LIST
from app.audience.matches import DECIDED, Kind, Known, Row
from app.db import Database, Id, Table
from app.errors import NotFound, Refused
from app.i18n import _
from app.org.areas import Area
from app.residents import vault
from app.residents.imports import bad_rows, contacts, threads
from app.residents.vault import Vault
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

KEPT = timedelta(days=1)
NAME_LENGTH = 100
_PARTS = tuple(Row.__dataclass_fields__)
_HEADINGS = ("姓名", "手机", "身份证号")  # as the registry's import reads them


class PeopleList(Table):
    """`content` is sealed: some rows are of people whom nobody has registered. `campaign_id` is the draft that it is
    for."""

    __tablename__ = "audience_list"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Id)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a file says, and the same sealed."""

    counts: Counter[Kind]
    sealed: bytes


async def read(database: Database, data: bytes, *, area: Area) -> Outcome:
    """The rows of a file and whom of that area they mean. The long work runs in a thread; while it does, no connection
    to the database is held. Raises Refused when the file as a whole cannot be read."""
    keys = vault.with_key(database.settings.data_key)
    found = await threads.run(_contacts, data, keys)
    async with database.reading() as db:
        known = await matches.people_like(db, area, found)
    return await threads.run(_outcome, found, known, keys)


async def keep(db: AsyncSession, outcome: Outcome, *, campaign_id: int, area: Area, name: str,
               by: Officer) -> PeopleList:
    """Keep what the list says until it is decided."""
    require(by, May.PUSH)
    kept = PeopleList(campaign_id=campaign_id, area_id=area.id, author_id=by.id, name=name[:NAME_LENGTH],
                      content=outcome.sealed)
    db.add(kept)
    await db.flush()
    audit.record(db, "upload_list", kept, by=by, campaign=campaign_id, rows=outcome.counts.total(),
                 **{kind.value: count for kind, count in outcome.counts.items()})
    return kept


async def load(database: Database, list_id: int, *, campaign_id: int, by: Officer) -> tuple[PeopleList, list[Row]]:
    """The list and what it says. Raises NotFound for anybody else's, an old one, and one that is decided."""
    async with database.reading() as db:
        kept, sealed = await _of(db, list_id, campaign_id, by)
    return kept, await asyncio.to_thread(_opened, sealed, vault.with_key(database.settings.data_key))


def people(rows: Iterable[Row], *, kinds: Iterable[str], ticked: Iterable[str] = ()) -> tuple[int, ...]:
    """The people of these kinds of rows, and those whom staff have ticked one by one as "row.place"."""
    whole = {*kinds} & {Kind.MATCHED, *DECIDED}
    one_by_one = set(ticked)
    return tuple(sorted({one for row in rows for place, one in enumerate(row.people)
                         if row.kind in whole or (row.kind in DECIDED and f"{row.number}.{place}" in one_by_one)}))


async def use(db: AsyncSession, kept: PeopleList, chosen: tuple[int, ...], *, by: Officer) -> None:
    """The list is decided, and forgotten. Raises Refused where nobody is chosen, NotFound where it was decided before.
    """
    require(by, May.PUSH)
    if not chosen:
        raise Refused(_("Nobody is chosen. Please tick whom you mean, or throw this list away."), field="people")
    await _forget(db, kept)
    audit.record(db, "use_list", kept, by=by, campaign=kept.campaign_id, people=len(chosen))


async def drop(db: AsyncSession, kept: PeopleList, *, by: Officer) -> None:
    """The list was a mistake, and is forgotten."""
    require(by, May.PUSH)
    await _forget(db, kept)
    audit.record(db, "drop_list", kept, by=by, campaign=kept.campaign_id)


def unknown(rows: Iterable[Row]) -> list[Row]:
    """The rows whose number is in no registry, for staff to register these people."""
    return [row for row in rows if row.kind in (Kind.UNKNOWN, Kind.NAMESAKE)]


async def take_out(db: AsyncSession, kept: PeopleList, found: list[Row], *, by: Officer) -> None:
    """Somebody takes these rows out of the house, whole."""
    require(by, May.PUSH)
    audit.record(db, "download_unknown", kept, by=by, campaign=kept.campaign_id, rows=len(found))


def workbook(rows: Iterable[Row]) -> bytes:
    """These rows as the registry's import reads them."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for letter, width in (("A", 14), ("B", 18), ("C", 26), ("D", 14)):
        sheet.column_dimensions[letter].width = width
    sheet.append([*_HEADINGS, i18n.gettext(_("Row in the file"))])
    for row in rows:
        sheet.append([*(bad_rows.cell(sheet, said) for said in (row.name, phones.national(row.phone), row.id_number)),
                      row.number])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def forget_old(db: AsyncSession) -> None:
    """Nobody has decided them within a day."""
    await db.execute(delete(PeopleList).where(PeopleList.made_at < clock.now() - KEPT))


async def _of(db: AsyncSession, list_id: int, campaign_id: int, by: Officer) -> tuple[PeopleList, bytes]:
    row = (await db.execute(select(PeopleList, PeopleList.content).where(
        PeopleList.id == list_id, PeopleList.campaign_id == campaign_id, PeopleList.author_id == by.id,
        PeopleList.made_at >= clock.now() - KEPT))).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def _forget(db: AsyncSession, kept: PeopleList) -> None:
    if await db.scalar(delete(PeopleList).where(PeopleList.id == kept.id).returning(PeopleList.id)) is None:
        raise NotFound


def _contacts(data: bytes, keys: Vault) -> list[contacts.Contact]:
    found = contacts.read(data, keys, most=LONGEST_LIST)
    if not found:
        raise Refused(_("There is nobody on this list."))
    return found


def _outcome(found: list[contacts.Contact], known: list[Known], keys: Vault) -> Outcome:
    rows = matches.match(found, known)
    plain = json.dumps([[getattr(row, name) for name in _PARTS] for row in rows], ensure_ascii=False, default=str)
    return Outcome(matches.counts(rows), keys.seal(zlib.compress(plain.encode(), 1)))


def _opened(sealed: bytes, keys: Vault) -> list[Row]:
    made = [Row(**dict(zip(_PARTS, parts, strict=True))) for parts in json.loads(zlib.decompress(keys.open(sealed)))]
    for row in made:
        row.kind = Kind(row.kind)
    return made
