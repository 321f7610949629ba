"""Uploaded lists of people between their look at the registry and the decision of whoever brought them."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0017_people_lists"
down_revision = "0016_words_beside_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audience_list",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_audience_list_area_id"),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name="fk_audience_list_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audience_list"),
    )


def downgrade() -> None:
    op.drop_table("audience_list")
