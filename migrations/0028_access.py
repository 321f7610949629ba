"""Other ways in than a code: links by text, card numbers at the station; and what people ask of their own data.

Columns that may be empty are added at once, however many people, calls and sessions there are.
"""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0028_access"
down_revision = "0027_versions"
branch_labels = None
depends_on = None

TURNS = ("cards", "help")


def upgrade() -> None:
    op.create_table(
        "link",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("resident_id", ID, nullable=True),
        sa.Column("listing_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_link_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.UniqueConstraint("token_hash", name="uq_link_token_hash"),
    )
    op.create_index("ix_link_resident_id", "link", ["resident_id"])
    op.create_index("ix_link_created_at", "link", ["created_at"])
    op.create_table(
        "card_number",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_card_number_resident_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_card_number_officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_card_number"),
        sa.UniqueConstraint("number", name="uq_card_number_number"),
    )
    op.create_index("uq_card_number_open", "card_number", ["resident_id"], unique=True, **only("ended_at IS NULL"))
    op.create_table(
        "asking",
        sa.Column("id", ID, nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asking"),
    )
    op.create_index("ix_asking_address_hash_created_at", "asking", ["address_hash", "created_at"])
    op.create_table(
        "erasure",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("rest_due_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_erasure_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_due", "erasure", ["rest_due_at"], **only("ended_at IS NULL"))
    op.add_column("phone_session", sa.Column("card_id", ID, nullable=True))
    op.add_column("call", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("resident", sa.Column("erased_at", MOMENT, nullable=True))
    op.bulk_insert(sa.table("turn", sa.column("name", sa.String)), [{"name": name} for name in TURNS])


def downgrade() -> None:
    op.execute("DELETE FROM turn WHERE name IN ('cards', 'help')")
    op.drop_column("resident", "erased_at")
    op.drop_column("call", "due_on")
    op.drop_column("phone_session", "card_id")
    for table in ("erasure", "asking", "card_number", "link"):
        op.drop_table(table)
