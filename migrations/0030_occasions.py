"""Fairs, courses and buses: what a listing of these kinds has besides, and the calendar's way to them past the jobs."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, only
from migrations.environment.pages import count_changes, count_no_more

revision = "0030_occasions"
down_revision = "0029_once"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "occasion",
        sa.Column("id", ID, nullable=False),
        sa.Column("destination", sa.String(length=40), nullable=False),
        sa.Column("cost_fen", sa.Integer(), nullable=False),
        sa.Column("bring", sa.String(length=80), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["listing.id"], name="fk_occasion_id"),
        sa.PrimaryKeyConstraint("id", name="pk_occasion"),
    )
    op.create_index("ix_listing_calendar", "listing", ["area_id", "starts_at"], **only("kind <> 'job'"))
    count_changes("occasion")


def downgrade() -> None:
    count_no_more("occasion")
    op.drop_index("ix_listing_calendar", "listing")
    op.drop_table("occasion")
