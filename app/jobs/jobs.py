"""A job is a listing: an employer's work for a day or a season, with its pay and what it asks of people."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.employers.employers import Employer
from app.listings.listings import Listing


class PayPer(StrEnum):
    DAY = "day"
    HOUR = "hour"
    PIECE = "piece"
    MONTH = "month"


class Demand(StrEnum):
    """What a job asks of a body and a day; a resident's limits are words of the same list."""

    STANDING = "standing"
    HEAVY = "heavy"
    NIGHT = "night"
    OUTDOOR = "outdoor"
    FAR = "far"            # more than 15 minutes on foot
    FULL_DAY = "full_day"  # longer than school hours
    HEIGHTS = "heights"
    READING = "reading"    # must read and write


# Plain words for work, as people say them; wishes and skills use the same ones.
TRADES = (
    "保洁", "缝纫", "看门", "带娃", "香菇", "装卸", "手工", "做饭", "洗碗", "护理",
    "绿化", "种菜", "采摘", "包装", "质检", "电工", "水暖", "木工", "瓦工", "油漆",
    "焊工", "司机", "送货", "收银", "导购", "服务员", "仓库", "养殖", "修理", "理发",
    "电商", "直播", "织袜", "玩具", "制衣", "编织", "巡逻", "家政", "建筑", "零工",
)


class Job(Listing):
    """`pay_fen` is per `pay_per`; `demands` are words of Demand; `skill` is a trade that is needed, or empty."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    trade: Mapped[str] = mapped_column(String(20))
    skill: Mapped[str] = mapped_column(String(20), default="")
    pay_fen: Mapped[int]
    pay_per: Mapped[str] = mapped_column(String(6))
    paid_same_day: Mapped[bool] = mapped_column(default=False)
    meals: Mapped[bool] = mapped_column(default=False)
    bus: Mapped[bool] = mapped_column(default=False)
    insured: Mapped[str] = mapped_column(String(20), default="")
    demands: Mapped[list[str]]
    details: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(40), default="")

    employer: Mapped[Employer] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"polymorphic_identity": "job"}  # noqa: RUF012
