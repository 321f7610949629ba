"""Audiences by name, campaigns, batches that are filled in pieces and can pause; the indexes that counting needs."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0014_campaigns"
down_revision = "0013_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Constants as defaults, so that neither database writes the old rows anew.
    op.add_column("batch", sa.Column("title", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("batch", sa.Column("filling", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("batch", sa.Column("filled_to", sa.String(length=20), nullable=False, server_default=""))
    op.create_table(
        "audience",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_audience_area_id"),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name="fk_audience_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audience"),
    )
    op.create_table(
        "campaign",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("listing_id", ID, nullable=True),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_campaign_area_id"),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name="fk_campaign_author_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_campaign_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_campaign"),
    )
    op.create_index("ix_audience_area_id_name", "audience", ["area_id", "name"], unique=True)
    op.create_index("ix_campaign_area_id", "campaign", ["area_id"])
    op.create_index("ix_campaign_batch_id", "campaign", ["batch_id"], unique=True)
    op.create_index("ix_batch_filling", "batch", ["id"], **only("filling <> ''"))
    op.create_index("ix_batch_paused", "batch", ["id"], **only("state = 'paused'"))
    op.create_index("ix_resident_whom", "resident", ["area_id", "born_on", "sex", "work_status", "phone",
                                                      "wrong_phone_at", "id"], **only("left_at IS NULL"))
    op.drop_index("ix_message_pushed", "message")
    op.create_index("ix_message_pushed", "message", ["sent_at", "phone"], **only("purpose = 'push'"))


def downgrade() -> None:
    op.drop_index("ix_message_pushed", "message")
    op.create_index("ix_message_pushed", "message", ["created_at", "phone"], **only("purpose = 'push'"))
    op.drop_index("ix_resident_whom", "resident")
    op.drop_index("ix_batch_paused", "batch")
    op.drop_index("ix_batch_filling", "batch")
    op.drop_table("campaign")
    op.drop_table("audience")
    for name in ("filled_to", "filling", "title"):
        op.drop_column("batch", name)
