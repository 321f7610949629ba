"""What the owner of each resident's phone said, kept beside the resident by triggers: counting reads one index."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import only

revision = "0016_words_beside_people"
down_revision = "0015_purposes_and_times"
branch_labels = None
depends_on = None

COLUMNS = ("jobs_word", "notices_word")
WHOM = ["area_id", "born_on", "sex", "work_status", "phone", "wrong_phone_at"]

# Whoever comes, or gets another phone, takes over what was said of the number. What was said may change at that very
# moment, in a transaction that does not see this row, as this one does not see that word. So both hold the row of the
# number in `consent`: one waits for the other, and looks again. Where there is no row yet, none can be held: then the
# word that comes meanwhile is not taken over, the person counts as one who said nothing, and is counted out. The word
# about notices falls back upon the one about jobs, so it would be counted in: whoever says it holds that row, too.
POSTGRESQL = (
    """
    CREATE FUNCTION take_over_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        SELECT word INTO NEW.jobs_word FROM consent WHERE phone = NEW.phone AND purpose = 'jobs' FOR SHARE;
        SELECT word INTO NEW.notices_word FROM consent WHERE phone = NEW.phone AND purpose = 'notices' FOR SHARE;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION tell_residents() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        said consent := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            said.word := NULL;
        END IF;
        IF said.purpose = 'jobs' THEN
            UPDATE resident SET jobs_word = said.word
            WHERE phone = said.phone AND jobs_word IS DISTINCT FROM said.word;
        ELSIF said.purpose = 'notices' THEN
            PERFORM FROM consent WHERE phone = said.phone AND purpose = 'jobs' FOR NO KEY UPDATE;
            UPDATE resident SET notices_word = said.word
            WHERE phone = said.phone AND notices_word IS DISTINCT FROM said.word;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER resident_words BEFORE INSERT OR UPDATE OF phone ON resident
    FOR EACH ROW EXECUTE FUNCTION take_over_words()
    """,
    """
    CREATE TRIGGER consent_words AFTER INSERT OR UPDATE OF word OR DELETE ON consent
    FOR EACH ROW EXECUTE FUNCTION tell_residents()
    """,
    # Every row changes. An UPDATE would write them all anew beside the old ones, and each of their index entries; this
    # writes them once, makes the indexes by sorting, and takes a third of the time. The triggers lock the table anyway.
    """
    CREATE FUNCTION word_of(number varchar, about varchar) RETURNS varchar LANGUAGE sql STABLE AS $$
        SELECT word FROM consent WHERE phone = number AND purpose = about
    $$
    """,
    """
    ALTER TABLE resident ALTER jobs_word TYPE varchar(8) USING word_of(phone, 'jobs'),
                         ALTER notices_word TYPE varchar(8) USING word_of(phone, 'notices')
    """,
    "DROP FUNCTION word_of(varchar, varchar)",
    "ANALYZE resident",
)

# SQLite has one writer: nobody comes between.
SQLITE = (
    """
    CREATE TRIGGER resident_comes AFTER INSERT ON resident WHEN NEW.phone IS NOT NULL BEGIN
        UPDATE resident SET
            jobs_word = (SELECT word FROM consent WHERE phone = NEW.phone AND purpose = 'jobs'),
            notices_word = (SELECT word FROM consent WHERE phone = NEW.phone AND purpose = 'notices')
        WHERE id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER resident_phone AFTER UPDATE OF phone ON resident BEGIN
        UPDATE resident SET
            jobs_word = (SELECT word FROM consent WHERE phone = NEW.phone AND purpose = 'jobs'),
            notices_word = (SELECT word FROM consent WHERE phone = NEW.phone AND purpose = 'notices')
        WHERE id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER consent_said AFTER INSERT ON consent BEGIN
        UPDATE resident SET jobs_word = NEW.word
        WHERE NEW.purpose = 'jobs' AND phone = NEW.phone AND jobs_word IS NOT NEW.word;
        UPDATE resident SET notices_word = NEW.word
        WHERE NEW.purpose = 'notices' AND phone = NEW.phone AND notices_word IS NOT NEW.word;
    END
    """,
    """
    CREATE TRIGGER consent_changed AFTER UPDATE OF word ON consent BEGIN
        UPDATE resident SET jobs_word = NEW.word
        WHERE NEW.purpose = 'jobs' AND phone = NEW.phone AND jobs_word IS NOT NEW.word;
        UPDATE resident SET notices_word = NEW.word
        WHERE NEW.purpose = 'notices' AND phone = NEW.phone AND notices_word IS NOT NEW.word;
    END
    """,
    """
    CREATE TRIGGER consent_unsaid AFTER DELETE ON consent BEGIN
        UPDATE resident SET jobs_word = NULL WHERE OLD.purpose = 'jobs' AND phone = OLD.phone;
        UPDATE resident SET notices_word = NULL WHERE OLD.purpose = 'notices' AND phone = OLD.phone;
    END
    """,
    """
    UPDATE resident SET
        jobs_word = (SELECT word FROM consent WHERE phone = resident.phone AND purpose = 'jobs'),
        notices_word = (SELECT word FROM consent WHERE phone = resident.phone AND purpose = 'notices')
    WHERE phone IN (SELECT phone FROM consent)
    """,
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("resident", sa.Column(column, sa.String(length=8), nullable=True))
    op.drop_index("ix_resident_whom", "resident")
    for statement in POSTGRESQL if _on_postgresql() else SQLITE:
        op.get_bind().exec_driver_sql(statement)
    op.create_index("ix_resident_whom", "resident", [*WHOM, *COLUMNS, "id"], **only("left_at IS NULL"))


def downgrade() -> None:
    for statement in _undone():
        op.get_bind().exec_driver_sql(statement)
    op.drop_index("ix_resident_whom", "resident")
    op.create_index("ix_resident_whom", "resident", [*WHOM, "id"], **only("left_at IS NULL"))
    for column in COLUMNS:
        op.drop_column("resident", column)


def _undone() -> list[str]:
    if _on_postgresql():
        return ["DROP TRIGGER consent_words ON consent", "DROP TRIGGER resident_words ON resident",
                "DROP FUNCTION tell_residents()", "DROP FUNCTION take_over_words()"]
    return [f"DROP TRIGGER {name}" for name in (
        "resident_comes", "resident_phone", "consent_said", "consent_changed", "consent_unsaid")]


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
