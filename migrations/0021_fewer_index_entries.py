"""A text that waits has no provider's id, and most texts are about no listing: neither stands in an index any more."""

from alembic import op

from migrations.environment.columns import only

revision = "0021_fewer_index_entries"
down_revision = "0020_replies"
branch_labels = None
depends_on = None

BY_PROVIDER, BY_LISTING = "ix_message_gateway_provider_id", "ix_message_listing_queued"


def upgrade() -> None:
    op.drop_index(BY_PROVIDER, "message")
    op.create_index(BY_PROVIDER, "message", ["gateway", "provider_id"], **only("provider_id IS NOT NULL"))
    op.drop_index(BY_LISTING, "message")
    op.create_index(BY_LISTING, "message", ["listing_id"], **only("status = 'queued' AND listing_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index(BY_PROVIDER, "message")
    op.create_index(BY_PROVIDER, "message", ["gateway", "provider_id"])
    op.drop_index(BY_LISTING, "message")
    op.create_index(BY_LISTING, "message", ["listing_id"], **only("status = 'queued'"))
