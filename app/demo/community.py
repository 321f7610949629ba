"""Fills an empty database with the demo community."""

from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app import db as databases
from app.calls.calls import Call, Why
from app.db import Database
from app.demo import employers, ground, names, occasions, people, posts, rows, survey
from app.demo.people import Neighbour
from app.jobs.jobs import Job
from app.listings.signups import Place, Signup, SignupChange, Via
from app.org import areas
from app.org.areas import Area, Level
from app.residents.residents import NOT_LOOKING, Sex
from app.staff import accounts, passwords
from app.staff.accounts import Officer, Role

SEED = 4152
CODE = "demo"
PASSWORD = "demo"  # noqa: S105  # printed by `make demo`; guards invented people only
GRIDS, BUILDINGS_IN_EACH = 12, 6
HELP_LINE = "0700-7221234"  # no town has this area code


async def is_filled(database: Database) -> bool:
    async with database.reading() as db:
        return await databases.fact(db, "demo") == "1"


async def fill(database: Database, *, seed: int = SEED, at_work: bool = True) -> None:
    """Put the whole community into a migrated database, in one transaction; `at_work` with a survey half way through.

    The same seed gives the same people and posts; only days differ, since they count from today. Of working age here
    means 16 to 59, for women and men alike.
    """
    random = Random(seed)
    async with database.session() as db:
        await databases.remember(db, "demo", "1")
        community, buildings = await _areas(db)
        officers = await _officers(db, random, community, buildings)
        await ground.enter(db, community, buildings, clerk=officers[Role.CLERK])
        neighbours = await people.settle(db, random, buildings)
        houses = await employers.register(db, random, community, supervisor=officers[Role.SUPERVISOR])
        listings = await posts.put_up(db, random, community, employers=houses, clerk=officers[Role.CLERK])
        await occasions.put_up(db, community, clerk=officers[Role.CLERK])
        await _sign_ups(db, random, neighbours, listings, clerk=officers[Role.CLERK])
        await _calls(db, random, neighbours, buildings)
        if at_work:
            await survey.begin(db, random, neighbours, clerk=officers[Role.CLERK],
                               supervisor=officers[Role.SUPERVISOR])


async def _areas(db: AsyncSession) -> tuple[Area, list[Area]]:
    """The chain of invented places down to the community, and its buildings."""
    above: Area | None = None
    for level, name in ((Level.PROVINCE, "楚北省"), (Level.CITY, "汉丰市"), (Level.DISTRICT, "清泉区"),
                        (Level.STREET, "龙泉街道")):
        above = await areas.add(db, level=level, code=f"{CODE}-{level}", name=name, parent=above)
    community = await areas.add(db, level=Level.COMMUNITY, code=CODE, name="青龙泉社区", parent=above, phone=HELP_LINE)
    buildings: list[Area] = []
    for grid_number in range(1, GRIDS + 1):
        grid = await areas.add(db, level=Level.GRID, code=f"{CODE}-grid-{grid_number}", name=f"第{grid_number}网格",
                               parent=community)
        for _ in range(BUILDINGS_IN_EACH):
            number = len(buildings) + 1
            buildings.append(await areas.add(db, level=Level.BUILDING, code=f"{CODE}-{number}", name=f"{number}号楼",
                                             parent=grid))
    return community, buildings


async def _officers(db: AsyncSession, random: Random, community: Area, buildings: list[Area]) -> dict[Role, Officer]:
    """The four whom `make demo` names, and a head for every further building; returns the four."""
    four: dict[Role, Officer] = {}
    for role, username, area in ((Role.HEAD, "head", buildings[0]), (Role.CLERK, "clerk", community),
                                 (Role.SUPERVISOR, "supervisor", community), (Role.ADMIN, "admin", community)):
        four[role], _ = await accounts.add(db, username, role=role, area=area, name=_name(random), password=PASSWORD,
                                           phone=f"+861429000090{len(four)}")
    shared = passwords.hashed(PASSWORD)  # a hash takes its time on purpose, and 71 of them would take too much
    now = clock.now()
    await db.execute(insert(Officer), [
        {"username": f"head{number}", "name": _name(random), "phone": f"+8614290{number:06d}", "role": str(Role.HEAD),
         "area_id": building.id, "password_hash": shared, "must_change": False, "created_at": now}
        for number, building in enumerate(buildings, start=1) if number > 1])
    return four


def _name(random: Random) -> str:
    return names.family(random) + names.given(random, random.choice(list(Sex)), age=45)


async def _sign_ups(db: AsyncSession, random: Random, neighbours: list[Neighbour], listings: list[Job], *,
                    clerk: Officer) -> None:
    """Some posts of the coming days have names on them already, one is full and has a waiting list; not listing 10."""
    later = [post for post in listings[1:] if post.starts_at > clock.now() + timedelta(days=3)]
    full = next(post for post in later if post.places <= 4)
    others = random.sample([post for post in later if post is not full], 12)
    wanted = [(full, full.places, 3), *((post, min(2, post.places), 0) for post in others)]
    willing = iter(random.sample([n for n in neighbours if n.person.adult and n.person.phone
                                  and n.person.work_status not in NOT_LOOKING], 80))
    now = clock.now()
    made: list[dict[str, Any]] = []
    for post, taken, waiting in wanted:
        for place in [Place.TAKEN] * taken + [Place.WAITING] * waiting:
            made.append({"listing_id": post.id, "resident_id": next(willing).id, "place": str(place),
                         "via": str(random.choice(list(Via))), "created_at": now - timedelta(minutes=200 - len(made))})
    ids = await rows.add(db, Signup, made)
    await db.execute(insert(SignupChange), [
        {"signup_id": i, "place": row["place"], "via": row["via"], "at": row["created_at"],
         "officer_id": clerk.id if row["via"] == Via.STAFF else None} for i, row in zip(ids, made, strict=True)])


async def _calls(db: AsyncSession, random: Random, neighbours: list[Neighbour], buildings: list[Area]) -> None:
    """A few people wait for a telephone call, three of them in building 1."""
    asked = ((0, Why.ASKED, "电话"), (0, Why.NOT_UNDERSTOOD, "我家那个事咋样了"), (0, Why.QUESTION, "中午管饭不?"),
             (1, Why.ASKED, "请打电话给我"), (4, Why.NOT_UNDERSTOOD, "娃在屋里走不开后天中不"),
             (9, Why.QUESTION, "在哪坐车"))
    for place, why, said in asked:
        neighbour = random.choice([n for n in neighbours if n.area_id == buildings[place].id and n.person.phone])
        db.add(Call(area_id=neighbour.area_id, resident_id=neighbour.id, phone=neighbour.person.phone or "", why=why,
                    said=said))
