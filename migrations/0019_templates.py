"""Texts that staff keep by name, in versions, and which of them a campaign began as."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0019_templates"
down_revision = "0018_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "template",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("put_away_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_template_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_template"),
    )
    op.create_index("ix_template_area_id_name", "template", ["area_id", "name"], unique=True)
    op.create_table(
        "template_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("template_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=60), nullable=False),
        sa.Column("same_as", sa.Integer(), nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name="fk_template_version_author_id"),
        sa.ForeignKeyConstraint(["template_id"], ["template.id"], name="fk_template_version_template_id"),
        sa.PrimaryKeyConstraint("id", name="pk_template_version"),
    )
    op.create_index("ix_template_version_template_id_number", "template_version", ["template_id", "number"],
                    unique=True)
    op.add_column("campaign", sa.Column("template_version_id", ID, nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "template_version_id")
    op.drop_table("template_version")
    op.drop_table("template")
