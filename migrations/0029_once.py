"""What was asked for with a key, so that a form that is sent twice does its deed once."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import MOMENT

revision = "0029_once"
down_revision = "0028_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "once",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_once"),
    )
    op.create_index("ix_once_made_at", "once", ["made_at"])


def downgrade() -> None:
    op.drop_table("once")
