"""Who gives work in the demo community: seven workshops of the community and their neighbours, all invented."""

from dataclasses import dataclass
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from app.demo import names
from app.employers import employers
from app.employers.employers import Employer
from app.org.areas import Area
from app.staff.accounts import Officer


@dataclass(frozen=True)
class House:
    """`key` is how posts name it; `document` is empty while nobody has checked its papers."""

    key: str
    name: str
    document: str


WORKSHOPS = (
    House("socks", "青泉织袜坊", "营业执照,编号示例001"),
    House("mushrooms", "清泉香菇合作社", "营业执照,编号示例002"),
    House("handicraft", "巧手手工坊", "营业执照,编号示例003"),
    House("toys", "乐童玩具厂", "营业执照,编号示例004"),
    House("clothes", "新衣制衣厂", "营业执照,编号示例005"),
    House("weaving", "山妹编织坊", "营业执照,编号示例006"),
    House("packing", "山货包装车间", "营业执照,编号示例007"),
)
OTHERS = (
    House("property", "清泉物业", "营业执照,编号示例008"),
    House("kindergarten", "小星星幼儿园", "办学许可证,编号示例009"),
    House("farm", "清泉蔬菜基地", "营业执照,编号示例010"),
    House("restaurant", "桂花饭馆", ""),
    House("building", "众力装修队", ""),
    House("courier", "快到送货点", ""),
)


async def register(db: AsyncSession, random: Random, community: Area, *, supervisor: Officer) -> dict[str, Employer]:
    """Write the employers down, as a supervisor would; returns them by key."""
    found = {}
    for place, house in enumerate((*WORKSHOPS, *OTHERS), start=1):
        found[house.key] = await employers.add(db, community, name=house.name, contact=f"{names.family(random)}师傅",
                                               phone=f"+8614291{place:06d}", by=supervisor)
        if house.document:
            await employers.verify(db, found[house.key], document=house.document, by=supervisor)
    return found
