"""Pages that answered a form, sealed, for half an hour."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import MOMENT

revision = "0031_form_answers"
down_revision = "0030_occasions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_answer",
        sa.Column("mark", sa.String(length=22), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_form_answer"),
    )
    op.create_index("ix_form_answer_made_at", "form_answer", ["made_at"])


def downgrade() -> None:
    op.drop_table("form_answer")
