"""What was posted where: posters, sheets, announcements, chat groups."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0018_channels"
down_revision = "0017_people_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_post",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("taken_down_at", MOMENT, nullable=True),
        sa.Column("taken_down_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_channel_post_area_id"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_channel_post_campaign_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_channel_post_officer_id"),
        sa.ForeignKeyConstraint(["taken_down_by_id"], ["officer.id"], name="fk_channel_post_taken_down_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_channel_post"),
    )
    op.create_index("ix_channel_post_area_id", "channel_post", ["area_id"])
    op.create_index("ix_channel_post_campaign_id_area_id", "channel_post", ["campaign_id", "area_id"])


def downgrade() -> None:
    op.drop_table("channel_post")
