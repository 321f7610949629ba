"""Call tasks."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0008_calls"
down_revision = "0007_listings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=True),
        sa.Column("resident_id", ID, nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("listing_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by_id", ID, nullable=True),
        sa.Column("result", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_call_area_id"),
        sa.ForeignKeyConstraint(["done_by_id"], ["officer.id"], name="fk_call_done_by_id"),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name="fk_call_listing_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_call_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
    )
    op.create_index("ix_call_open", "call", ["area_id", "id"], **only("done_at IS NULL"))
    op.create_index("ix_call_phone_id", "call", ["phone", "id"])


def downgrade() -> None:
    op.drop_table("call")
