"""A version of what residents' pages show, counted up by triggers: finished pages are kept until it is another one."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.pages import count_changes, count_no_more, drop_counter, make_counter

revision = "0027_versions"
down_revision = "0026_finding"
branch_labels = None
depends_on = None

SHOWN = ("listing", "job", "signup", "employer", "area", "spot", "opening")


def upgrade() -> None:
    op.create_table(
        "page_version",
        sa.Column("connection", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connection", name="pk_page_version"),
    )
    make_counter()
    count_changes(*SHOWN)


def downgrade() -> None:
    count_no_more(*SHOWN)
    drop_counter()
    op.drop_table("page_version")
