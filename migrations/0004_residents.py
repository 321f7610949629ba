"""Households, residents and what is known of them."""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT

revision = "0004_residents"
down_revision = "0003_consent"
branch_labels = None
depends_on = None

# The usual codes of local notices (Employment Promotion Law, art. 52, leaves the scope to each province); stations
# change the rows.
CATEGORIES = (
    ("DL", "大龄", "older worker"),
    ("CJ", "残疾", "disabled"),
    ("DB", "低保", "on minimum living allowance"),
    ("CQ", "长期失业", "out of work for a year or longer"),
    ("LJ", "零就业家庭", "household without anybody in work"),
    ("SD", "失地农民", "farmer who lost land"),
    ("NL", "农村零转移就业家庭", "rural household without anybody in outside work"),
    ("TP", "脱贫人口", "lifted out of poverty, or watched against falling back"),
    ("BY", "困难毕业生", "graduate in difficulty"),
    ("TY", "退役士兵", "former soldier"),
    ("XM", "刑满释放、戒毒康复", "released or in recovery"),
    ("DQ", "单亲抚养", "single parent"),
    ("ZB", "赡养重病亲属", "cares for a gravely ill relative"),
)


def upgrade() -> None:
    op.create_table(
        "hardship_category",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_hardship_category"),
    )
    op.create_table(
        "household",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_household_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_household"),
    )
    op.create_table(
        "resident",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sex", sa.String(length=6), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("work_status", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("id_number", sa.String(length=200), nullable=True),
        sa.Column("id_number_hash", sa.String(length=64), nullable=True),
        sa.Column("wrong_phone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_resident_area_id"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name="fk_resident_household_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resident"),
    )
    op.create_table(
        "hardship",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("ground", sa.String(length=100), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("officer_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["code"], ["hardship_category.code"], name="fk_hardship_code"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_hardship_officer_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_hardship_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hardship"),
    )
    op.create_table(
        "resident_word",
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_resident_word_resident_id"),
        sa.PrimaryKeyConstraint("resident_id", "kind", "word", name="pk_resident_word"),
    )
    op.create_table(
        "work_status_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("work_status", sa.String(length=12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_work_status_change_officer_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_work_status_change_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_work_status_change"),
    )
    op.create_index("ix_household_area_id_unit_room", "household", ["area_id", "unit", "room"])
    op.create_index("ix_household_number", "household", ["number"])
    op.create_index("ix_resident_area_id", "resident", ["area_id"])
    op.create_index("ix_resident_household_id", "resident", ["household_id"])
    op.create_index("ix_resident_id_number_hash", "resident", ["id_number_hash"])
    op.create_index("ix_resident_name_area_id", "resident", ["name", "area_id"])
    op.create_index("ix_resident_phone", "resident", ["phone"])
    op.create_index("ix_hardship_code_resident_id", "hardship", ["code", "resident_id"])
    op.create_index("ix_hardship_resident_id_code", "hardship", ["resident_id", "code"])
    op.create_index("ix_resident_word_kind_word_resident_id", "resident_word", ["kind", "word", "resident_id"])
    op.create_index("ix_work_status_change_resident_id", "work_status_change", ["resident_id"])
    category = sa.table("hardship_category", sa.column("code", sa.String), sa.column("name", sa.String),
                        sa.column("name_en", sa.String))
    op.bulk_insert(category, [{"code": code, "name": name, "name_en": name_en} for code, name, name_en in CATEGORIES])


def downgrade() -> None:
    op.drop_table("work_status_change")
    op.drop_table("resident_word")
    op.drop_table("hardship")
    op.drop_table("resident")
    op.drop_table("household")
    op.drop_table("hardship_category")
