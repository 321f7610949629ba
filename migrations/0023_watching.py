"""What watching it asks: texts that failed lately, unknown ones that somebody may still settle, batches on their way;
when texts stood still and who was told of it, and what the nightly look over the tables found.

The indexes hold the few rows that they are about, so that writing a text costs nothing more.
"""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0023_watching"
down_revision = "0022_extensions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_failed", "message", ["ended_at"], **only("status = 'failed'"))
    op.create_index("ix_message_unsettled", "message", ["gateway", "id"],
                    **only("status = 'unknown' AND reason <> 'cannot_tell'"))
    op.create_index("ix_batch_under_way", "batch", ["id"], **only("state = 'queued'"))
    op.create_table(
        "stall",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stall"),
    )
    op.create_index("ix_stall_open", "stall", ["id"], **only("ended_at IS NULL"))
    op.create_index("ix_stall_told_at", "stall", ["told_at"])
    op.create_table(
        "inspection",
        sa.Column("id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inspection"),
    )
    op.create_index("ix_inspection_day", "inspection", ["day"])


def downgrade() -> None:
    op.drop_table("inspection")
    op.drop_table("stall")
    op.drop_index("ix_batch_under_way", "batch")
    op.drop_index("ix_message_unsettled", "message")
    op.drop_index("ix_message_failed", "message")
