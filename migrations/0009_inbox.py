"""Incoming texts, and calls of providers that could not be read."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0009_inbox"
down_revision = "0008_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unreadable_call",
        sa.Column("id", ID, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable_call"),
    )
    op.create_table(
        "inbound",
        sa.Column("id", ID, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("context", sa.String(length=120), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("resident_id", ID, nullable=True),
        sa.Column("area_id", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_inbound_area_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_inbound_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
    )
    op.create_index("ix_inbound_area_id_id", "inbound", ["area_id", "id"])
    op.create_index("ix_inbound_gateway_provider_id", "inbound", ["gateway", "provider_id"])
    op.create_index("ix_inbound_pending", "inbound", ["id"], **only("state = 'stored'"))
    op.create_index("ix_inbound_phone_id", "inbound", ["phone", "id"])
    op.create_index("ix_inbound_received_at", "inbound", ["received_at"])


def downgrade() -> None:
    op.drop_table("inbound")
    op.drop_table("unreadable_call")
