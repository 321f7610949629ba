"""Areas, and what the database knows of itself."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, PATH

revision = "0001_areas"
down_revision = None
branch_labels = None
depends_on = None

# What one process at a time does; see take_turn in app/db.py.
TURNS = ("numbers", "arrivals", "inbox", "receipts", "leases", "rounds", "codes", "pushes")


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", ID, nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name="fk_area_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_area"),
        sa.UniqueConstraint("code", name="uq_area_code"),
    )
    op.create_table(
        "fact",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_fact"),
    )
    op.create_table(
        "turn",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_turn"),
    )
    op.create_index("ix_area_parent_id", "area", ["parent_id"])
    op.create_index("ix_area_path", "area", ["path"])
    turn = sa.table("turn", sa.column("name", sa.String))
    op.bulk_insert(turn, [{"name": name} for name in TURNS])


def downgrade() -> None:
    op.drop_table("turn")
    op.drop_table("fact")
    op.drop_table("area")
