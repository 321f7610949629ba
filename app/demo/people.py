"""What the registry knows of the invented people: phones, work, wishes, limits, consent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.demo import rows as many
from app.demo.families import GROWN_UP, Person, families
from app.demo.posts import TOMORROW
from app.jobs.jobs import TRADES, Demand
from app.jobs.matching import ANY_WORK
from app.org.areas import Area
from app.residents import hardship
from app.residents.hardship import Hardship
from app.residents.households import Household
from app.residents.residents import NOT_LOOKING, Resident, ResidentWord, Sex, WordKind, WorkStatus, WorkStatusChange
from app.sms.consent import JOBS, Consent, ConsentRecord, Word

PREFIX = "+86142"  # no carrier has it, so nobody can be reached by mistake
WITHOUT_BIRTH_DATE = 60
IN_HARDSHIP = 320
# Invented villages from which the families moved.
ORIGINS = (
    "上湾乡", "下湾乡", "东坡乡", "西坡乡", "南沟乡", "北沟乡", "柿树乡", "板栗乡", "核桃乡", "竹溪口乡", "石桥头乡",
    "双井乡", "三棵松乡", "老鹰岩乡", "樱桃沟乡", "金钱河乡", "云雾乡", "茶园乡",
)
_STATUSES = {
    WorkStatus.STEADY: 40, WorkStatus.FLEXIBLE: 22, WorkStatus.OWN_BUSINESS: 5, WorkStatus.PUBLIC_POST: 1,
    WorkStatus.FARMING: 8, WorkStatus.SEEKING: 12, WorkStatus.UNWILLING: 3, WorkStatus.UNABLE: 2,
    WorkStatus.UNKNOWN: 6, WorkStatus.LOST: 1,
}
_ELDERS_STATUSES = {
    WorkStatus.RETIRED: 25, WorkStatus.FARMING: 20, WorkStatus.UNWILLING: 28, WorkStatus.UNABLE: 15,
    WorkStatus.UNKNOWN: 12,
}
_WISHES = dict.fromkeys(TRADES, 1) | {"香菇": 14, "手工": 6, "保洁": 6, "织袜": 5, "玩具": 4, "制衣": 4, "零工": 4}
_GROUNDS = {"DL": "女满四十、男满五十周岁", "CJ": "残疾人证", "DB": "低保证", "TP": "脱贫户名册"}


@dataclass
class Neighbour:
    """A resident who is in the database."""

    id: int
    area_id: int
    person: Person


async def settle(db: AsyncSession, random: Random, buildings: Sequence[Area]) -> list[Neighbour]:
    """Move every family in, house by house."""
    homes = families(random)
    for home in homes:
        for person in home:
            person.work_status = _work_status(random, person)
            person.words = _words(random, person)
    _give_phones(random, homes)
    homes.sort(key=_is_asked_who)
    doors = _doors(random, buildings, len(homes))
    household_ids = await many.add(db, Household, doors)
    rows, people = _residents(random, homes, doors, household_ids)
    ids = await many.add(db, Resident, rows)
    neighbours = [Neighbour(i, row["area_id"], person) for i, row, person in zip(ids, rows, people, strict=True)]
    await _write_words(db, neighbours)
    await _write_statuses(db, random, neighbours)
    await _write_consent(db, random, neighbours)
    await _write_hardship(db, random, neighbours)
    return neighbours


def _work_status(random: Random, person: Person) -> str:
    if person.age < 6:
        return WorkStatus.UNKNOWN
    if person.age < GROWN_UP or (person.age < 22 and random.random() < 0.6):
        return WorkStatus.STUDYING
    weights = _ELDERS_STATUSES if person.elder else _STATUSES
    return random.choices(list(weights), list(weights.values()))[0]


def _words(random: Random, person: Person) -> list[tuple[str, str]]:
    if person.age < GROWN_UP:
        return []
    words = [(WordKind.LIMIT, limit) for limit in _limits(random, person)]
    if random.random() < 0.35:
        words += [(WordKind.SKILL, trade) for trade in sorted(set(random.choices(TRADES, k=2)))]
    if person.work_status not in NOT_LOOKING and random.random() < 0.5:
        drawn = random.choices(list(_WISHES), list(_WISHES.values()), k=random.randint(1, 3))
        words += [(WordKind.WISH, trade) for trade in sorted(set(drawn))]
    return [(str(kind), str(word)) for kind, word in words]


def _limits(random: Random, person: Person) -> list[str]:
    chances: dict[Demand, float] = {}
    if person.elder:
        chances = {Demand.HEAVY: 0.6, Demand.HEIGHTS: 0.5, Demand.NIGHT: 0.4, Demand.FAR: 0.4, Demand.STANDING: 0.3,
                   Demand.READING: 0.4}
    elif person.work_status == WorkStatus.UNABLE:
        chances = {Demand.HEAVY: 0.9, Demand.STANDING: 0.6, Demand.FAR: 0.5}
    elif person.sex is Sex.FEMALE and person.age < 45:
        chances = {Demand.FULL_DAY: 0.3, Demand.NIGHT: 0.3, Demand.FAR: 0.15}
    elif person.age >= 50:
        chances = {Demand.HEAVY: 0.2, Demand.HEIGHTS: 0.2, Demand.READING: 0.15}
    return [str(limit) for limit, chance in chances.items() if random.random() < chance]


def _give_phones(random: Random, homes: list[list[Person]]) -> None:
    """Most adults have their own; a third of the elders and a few children are reached on somebody else's."""
    numbers = iter(random.sample(range(10_000_000, 80_000_000), sum(map(len, homes))))
    for home in homes:
        for person in home:
            if random.random() < (0.9 if person.adult else 0.5 if person.elder else 0):
                person.phone = f"{PREFIX}{next(numbers)}"
        lenders = [person for person in home if person.phone]
        for person in home:
            if not person.phone and lenders and random.random() < (0.08 if person.age < GROWN_UP else 0.6):
                person.phone = random.choice(lenders).phone


