"""Rows for a database that has been in use for a year: as many residents, texts, answers and receipts as asked for.

Everything is made inside the database by one INSERT … SELECT per table, which both engines understand. Message i is
older than message i + 1; four texts went to each phone of the first quarter of the residents.
"""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import app
from app import folders
from app.db import Table

BUILDINGS = 72
OLD_LISTINGS = 200
BATCHES = 100
_YEAR_SECONDS = 365 * 86_400
# Nobody checks a foreign key or waits for the disk here. PostgreSQL allows that to a superuser only.
_UNCHECKED_SQLITE = ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-500000")
_UNCHECKED_POSTGRESQL = (
    "SET synchronous_commit = off",
    "SELECT set_config('session_replication_role', 'replica', false) "
    "FROM pg_roles WHERE rolname = current_user AND rolsuper",
)
_FILLED = ("household", "resident", "listing", "batch", "message", "attempt", "receipt", "simulated_message", "inbound",
           "signup", "signup_change")  # tables with ids
_PHONE = "'+86' || CAST(14200000000 + i - CASE i % 10 WHEN 0 THEN 1 ELSE 0 END AS TEXT)"  # see `phone`
_WORD = "CASE {} % 20 WHEN 1 THEN 'stopped' ELSE 'agreed' END"  # of the phone that this resident was the first to have
_TRADES = ("香菇", "保洁", "缝纫", "看门", "带娃", "装卸", "手工", "做饭")


@dataclass(frozen=True)
class Ground:
    """What was there before the bulk: the community, the first of its buildings in a row, its officer and employer."""

    area_id: int
    building_id: int
    officer_id: int
    employer_id: int
    first_resident: int = 1


async def fill(url: str, ground: Ground, rows: int) -> None:
    """Bring every table concerned to so many rows (households a third, consents nine tenths, sign-ups a quarter)."""
    engine = create_async_engine(url)
    sqlite = engine.dialect.name == "sqlite"
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in _UNCHECKED_SQLITE if sqlite else _UNCHECKED_POSTGRESQL:
            await connection.exec_driver_sql(statement)
        await connection.run_sync(_without_indexes, _statements(_Words(sqlite, rows), ground, rows))
        if not sqlite:
            await _count_on(connection)
            await connection.exec_driver_sql("VACUUM ANALYZE")  # what PostgreSQL does by itself in the night
    await engine.dispose()


def phone(resident_id: int) -> str:
    """Every tenth resident shares the phone of the one before."""
    return f"+86{14_200_000_000 + resident_id - (resident_id % 10 == 0)}"


@dataclass(frozen=True)
class _Words:
    """The few things that the two engines say differently."""

    sqlite: bool
    rows: int

    def ago(self, seconds: str) -> str:
        """The moment so many seconds before now."""
        if self.sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || ({seconds}) || ' seconds')"
        return f"now() - ({seconds}) * interval '1 second'"

    def sent(self) -> str:
        """When the i-th text left: a year ago for the first, an hour ago for the last."""
        return self.ago(f"3600 + ({self.rows} - i) * {_YEAR_SECONDS} / {self.rows}")

    def insert(self, table: str, count: int, where: str = "", **columns: str) -> str:
        """One row for each i from 1 on."""
        return (f"INSERT INTO {table} ({', '.join(columns)}) "
                f"WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
                f"SELECT {', '.join(columns.values())} FROM n {where}")


