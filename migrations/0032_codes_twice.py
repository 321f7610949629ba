"""Which browser a code was right for: it may bring the same one again at once. A column that may be empty is added at
once, however many codes there are."""

import sqlalchemy as sa
from alembic import op

revision = "0032_codes_twice"
down_revision = "0031_form_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("code", sa.Column("browser_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("code", "browser_hash")
