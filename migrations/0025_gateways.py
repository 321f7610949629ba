"""Several gateways: how each of them stands and what was decided of it, and which one each attempt went to.

No text is touched: a column that may be empty is added at once, however many attempts there are.
"""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0025_gateways"
down_revision = "0024_fetched"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("gateway", sa.String(length=20), nullable=True))
    op.create_table(
        "gateway",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("retry_at", MOMENT, nullable=True),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("earliest", MOMENT, nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gateway"),
    )
    op.create_table(
        "gateway_decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("officer_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_gateway_decision_officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gateway_decision"),
    )
    op.create_index("ix_gateway_decision_gateway_id", "gateway_decision", ["gateway", "id"])


def downgrade() -> None:
    op.drop_table("gateway_decision")
    op.drop_table("gateway")
    op.drop_column("attempt", "gateway")