def _statements(words: _Words, ground: Ground, rows: int) -> list[str]:
    quarter = max(1, rows // 4)
    resident = f"(i * 7919 % {quarter} + 1)"
    number = f"'+86' || CAST(14200000000 + {resident} - CASE {resident} % 10 WHEN 0 THEN 1 ELSE 0 END AS TEXT)"
    return [
        *_people(words, ground, rows),
        *_old_listings(words, ground, rows),
        words.insert("batch", BATCHES, id="i", area_id=str(ground.area_id), kind="'push'", text="'x'",
                     state="'finished'", texts="1", people="1", segments="1", price_fen="5", left_out="'{}'",
                     digest="''", author_id=str(ground.officer_id), created_at=words.ago("i * 86400")),
        words.insert("reason", rows, batch_id=f"i % {BATCHES} + 1", resident_id="i", phone=_PHONE, why="'[]'"),
        words.insert("message", rows, id="i", phone=number, body=_said(35), segments="1",
                     purpose="CASE WHEN i % 10 < 6 THEN 'push' WHEN i % 10 < 8 THEN 'answer' ELSE 'service' END",
                     priority="CASE WHEN i % 10 < 6 THEN 9 WHEN i % 10 < 8 THEN 0 ELSE 5 END",
                     gateway="'simulator'",
                     status="CASE i % 20 WHEN 0 THEN 'failed' WHEN 1 THEN 'withdrawn' ELSE 'delivered' END",
                     reason="''", next_at=words.sent(), attempts="1", provider_id="'old-' || i", asks="''",
                     addressed=f"CAST('[' || {resident} || ']' AS JSON)", memory="'{}'", area_id=str(ground.area_id),
                     batch_id=f"CASE WHEN i % 10 < 6 THEN i % {BATCHES} + 1 END",
                     listing_id=f"i % {OLD_LISTINGS} + 1", inbound_id="CASE WHEN i % 10 IN (6, 7) THEN i END",
                     created_at=words.sent(), sent_at=words.sent(), ended_at=words.sent()),
        words.insert("attempt", rows, id="i", message_id="i", number="1", at=words.sent(), outcome="'accepted'",
                     code="''"),
        words.insert("receipt", rows, id="i", gateway="'simulator'", provider_id="'old-' || i", status="'delivered'",
                     reason="''", code="''", raw="'old-' || i || ' delivered'", received_at=words.sent(),
                     applied_at=words.sent()),
        words.insert("simulated_message", rows, id="i", reference="i", phone=number, text=_said(35), segments="1",
                     at=words.sent(), arrived="true", repeats="0"),
        words.insert("inbound", rows, id="i", gateway="'simulator'", provider_id="'in-' || i", phone=number,
                     text="'10'", raw="'{\"from\": \"14200000000\", \"text\": \"10\"}'", received_at=words.sent(),
                     state="'answered'", context="'push:10'", intent="'SIGNUP'", rule="'number'",
                     slots="'{\"job\": \"10\"}'", resident_id=resident, area_id=str(ground.area_id),
                     answered_at=words.sent()),
    ]


def _people(words: _Words, ground: Ground, rows: int) -> list[str]:
    home = f"{ground.building_id} + i % {BUILDINGS}"
    trade = f"CASE i % {len(_TRADES)} " + " ".join(f"WHEN {n} THEN '{t}'" for n, t in enumerate(_TRADES)) + " END"
    status = "CASE i % 5 WHEN 0 THEN 'steady' WHEN 1 THEN 'flexible' ELSE 'seeking' END"
    now = words.ago("0")
    return [
        # Before the residents: nobody has to be told of them. PostgreSQL's triggers are off.
        words.insert("consent", rows, "WHERE i % 10 > 0",
                     phone="'+86' || CAST(14200000000 + i AS TEXT)", purpose="'jobs'", word=_WORD.format("i"),
                     since=now),
        words.insert("household", rows // 3 + 1, id="i", area_id=home, number="'H' || i",
                     unit=f"CAST(i / {BUILDINGS} % 3 + 1 AS TEXT)", room=f"CAST(101 + i / {3 * BUILDINGS} AS TEXT)",
                     origin="'杨溪铺镇'"),
        words.insert("resident", rows, id="i", area_id=f"{ground.building_id} + (i + 2) / 3 % {BUILDINGS}",
                     household_id="(i + 2) / 3", name="'王' || CAST(i AS TEXT)",
                     sex="CASE i % 2 WHEN 0 THEN 'female' ELSE 'male' END",
                     born_on="date(CAST(1950 + i % 60 AS TEXT) || '-06-15')" if words.sqlite
                     else "make_date(CAST(1950 + i % 60 AS INTEGER), 6, 15)",
                     phone=_PHONE,
                     work_status=status, language="'zh'", id_number="'" + "x" * 100 + "' || i",
                     id_number_hash="'" + "0" * 56 + "' || CAST(10000000 + i AS TEXT)", created_at=now,
                     jobs_word=_WORD.format("(i - CASE i % 10 WHEN 0 THEN 1 ELSE 0 END)")),
        words.insert("resident_word", rows, "WHERE i % 3 = 0", resident_id="i", kind="'wish'", word=trade),
        words.insert("resident_word", rows, "WHERE i % 5 = 0", resident_id="i", kind="'skill'", word=trade),
        words.insert("resident_word", rows, "WHERE i % 7 = 0", resident_id="i", kind="'limit'", word="'heavy'"),
    ]


def _old_listings(words: _Words, ground: Ground, rows: int) -> list[str]:
    """Closed ones with their sign-ups, so that the tables of places are as old as the rest."""
    quarter = max(1, rows // 4)
    return [
        words.insert("listing", OLD_LISTINGS, id="i", kind="'job'", area_id=str(ground.area_id), number="i + 9",
                     title="'香菇分拣'", place="'2号厂房'", starts_at=words.ago("(i + 31) * 86400"),
                     ends_at=words.ago("(i + 31) * 86400 - 14400"), places="9999", min_age="16", state="'closed'",
                     created_at=words.ago("(i + 40) * 86400"), closed_at=words.ago("(i + 31) * 86400 - 14400")),
        words.insert("job", OLD_LISTINGS, id="i", employer_id=str(ground.employer_id), trade="'香菇'", skill="''",
                     pay_fen="8000", pay_per="'day'", paid_same_day="true", meals="false", bus="false",
                     insured="''", demands="'[]'", details="''", contact="''"),
        words.insert("signup", quarter, id="i", listing_id=f"i % {OLD_LISTINGS} + 1", resident_id="i",
                     place="CASE i % 4 WHEN 0 THEN 'no_show' WHEN 1 THEN 'cancelled' ELSE 'attended' END",
                     via="'text'", created_at=words.ago("40 * 86400")),
        words.insert("signup_change", quarter, id="i", signup_id="i", place="'taken'", via="'text'",
                     at=words.ago("40 * 86400")),
    ]


def _said(length: int) -> str:
    return "'【青龙泉就业站】" + "活" * length + "'"


def _without_indexes(connection: Connection, statements: list[str]) -> None:
    """Indexes that are made afterwards cost a third of those that are kept up row by row."""
    folders.modules_below(app)  # every table is known
    indexes = [index for name in _FILLED for index in Table.metadata.tables[name].indexes]
    for index in indexes:
        index.drop(connection)
    for statement in statements:
        connection.exec_driver_sql(statement)
    for index in indexes:
        index.create(connection)


async def _count_on(connection: AsyncConnection) -> None:
    """Let PostgreSQL's next ids follow the ones that were given here."""
    for table in _FILLED:
        await connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
