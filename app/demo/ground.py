"""Where the demo community lies: invented, like everything of it. Its buildings stand in twelve rows of six."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.nearby import spots
from app.nearby.walking import Point
from app.org.areas import Area
from app.staff.accounts import Officer

CORNER = Point(32.8290, 110.8060)  # building 1, the south-western one
# Degrees of this latitude: some 70 metres between rows, 60 between the buildings of one.
_ROW, _NEXT = 0.00075, 0.00054
STATION = Point(32.8305, 110.8053)  # inside the western gate
SPOTS = {
    "西门": Point(32.8304, 110.8049), "西门坐车": Point(32.8305, 110.8047), "西门集合": Point(32.8304, 110.8050),
    "东门车间": Point(32.8306, 110.8171), "南门车间": Point(32.8276, 110.8098), "北门岗亭": Point(32.8330, 110.8104),
    "3号楼下": Point(32.8301, 110.8061), "青泉车间": Point(32.8345, 110.8128), "巧手坊": Point(32.8312, 110.8086),
    "制衣车间": Point(32.8269, 110.8142), "山妹坊": Point(32.8296, 110.8132), "物业办": Point(32.8309, 110.8112),
    "幼儿园": Point(32.8321, 110.8075), "桂花饭馆": Point(32.8283, 110.8161), "快递点": Point(32.8287, 110.8069),
    "菌棒厂": Point(32.8402, 110.7985), "菜市场": Point(32.8281, 110.8120), "卫生室": Point(32.8315, 110.8121),
    "小学": Point(32.8335, 110.8082), "广场": Point(32.8306, 110.8093),
}


async def enter(db: AsyncSession, community: Area, buildings: list[Area], *, clerk: Officer) -> None:
    """Enter all of it, as a clerk would."""
    await spots.locate(db, community, community, STATION, by=clerk)
    for place, building in enumerate(buildings):
        row, along = divmod(place, 6)
        point = Point(round(CORNER.lat + along * _NEXT, 6), round(CORNER.lng + row * _ROW, 6))
        building.lat, building.lng = point.lat, point.lng
    for name, point in SPOTS.items():
        await spots.put(db, community, name=name, point=point, by=clerk)
