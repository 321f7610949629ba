"""The demo community's calendar: two fairs, four courses and three buses of the next six weeks. All is invented."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.occasions import occasions
from app.occasions.occasions import Draft, Kind, Occasion
from app.org.areas import Area
from app.staff.accounts import Officer


@dataclass(frozen=True)
class Coming:
    """One of them, so many days from today; `hours` from when until when."""

    kind: Kind
    title: str
    place: str
    days: int
    hours: tuple[int, int]
    places: int
    facts: dict[str, Any] = field(default_factory=dict)


COMING = (
    Coming(Kind.FAIR, "家门口招聘会", "广场", 4, (900, 1200), 300, {
        "bring": "身份证", "details": "青泉袜业、巧手坊等十家,现场可以问、可以试。", "contact": "陈姐"}),
    Coming(Kind.FAIR, "零工招聘会", "菜市场", 25, (630, 1000), 200, {
        "bring": "身份证", "details": "当天干、当天结的活。早到早挑。", "contact": "王师傅"}),
    Coming(Kind.COURSE, "草编课", "山妹坊", 2, (1400, 1630), 20, {
        "details": "从起头教起,材料不用买。带孩子来也行。", "contact": "李师傅"}),
    Coming(Kind.COURSE, "家政培训", "小学", 9, (830, 1130), 30, {
        "bring": "本子和笔", "details": "收拾、做饭、照看老人。学完可以去考证。", "contact": "周老师", "min_age": 16}),
    Coming(Kind.COURSE, "电工班", "小学", 16, (1900, 2100), 25, {
        "cost_fen": 3000, "bring": "身份证", "details": "晚上学,30元是书钱。", "contact": "郑老师", "min_age": 18}),
    Coming(Kind.COURSE, "手机直播课", "巧手坊", 33, (1400, 1700), 15, {
        "bring": "手机和充电器", "details": "教您用手机卖自家的东西。", "contact": "小何"}),
    Coming(Kind.BUS, "返岗大巴", "西门坐车", 6, (600, 1230), 45, {
        "destination": "江洲工业园", "bring": "身份证、水和干粮", "details": "中途停一次。有人一路跟车。",
        "contact": "马队长", "min_age": 16}),
    Coming(Kind.BUS, "采茶班车", "西门坐车", 13, (530, 1900), 50, {
        "destination": "云雾茶场", "bring": "草帽和水", "details": "当天去,当天回。", "contact": "刘主任",
        "min_age": 16}),
    Coming(Kind.BUS, "看厂班车", "西门坐车", 20, (800, 1600), 40, {
        "destination": "汉丰电子厂", "cost_fen": 1000, "details": "先看看厂里什么样,中午管饭。", "contact": "陈姐"}),
)


async def put_up(db: AsyncSession, community: Area, *, clerk: Officer) -> list[Occasion]:
    """Put all of it on the calendar, as a clerk would."""
    return [await occasions.post(db, community, one.kind, _draft(one), by=clerk) for one in COMING]


def _draft(one: Coming) -> Draft:
    day = clock.today() + timedelta(days=one.days)
    starts, ends = (clock.at(day, time(*divmod(hour, 100))) for hour in one.hours)
    return Draft(title=one.title, place=one.place, starts_at=starts, ends_at=ends, places=one.places, **one.facts)
