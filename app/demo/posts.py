"""The demo community's 200 open posts: listing 10 is tomorrow's mushroom sorting, the others follow from the seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.employers.employers import Employer
from app.jobs import jobs
from app.jobs.jobs import Demand, Draft, Job, PayPer
from app.org.areas import Area
from app.staff.accounts import Officer

COUNT, TODAY = 200, 2


@dataclass(frozen=True)
class Kind:
    """A kind of work that comes again and again; `pay` is yuan per `per`."""

    title: str
    trade: str
    employer: str
    place: str
    hours: tuple[int, int]
    pay: int
    per: PayPer = PayPer.DAY
    demands: tuple[Demand, ...] = ()
    skill: str = ""
    details: str = ""
    seated: bool = False
    at_home: bool = False
    bring: str = ""


TOMORROW = Kind("香菇分拣", "香菇", "mushrooms", "西门", (700, 1130), 80,
                details="坐着分大小、去根,有人教。自带水杯。", seated=True, bring="水杯")
KINDS = (
    Kind("香菇剪根", "香菇", "mushrooms", "西门", (700, 1130), 80, details="坐着剪根,有人教。",
         seated=True, bring="水杯"),
    Kind("香菇装袋", "香菇", "mushrooms", "菌棒厂", (730, 1730), 110, demands=(Demand.STANDING, Demand.FULL_DAY)),
    Kind("菌棒搬运", "装卸", "mushrooms", "菌棒厂", (700, 1700), 150, demands=(Demand.HEAVY, Demand.FULL_DAY),
         bring="手套"),
    Kind("袜子翻面", "织袜", "socks", "3号楼下", (800, 1130), 50, details="手快的一天五十多元。", seated=True),
    Kind("袜子配对", "织袜", "socks", "3号楼下", (1400, 1700), 40, seated=True, at_home=True),
    Kind("织袜挡车", "织袜", "socks", "青泉车间", (800, 1800), 140, demands=(Demand.STANDING, Demand.FULL_DAY),
         skill="织袜"),
    Kind("穿珠子", "手工", "handicraft", "巧手坊", (830, 1630), 45, details="接完孩子再来也行。",
         seated=True, at_home=True),
    Kind("做绢花", "手工", "handicraft", "巧手坊", (830, 1130), 40, seated=True, at_home=True),
    Kind("玩具装箱", "玩具", "toys", "东门车间", (800, 1700), 100, demands=(Demand.STANDING, Demand.FULL_DAY)),
    Kind("玩具缝眼睛", "玩具", "toys", "东门车间", (830, 1630), 60, seated=True),
    Kind("玩具质检", "质检", "toys", "东门车间", (800, 1700), 110, demands=(Demand.READING, Demand.FULL_DAY),
         seated=True, bring="老花镜"),
    Kind("缝纫工", "缝纫", "clothes", "制衣车间", (800, 1800), 160, demands=(Demand.FULL_DAY,), skill="缝纫",
         seated=True),
    Kind("剪线头", "制衣", "clothes", "制衣车间", (830, 1130), 45, details="坐着干,不用经验。",
         seated=True, bring="老花镜"),
    Kind("衣服打包", "包装", "clothes", "制衣车间", (1400, 1800), 60, demands=(Demand.STANDING,)),
    Kind("草编", "编织", "weaving", "山妹坊", (830, 1130), 15, per=PayPer.PIECE, details="按个算,领回家编也行。",
         seated=True, at_home=True),
    Kind("毛线钩织", "编织", "weaving", "山妹坊", (1400, 1700), 12, per=PayPer.PIECE,
         seated=True, at_home=True, bring="钩针"),
    Kind("干货装袋", "包装", "packing", "南门车间", (800, 1700), 95, demands=(Demand.STANDING, Demand.FULL_DAY)),
    Kind("贴标签", "包装", "packing", "南门车间", (800, 1130), 45, seated=True),
    Kind("货车装卸", "装卸", "packing", "南门车间", (1300, 1800), 120, demands=(Demand.HEAVY,), bring="手套"),
    Kind("楼道保洁", "保洁", "property", "物业办", (600, 1000), 60, demands=(Demand.STANDING,)),
    Kind("小区绿化", "绿化", "property", "物业办", (700, 1100), 70, demands=(Demand.OUTDOOR,), bring="草帽、水"),
    Kind("夜班看门", "看门", "property", "北门岗亭", (1900, 2330), 80, demands=(Demand.NIGHT,),
         seated=True, bring="厚衣服"),
    Kind("水电维修", "水暖", "property", "物业办", (800, 1700), 180, demands=(Demand.HEIGHTS, Demand.FULL_DAY),
         skill="水暖", bring="工具"),
    Kind("幼儿园保洁", "保洁", "kindergarten", "幼儿园", (700, 1130), 80),
    Kind("幼儿园帮厨", "做饭", "kindergarten", "幼儿园", (600, 1300), 90, demands=(Demand.STANDING,), bring="健康证"),
    Kind("摘黄瓜", "采摘", "farm", "西门坐车", (600, 1100), 80, demands=(Demand.OUTDOOR, Demand.FAR), bring="草帽、水"),
    Kind("栽辣椒苗", "种菜", "farm", "西门坐车", (630, 1730), 120,
         demands=(Demand.OUTDOOR, Demand.FAR, Demand.FULL_DAY), bring="草帽、水"),
    Kind("拔萝卜", "采摘", "farm", "西门坐车", (600, 1100), 85, demands=(Demand.OUTDOOR, Demand.HEAVY, Demand.FAR),
         bring="手套、水"),
    Kind("洗碗", "洗碗", "restaurant", "桂花饭馆", (1000, 1400), 18, per=PayPer.HOUR, demands=(Demand.STANDING,)),
    Kind("端菜", "服务员", "restaurant", "桂花饭馆", (1000, 2000), 3200, per=PayPer.MONTH,
         demands=(Demand.STANDING, Demand.FULL_DAY)),
    Kind("刮墙小工", "建筑", "building", "西门集合", (700, 1730), 180, demands=(Demand.HEAVY, Demand.FULL_DAY),
         bring="旧衣服"),
    Kind("分快递", "仓库", "courier", "快递点", (530, 930), 20, per=PayPer.HOUR,
         demands=(Demand.READING, Demand.STANDING)),
)


async def put_up(db: AsyncSession, random: Random, community: Area, *, employers: Mapping[str, Employer],
                 clerk: Officer) -> list[Job]:
    """Post all of it, as a clerk would; the first one gets number 10."""
    days = sorted(random.randint(1, 28) for _ in range(COUNT - 1))
    drawn = [(TOMORROW, 1, 12), *((random.choice(KINDS), day, random.randint(1, 20)) for day in days)]
    for place, kind in enumerate(_still_today()[:TODAY], start=1):
        drawn[place] = (kind, 0, drawn[place][2])
    return [await jobs.post(db, community, employers[kind.employer], _draft(random, kind, day, places), by=clerk)
            for kind, day, places in drawn]


def _still_today() -> list[Kind]:
    """What begins later today, for those who look at the demo before the evening."""
    soon = clock.local(clock.now() + timedelta(hours=1))
    return [kind for kind in KINDS if kind.hours[0] > soon.hour * 100 + soon.minute and soon.date() == clock.today()]


def _draft(random: Random, kind: Kind, days_ahead: int, places: int) -> Draft:
    day = clock.today() + timedelta(days=days_ahead)
    starts, ends = (clock.at(day, time(*divmod(hour, 100))) for hour in kind.hours)
    return Draft(
        title=kind.title, trade=kind.trade, place=kind.place, starts_at=starts, ends_at=ends, places=places,
        pay_fen=kind.pay * 100, pay_per=kind.per, paid_same_day=kind.per is PayPer.DAY and not kind.skill,
        meals=Demand.FULL_DAY in kind.demands, bus=Demand.FAR in kind.demands,
        insured="意外险" if Demand.HEAVY in kind.demands else "", demands=[str(demand) for demand in kind.demands],
        skill=kind.skill, details=kind.details, seated=kind.seated, at_home=kind.at_home, bring=kind.bring,
        contact=random.choice(("王师傅", "李班长", "陈姐", "刘主任")))
