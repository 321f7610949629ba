"""Finding work: where buildings and spots are, what people filter jobs by, and a narrow row beside each open job.

No job is touched: columns with a constant default are added at once, however many jobs there are. What is searched in
needs the sounds of words, which no database knows; a round puts it together afterwards (app/jobs/catching_up.py), and
until then a job is found by everything but its words.
"""

import sqlalchemy as sa
from alembic import op

from migrations.environment.columns import ID, MOMENT, only

revision = "0026_finding"
down_revision = "0025_gateways"
branch_labels = None
depends_on = None

# Everything but the words of jobs that are open: few, whatever the table has of older ones. The marks are those of
# app/jobs/openings.py: 1 within school hours, 8 paid on the day, 16 meals, 32 a bus.
FILL = """
    INSERT INTO opening (listing_id, area_id, number, day, starts_at, place, trade, marks)
    SELECT listing.id, listing.area_id, listing.number, {start_day}, listing.starts_at, listing.place, job.trade,
           CASE WHEN {start_day} = {end_day} AND {start_hour} >= '08:00' AND {end_hour} <= '16:30' THEN 1 ELSE 0 END
           + CASE WHEN job.paid_same_day THEN 8 ELSE 0 END + CASE WHEN job.meals THEN 16 ELSE 0 END
           + CASE WHEN job.bus THEN 32 ELSE 0 END
    FROM listing JOIN job ON job.id = listing.id WHERE listing.state = 'open'
"""
SQLITE = {"day": "date({0}, '+8 hours')", "hour": "strftime('%H:%M', {0}, '+8 hours')"}
POSTGRESQL = {"day": "({0} AT TIME ZONE 'Asia/Shanghai')::date",
              "hour": "to_char({0} AT TIME ZONE 'Asia/Shanghai', 'HH24:MI')"}


def upgrade() -> None:
    for name in ("lat", "lng"):
        op.add_column("area", sa.Column(name, sa.Double(), nullable=True))
    for name in ("seated", "at_home"):
        op.add_column("job", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("job", sa.Column("bring", sa.String(length=60), nullable=False, server_default=""))
    op.create_table(
        "spot",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_spot_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_spot"),
        sa.UniqueConstraint("area_id", "name", name="uq_spot_area_id_name"),
    )
    op.create_table(
        "opening",
        sa.Column("listing_id", ID, autoincrement=False, nullable=False),
        sa.Column("area_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("trade", sa.String(length=20), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_opening_area_id"),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name="fk_opening_listing_id"),
        sa.PrimaryKeyConstraint("listing_id", name="pk_opening"),
    )
    op.get_bind().exec_driver_sql(filling(op.get_bind().dialect.name))
    op.create_index("ix_opening_list", "opening", ["area_id", "day", "starts_at", "marks", "place", "listing_id"])
    op.create_index("ix_opening_everywhere", "opening", ["day", "starts_at", "listing_id", "marks"])
    op.create_index("ix_opening_no_words", "opening", ["listing_id"], **only("words IS NULL"))


def downgrade() -> None:
    op.drop_table("opening")
    op.drop_table("spot")
    for table, name in (("job", "bring"), ("job", "at_home"), ("job", "seated"), ("area", "lng"), ("area", "lat")):
        op.drop_column(table, name)


def filling(engine: str) -> str:
    spelled = POSTGRESQL if engine == "postgresql" else SQLITE
    return FILL.format(start_day=spelled["day"].format("listing.starts_at"),
                       end_day=spelled["day"].format("listing.ends_at"),
                       start_hour=spelled["hour"].format("listing.starts_at"),
                       end_hour=spelled["hour"].format("listing.ends_at"))
