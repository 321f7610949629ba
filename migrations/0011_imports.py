"""Uploaded lists of residents between their check and their import."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0011_imports"
down_revision = "0010_simulator"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_import_file_area_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_import_file_officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_file"),
        sa.UniqueConstraint("token", name="uq_import_file_token"),
    )
    turn = sa.table("turn", sa.column("name", sa.String))
    op.bulk_insert(turn, [{"name": "import"}])


def downgrade() -> None:
    op.execute("DELETE FROM turn WHERE name = 'import'")
    op.drop_table("import_file")
