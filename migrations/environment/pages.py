"""Triggers that count the changes of what residents' pages show, so that a finished page is dropped when it is old.

A migration that makes another table which pages show calls `count_changes` for it. No row is touched.
"""

from alembic import op

_EVENTS = ("INSERT", "UPDATE", "DELETE")
_COUNT = "UPDATE page_version SET changes = changes + 1 WHERE connection = 0"


def make_counter() -> None:
    """What the triggers call, once for a database."""
    if _on_postgresql():
        # Each connection has a row of its own, so that nobody waits for anybody, and the sum of all of them is the
        # version: it is another one as soon as a change is committed, and not before.
        _tell("""
            CREATE FUNCTION pages_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO page_version (connection, changes) VALUES (pg_backend_pid(), 1)
                ON CONFLICT (connection) DO UPDATE SET changes = page_version.changes + 1;
                RETURN NULL;
            END $$
            """)
    else:
        _tell("INSERT INTO page_version (connection, changes) VALUES (0, 0)")


def drop_counter() -> None:
    if _on_postgresql():
        _tell("DROP FUNCTION pages_changed()")


def count_changes(*tables: str) -> None:
    """From now on each change of these tables gives the pages another version."""
    for table in tables:
        if _on_postgresql():
            _tell(f"CREATE TRIGGER {table}_pages AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                  "FOR EACH STATEMENT EXECUTE FUNCTION pages_changed()")
            continue
        for event in _EVENTS:  # SQLite knows no statements here; a row costs a microsecond
            _tell(f"CREATE TRIGGER {table}_pages_{event.lower()} AFTER {event} ON {table} BEGIN {_COUNT}; END")


def count_no_more(*tables: str) -> None:
    """Undoes `count_changes`."""
    for table in tables:
        if _on_postgresql():
            _tell(f"DROP TRIGGER {table}_pages ON {table}")
            continue
        for event in _EVENTS:
            _tell(f"DROP TRIGGER {table}_pages_{event.lower()}")


def _tell(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
