"""Employers, listings, jobs and sign-ups."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0007_listings"
down_revision = "0006_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "employer",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("verified_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_employer_area_id"),
        sa.ForeignKeyConstraint(["verified_by_id"], ["officer.id"], name="fk_employer_verified_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_employer"),
    )
    op.create_table(
        "listing",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_listing_area_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["officer.id"], name="fk_listing_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_listing"),
    )
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("trade", sa.String(length=20), nullable=False),
        sa.Column("skill", sa.String(length=20), nullable=False),
        sa.Column("pay_fen", sa.Integer(), nullable=False),
        sa.Column("pay_per", sa.String(length=6), nullable=False),
        sa.Column("paid_same_day", sa.Boolean(), nullable=False),
        sa.Column("meals", sa.Boolean(), nullable=False),
        sa.Column("bus", sa.Boolean(), nullable=False),
        sa.Column("insured", sa.String(length=20), nullable=False),
        sa.Column("demands", sa.JSON(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name="fk_job_employer_id"),
        sa.ForeignKeyConstraint(["id"], ["listing.id"], name="fk_job_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_table(
        "signup",
        sa.Column("id", ID, nullable=False),
        sa.Column("listing_id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("via", sa.String(length=6), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name="fk_signup_listing_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_signup_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signup"),
    )
    op.create_table(
        "signup_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("signup_id", ID, nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("via", sa.String(length=6), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_signup_change_officer_id"),
        sa.ForeignKeyConstraint(["signup_id"], ["signup.id"], name="fk_signup_change_signup_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signup_change"),
    )
    op.create_index("ix_employer_area_id", "employer", ["area_id"])
    op.create_index("ix_listing_area_id_closed_at", "listing", ["area_id", "closed_at"])
    op.create_index("ix_listing_area_id_state_starts_at", "listing", ["area_id", "state", "starts_at"])
    op.create_index("ix_listing_number_state", "listing", ["number", "state"])
    op.create_index("uq_listing_open_number", "listing", ["area_id", "number"], unique=True, **only("state = 'open'"))
    op.create_index("ix_job_employer_id", "job", ["employer_id"])
    op.create_index("ix_signup_listing_id_place_id", "signup", ["listing_id", "place", "id"])
    op.create_index("ix_signup_resident_id_place", "signup", ["resident_id", "place"])
    op.create_index("uq_signup_held", "signup", ["listing_id", "resident_id"],
                    unique=True, **only("place IN ('taken', 'waiting')"))
    op.create_index("ix_signup_change_signup_id", "signup_change", ["signup_id"])


def downgrade() -> None:
    op.drop_table("signup_change")
    op.drop_table("signup")
    op.drop_table("job")
    op.drop_table("listing")
    op.drop_table("employer")
