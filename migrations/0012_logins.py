"""Log-ins take turns, so that nobody guesses faster by guessing many times at once."""

import sqlalchemy as sa
from alembic import op

revision = "0012_logins"
down_revision = "0011_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    turn = sa.table("turn", sa.column("name", sa.String))
    op.bulk_insert(turn, [{"name": "logins"}])


def downgrade() -> None:
    op.execute("DELETE FROM turn WHERE name = 'logins'")