def _is_asked_who(home: list[Person]) -> bool:
    """Two who share a phone could both go to listing 10, so an answer from it is asked back who is meant. These
    families are the last of the registry: the first thousands who are told of listing 10 answer for one person each.
    """
    phones = [person.phone for person in home if person.phone and _could_go(person, TOMORROW.trade)]
    return len(phones) > len(set(phones))


def _could_go(person: Person, trade: str) -> bool:
    wishes = {word for kind, word in person.words if kind == WordKind.WISH}
    return person.work_status not in NOT_LOOKING and (not wishes or bool(wishes & {trade, ANY_WORK}))


def _doors(random: Random, buildings: Sequence[Area], count: int) -> list[dict[str, Any]]:
    """One door for each household, spread evenly over the buildings; two to a landing, twenty to a staircase."""
    doors = []
    for place in range(count):
        within, building = divmod(place, len(buildings))
        unit, flat = divmod(within, 20)
        doors.append({"area_id": buildings[building].id, "number": f"QLQ{building + 1:02d}{within + 1:03d}",
                      "unit": str(unit + 1), "room": f"{flat // 2 + 1}0{flat % 2 + 1}",
                      "origin": random.choice(ORIGINS)})
    return doors


def _residents(random: Random, homes: list[list[Person]], doors: list[dict[str, Any]],
               household_ids: list[int]) -> tuple[list[dict[str, Any]], list[Person]]:
    today, now = clock.today(), clock.now()
    people = [person for home in homes for person in home]
    # Only elders: whoever is of working age is counted by the birth date.
    unknown = set(random.sample([i for i, person in enumerate(people) if person.elder], WITHOUT_BIRTH_DATE))
    rows: list[dict[str, Any]] = []
    for home, door, household_id in zip(homes, doors, household_ids, strict=True):
        for person in home:
            born_on = None if len(rows) in unknown else _birthday(random, today, person.age)
            rows.append({"area_id": door["area_id"], "household_id": household_id, "name": person.name,
                         "sex": str(person.sex), "born_on": born_on, "phone": person.phone,
                         "work_status": str(person.work_status), "created_at": now})
    return rows, people


def _birthday(random: Random, today: date, age: int) -> date:
    """A day on which somebody was born who is that old today."""
    year = today.year - age
    latest = date(year, 2, 28) if (today.month, today.day) == (2, 29) else today.replace(year=year)
    return latest - timedelta(days=random.randint(0, 364))


async def _write_words(db: AsyncSession, neighbours: list[Neighbour]) -> None:
    await db.execute(insert(ResidentWord), [{"resident_id": n.id, "kind": kind, "word": word}
                                            for n in neighbours for kind, word in n.person.words])


async def _write_statuses(db: AsyncSession, random: Random, neighbours: list[Neighbour]) -> None:
    now = clock.now()
    await db.execute(insert(WorkStatusChange), [
        {"resident_id": n.id, "work_status": n.person.work_status, "source": "form",
         "at": now - timedelta(days=random.randint(10, 400))}
        for n in neighbours if n.person.age >= GROWN_UP])


async def _write_consent(db: AsyncSession, random: Random, neighbours: list[Neighbour]) -> None:
    """Most phones agreed on a form; a few of them said stop since."""
    now = clock.now()
    states, log = [], []
    for phone in dict.fromkeys(n.person.phone for n in neighbours if n.person.phone):
        if random.random() > 0.88:
            continue
        at = now - timedelta(days=random.randint(30, 400))
        said = {"phone": phone, "purpose": JOBS}
        log.append({**said, "word": Word.AGREED, "at": at, "source": "form", "ground": "入户登记表"})
        stopped = random.random() < 0.03
        if stopped:
            at = now - timedelta(days=random.randint(1, 29))
            log.append({**said, "word": Word.STOPPED, "at": at, "source": "text", "ground": "退订"})
        states.append({**said, "word": Word.STOPPED if stopped else Word.AGREED, "since": at})
    await db.execute(insert(Consent), states)
    await db.execute(insert(ConsentRecord), log)


async def _write_hardship(db: AsyncSession, random: Random, neighbours: list[Neighbour]) -> None:
    known = [category.code for category in await hardship.categories(db, clock.today())]
    without = (n for n in random.sample(neighbours, len(neighbours))
               if n.person.adult and n.person.work_status not in (WorkStatus.STEADY, WorkStatus.STUDYING))
    await db.execute(insert(Hardship), [
        {"resident_id": n.id, "code": code, "ground": _GROUNDS.get(code, ""),
         "since": clock.today() - timedelta(days=random.randint(30, 700))}
        for n in islice(without, IN_HARDSHIP) if (code := _category(random, n.person, known))])


def _category(random: Random, person: Person, known: Iterable[str]) -> str:
    if person.work_status == WorkStatus.UNABLE:
        return "CJ"
    if person.age >= (40 if person.sex is Sex.FEMALE else 50) and random.random() < 0.6:
        return "DL"
    return random.choice([code for code in known if code not in ("DL", "CJ", "XM")])
