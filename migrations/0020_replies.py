"""What people answered to a bulk text, and call tasks that belong to one."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0020_replies"
down_revision = "0019_templates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_reply_batch_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_reply_resident_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_reply_officer_id"),
        sa.PrimaryKeyConstraint("batch_id", "resident_id", name="pk_reply"),
    )
    op.create_index("ix_reply_batch_id_choice", "reply", ["batch_id", "choice"])
    op.add_column("call", sa.Column("batch_id", ID, nullable=True))
    op.create_index("ix_call_batch_id", "call", ["batch_id", "resident_id"], **only("batch_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_call_batch_id", "call")
    op.drop_column("call", "batch_id")
    op.drop_table("reply")
