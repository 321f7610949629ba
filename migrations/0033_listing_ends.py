"""By when listings end: a number is given out again once the listing that had it is over."""

from alembic import op

revision = "0033_listing_ends"
down_revision = "0032_codes_twice"
branch_labels = None
depends_on = None

BY_END = "ix_listing_area_id_ends_at"


def upgrade() -> None:
    op.create_index(BY_END, "listing", ["area_id", "ends_at"])


def downgrade() -> None:
    op.drop_index(BY_END, "listing")
