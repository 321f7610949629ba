"""The simulated carrier."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0010_simulator"
down_revision = "0009_inbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "simulated_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("reference", ID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_simulated_message"),
        sa.UniqueConstraint("reference", name="uq_simulated_message_reference"),
    )
    op.create_table(
        "simulated_receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_simulated_receipt"),
    )
    op.create_table(
        "simulated_try",
        sa.Column("reference", ID, autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_simulated_try"),
    )
    op.create_index("ix_simulated_message_phone_id", "simulated_message", ["phone", "id"])
    op.create_index("ix_simulated_receipt_due", "simulated_receipt", ["due_at"], **only("fetched_at IS NULL"))
    turn = sa.table("turn", sa.column("name", sa.String))
    op.bulk_insert(turn, [{"name": "simulator"}])


def downgrade() -> None:
    op.execute("DELETE FROM turn WHERE name = 'simulator'")
    op.drop_table("simulated_try")
    op.drop_table("simulated_receipt")
    op.drop_table("simulated_message")
