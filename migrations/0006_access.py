"""How a resident proves a phone."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0006_access"
down_revision = "0005_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_code"),
    )
    op.create_table(
        "phone_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("resident_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_phone_session_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_phone_session"),
        sa.UniqueConstraint("token_hash", name="uq_phone_session_token_hash"),
    )
    op.create_index("ix_code_address_hash_created_at", "code", ["address_hash", "created_at"])
    op.create_index("ix_code_phone_created_at", "code", ["phone", "created_at"])
    op.create_index("ix_phone_session_phone", "phone_session", ["phone"])


def downgrade() -> None:
    op.drop_table("phone_session")
    op.drop_table("code")
