"""The staff's inbox: what a text did, why somebody should look at it, and readings that were put right."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0013_desk"
down_revision = "0012_logins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Constants as defaults, so that neither database writes the old rows anew. Texts from before need nobody.
    op.add_column("inbound", sa.Column("did", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("inbound", sa.Column("needs", sa.String(length=14), nullable=False, server_default=""))
    op.add_column("inbound", sa.Column("handled_at", MOMENT, nullable=True))
    op.add_column("inbound", sa.Column("handled_by_id", ID, nullable=True))
    op.add_column("inbound", sa.Column("sealed", sa.Text(), nullable=True))
    # What those texts did was written down nowhere: nobody can take it back with one press.
    op.execute("INSERT INTO fact (name, value) SELECT 'texts_before_desk', CAST(MAX(id) AS VARCHAR(20)) FROM inbound "
               "HAVING MAX(id) IS NOT NULL")
    op.create_index("ix_inbound_needs", "inbound", ["needs", "id"], **only("needs <> '' AND handled_at IS NULL"))
    op.create_table(
        "correction",
        sa.Column("id", ID, nullable=False),
        sa.Column("inbound_id", ID, nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("meant", sa.String(length=40), nullable=False),
        sa.Column("meant_slots", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name="fk_correction_inbound_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_correction_officer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
    )
    op.create_index("ix_correction_inbound_id_id", "correction", ["inbound_id", "id"])


def downgrade() -> None:
    op.execute("DELETE FROM fact WHERE name = 'texts_before_desk'")
    op.drop_table("correction")
    op.drop_index("ix_inbound_needs", "inbound")
    for name in ("sealed", "handled_by_id", "handled_at", "needs", "did"):
        op.drop_column("inbound", name)
