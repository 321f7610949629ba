"""Who of those that use a phone is meant. Nobody is who is not in the registry on this phone."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.residents.residents import Resident
from app.sms.answers import Said, first_that_fits
from app.sms.reading import Reading
from app.sms.reading._words import part

_OF_PEOPLE = ("who", "proxy", "headcount")
_NAME = rf"(?!谢谢)((?:{part('surname')})[\u4e00-\u9fff]{{1,2}}?|[老小](?:{part('surname')}))"
_GOES = r"(?:也|想|要|都|愿意)?(?:去|报名|参加|来)(?:$|[^\u4e00-\u9fff]|[了吧的])"
_NAMED = re.compile(rf"(?:我叫|我是|姓名是?|名字是?|本人)[:, ]*{_NAME}(?![\u4e00-\u9fff])"
                    rf"|(?:^|报名|[\d号,。;、: ]){_NAME}(?=[\d,。;、男女 ]|$|{_GOES})")
_NO_NAMES = {"马上", "高兴", "安排", "方便", "万一", "何时", "白天", "江边", "金额", "石头", "夏天", "于是", "高高兴兴"}


def remembered(said: Said, reading: Reading) -> Reading:
    """The reading, and what was said of people in the text to which we asked "which one?"."""
    return replace(reading, slots={**said.memory.get("people_meant", {}), **reading.slots})


def to_remember(reading: Reading) -> dict[str, Any]:
    """What the question "which one?" has to keep in mind."""
    kept = {name: reading.slots[name] for name in _OF_PEOPLE if name in reading.slots}
    return {"people_meant": kept} if kept else {}


def named(said: Said, reading: Reading) -> list[Resident]:
    """Those whom the text names."""
    names = set(filter(None, reading.slots.get("who", "").split("+")))
    return [person for person in said.people if person.name in names]


def names_another(said: Said) -> bool:
    """Whether it has a name in it that nobody of this phone has: whoever is meant then, it is not to be guessed.

    What looks like a name and is none costs a question, no more.
    """
    known = "".join(person.name for person in said.people)
    found = _NAMED.findall(unicodedata.normalize("NFKC", said.text))
    names = [name.removeprefix("老").removeprefix("小") for name in map("".join, found) if name not in _NO_NAMES]
    return any(name not in known for name in names)


def wordings(db: AsyncSession, said: Said, person: Resident, template: str, **values: object) -> tuple[str, str]:
    """The template in full and in short; where several people use the phone, with the name of whom it is about, as
    long as one segment holds it."""
    plain = [words.text(template, short=short, **values) for short in (False, True)]
    if len(said.people) < 2:
        return plain[0], plain[1]
    named = [words.text(template, short=short, name=person.name, **values) for short in (False, True)]
    return first_that_fits(db, *named, plain[0]), first_that_fits(db, named[1], plain[1])


def by_ids(said: Said, ids: Sequence[int]) -> list[Resident]:
    """Those of these people who still use the phone, in the order of the ids."""
    by_id = {person.id: person for person in said.people}
    return [by_id[i] for i in ids if i in by_id]


def headcount(reading: Reading) -> int:
    """How many want to come; 1 where nothing is said of it."""
    given = reading.slots.get("headcount", "")
    return max(1, int(given)) if given.isdigit() else 1


def numbers(reading: Reading) -> list[int]:
    """The listings that the text names, in its order."""
    given = reading.slots.get("jobs") or reading.slots.get("job") or ""
    return list(dict.fromkeys(int(part) for part in given.split("+") if part.isdigit()))
