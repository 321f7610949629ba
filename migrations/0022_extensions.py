"""The digits behind our number to which a text was written: they say which of our texts it answers."""

import sqlalchemy as sa
from alembic import op

revision = "0022_extensions"
down_revision = "0021_fewer_index_entries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbound", sa.Column("extension", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("inbound", "extension")
