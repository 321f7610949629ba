"""What a provider was asked for, as it came, until what stood in it is kept."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0024_fetched"
down_revision = "0023_watching"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fetched",
        sa.Column("id", ID, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("came_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fetched"),
    )
    op.create_index("ix_fetched_gateway_id", "fetched", ["gateway", "id"])


def downgrade() -> None:
    op.drop_table("fetched")
