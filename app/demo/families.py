"""Invented families: who lives together, how old, of which sex."""

from dataclasses import dataclass, field
from random import Random

from app.demo import names
from app.residents.residents import Sex

# (elders of 60 and more, adults of 16 to 59, children) → households. Together 4,152 households, 15,160 people and
# 8,830 adults; a test adds it up.
SHAPES = {
    (2, 0, 0): 210, (1, 0, 0): 150, (2, 0, 1): 60,
    (0, 1, 0): 120, (1, 1, 0): 140, (0, 1, 1): 110,
    (0, 2, 0): 146, (0, 2, 1): 620, (0, 2, 2): 600, (1, 2, 1): 380, (2, 2, 1): 320,
    (0, 3, 0): 256, (1, 3, 0): 250, (1, 3, 1): 350,
    (0, 4, 1): 180, (1, 4, 1): 120, (2, 4, 1): 140,
}
GROWN_UP, ELDER = 16, 60


@dataclass
class Person:
    """One invented resident; `words` are pairs of a kind and a word, as in residents.ResidentWord."""

    name: str
    sex: Sex
    age: int
    phone: str | None = None
    work_status: str = ""
    words: list[tuple[str, str]] = field(default_factory=list)

    @property
    def adult(self) -> bool:
        """Of working age, 16 to 59 for women and men alike."""
        return GROWN_UP <= self.age < ELDER

    @property
    def elder(self) -> bool:
        return self.age >= ELDER


def families(random: Random) -> list[list[Person]]:
    """Every household of the community, in no particular order; inside one the elders come first."""
    shapes = [shape for shape, count in SHAPES.items() for _ in range(count)]
    random.shuffle(shapes)
    return [_family(random, *shape) for shape in shapes]


def _family(random: Random, elders: int, adults: int, children: int) -> list[Person]:
    surname = names.family(random)
    grown = _grown(random, surname, adults, has_children=children > 0)
    oldest = max((person.age for person in grown), default=40)
    parents = grown[2:] if adults == 4 else grown[:2]
    highest = min([15, *(max(0, parent.age - 20) for parent in parents)])
    old = _elders(random, surname, elders, oldest)
    young = [_person(random, surname, random.choice(list(Sex)), random.randint(0, highest)) for _ in range(children)]
    return [*old, *grown, *young]


def _grown(random: Random, surname: str, count: int, *, has_children: bool) -> list[Person]:
    """One alone, a couple, a couple with a grown child, or two couples of two generations."""
    if count == 0:
        return []
    if count == 1:
        if has_children:
            return [_person(random, surname, random.choice(list(Sex)), random.randint(26, 45))]
        return [_person(random, surname, random.choice(list(Sex)), random.randint(20, 59))]
    if count == 2:
        return _couple(random, surname, random.randint(25, 46) if has_children else random.randint(30, 58))
    parents = _couple(random, surname, random.randint(46, 58))
    if count == 3:
        age = random.randint(GROWN_UP, min(30, parents[1].age - 22))
        return [*parents, _person(random, surname, random.choice(list(Sex)), age)]
    return [*parents, *_couple(random, surname, min(random.randint(22, 31), parents[1].age - 20))]


def _couple(random: Random, surname: str, age: int) -> list[Person]:
    hers = min(59, max(20, age + random.randint(-4, 1)))
    return [_person(random, surname, Sex.MALE, age), _person(random, names.family(random), Sex.FEMALE, hers)]


def _elders(random: Random, surname: str, count: int, oldest_child: int) -> list[Person]:
    age = max(ELDER, min(88, oldest_child + random.randint(21, 30)))
    if count == 2:
        hers = max(ELDER, age - random.randint(0, 4))
        return [_person(random, surname, Sex.MALE, age), _person(random, names.family(random), Sex.FEMALE, hers)]
    return [_person(random, surname, random.choice(list(Sex)), age) for _ in range(count)]


def _person(random: Random, surname: str, sex: Sex, age: int) -> Person:
    return Person(surname + names.given(random, sex, age=age), sex, age)
