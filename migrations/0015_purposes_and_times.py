"""What a batch is about, when it leaves, over how long, and why it paused by itself."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0015_purposes_and_times"
down_revision = "0014_campaigns"
branch_labels = None
depends_on = None

ADDED = (("batch", "about"), ("batch", "leaves_at"), ("batch", "spread_minutes"), ("batch", "trouble"),
         ("batch", "resumed_at"), ("campaign", "leaves_at"), ("campaign", "spread_minutes"),
         ("campaign", "changed_by_id"))


def upgrade() -> None:
    # Constants as defaults, so that neither database writes the old rows anew.
    op.add_column("batch", sa.Column("about", sa.String(length=12), nullable=False, server_default="jobs"))
    op.add_column("batch", sa.Column("trouble", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("batch", sa.Column("resumed_at", MOMENT, nullable=True))
    op.add_column("campaign", sa.Column("changed_by_id", ID, nullable=True))
    for table in ("batch", "campaign"):
        op.add_column(table, sa.Column("leaves_at", MOMENT, nullable=True))
        op.add_column(table, sa.Column("spread_minutes", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for table, column in reversed(ADDED):
        op.drop_column(table, column)
