"""Batches, the outbox, attempts and receipts."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0005_outbox"
down_revision = "0004_residents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("applied_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
    )
    op.create_table(
        "batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("listing_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("approved_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["officer.id"], name="fk_batch_approved_by_id"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_batch_area_id"),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name="fk_batch_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=60), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("asks", sa.String(length=120), nullable=False),
        sa.Column("addressed", sa.JSON(), nullable=False),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("area_id", ID, nullable=True),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("listing_id", ID, nullable=True),
        sa.Column("inbound_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_message_area_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_message_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_table(
        "reason",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_reason_batch_id"),
        sa.PrimaryKeyConstraint("batch_id", "resident_id", name="pk_reason"),
    )
    op.create_table(
        "recipient",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("addressed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_recipient_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_attempt_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.UniqueConstraint("message_id", "number", name="uq_attempt_message_id_number"),
    )
    op.create_index("ix_receipt_gateway_provider_id", "receipt", ["gateway", "provider_id"])
    op.create_index("ix_receipt_pending", "receipt", ["id"], **only("applied_at IS NULL"))
    op.create_index("ix_batch_area_id", "batch", ["area_id"])
    op.create_index("ix_batch_listing_id", "batch", ["listing_id"])
    op.create_index("ix_message_batch_id_status", "message", ["batch_id", "status"])
    op.create_index("ix_message_due", "message", ["gateway", "priority", "next_at", "id"],
                    **only("status = 'queued'"))
    op.create_index("ix_message_gateway_provider_id", "message", ["gateway", "provider_id"])
    op.create_index("ix_message_inbound_id", "message", ["inbound_id"], **only("inbound_id IS NOT NULL"))
    op.create_index("ix_message_leased", "message", ["lease_until"], **only("status = 'sending'"))
    op.create_index("ix_message_phone_id", "message", ["phone", "id"])
    op.create_index("ix_message_listing_queued", "message", ["listing_id"], **only("status = 'queued'"))
    op.create_index("ix_message_pushed", "message", ["created_at", "phone"], **only("purpose = 'push'"))
    op.create_index("ix_message_unknown", "message", ["gateway", "id"], **only("status = 'unknown'"))
    op.create_index("ix_message_waiting", "message", ["sent_at"], **only("status = 'accepted'"))
    op.create_index("ix_reason_resident_id_batch_id", "reason", ["resident_id", "batch_id"])
    op.create_index("ix_recipient_batch_id_phone", "recipient", ["batch_id", "phone"], unique=True)


def downgrade() -> None:
    op.drop_table("attempt")
    op.drop_table("recipient")
    op.drop_table("reason")
    op.drop_table("message")
    op.drop_table("batch")
    op.drop_table("receipt")
