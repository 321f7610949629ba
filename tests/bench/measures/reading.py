"""How long it takes to read one text: those that people send, and the nastiest that a phone can.

Reading waits for nothing, so its processor time is what counts; who else uses the machine does not.
"""

import csv
import random
import time
from collections.abc import Iterator
from pathlib import Path

from app.sms import reading
from app.sms.reading import KINDS, Context, _words
from tests.bench.connections import quantile
from tests.bench.house import House, Result

NAMES = ("reading_median_ms", "reading_worst_ms")
SETS = Path(__file__).parents[2] / "sms" / "reading"
NASTY, LONG, TRIES = 400, 1_000, 3


async def measure(house: House) -> list[Result]:
    usual, nasty = list(_usual()), list(_nasty(NASTY))
    reading.read("1")  # the word lists are made ready once
    each_ms = [_ms(text, context) for text, context in usual]
    longest_ms = [min(_ms(text, context) for _try in range(TRIES)) for text, context in nasty]
    return [house.result("reading_median_ms", quantile(each_ms, 0.5), "ms",
                         note=f"{len(usual):,} labelled texts; goal 0.2; 99 of 100 take "
                              f"{quantile(each_ms, 0.99):.2f} at most"),
            house.result("reading_worst_ms", max(longest_ms), "ms",
                         note=f"{len(nasty):,} texts of {LONG:,} characters made to be slow, the best of {TRIES} "
                              f"tries each; goal 10; their median {quantile(longest_ms, 0.5):.2f}")]


def _ms(text: str, context: Context) -> float:
    start = time.process_time()
    reading.read(text, context)
    return (time.process_time() - start) * 1000


def _usual() -> Iterator[tuple[str, Context]]:
    """What people send, in the contexts in which they do."""
    for file in sorted(SETS.glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened, delimiter="\t"):
                yield row["text"], Context.parse(row["context"])


def _nasty(count: int) -> Iterator[tuple[str, Context]]:
    """Long texts of our own words, of one word, of noes, digits, marks, letters and anything else."""
    chance = random.Random(3)  # the same texts every time
    said = [word for name in sorted(_words.names()) for word in _words.words(name) if word.isalnum()]
    makers = (
        lambda: "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(LONG)),
        lambda: "".join(chance.choices(said, k=LONG)),
        lambda: chance.choice(said) * LONG,
        lambda: ",".join(chance.choices(said, k=LONG)),
        lambda: " ".join(chance.choice(said) for _ in range(LONG)),
        lambda: "".join(chance.choices("不莫别没勿未", k=LONG)),
        lambda: "".join(chance.choices("不要发我去再给了没有钱打电话人到", k=LONG)),
        lambda: "".join(chance.choices("0123456789 ,号.:-点", k=LONG)),
        lambda: " ".join(chance.choices(("bao", "ming", "wo", "qu", "bu", "le", "tui", "ding", "a"), k=LONG)),
        lambda: "".join(chance.choices("👍🙏 \n\t,。?!…", k=LONG)),
        lambda: chance.choice("是有我不在(") * (LONG - 1) + "?",
    )
    kinds = [Context.parse(kind if kind not in ("who", "birth") else f"{kind}:3") for kind in KINDS]
    for number in range(count):
        yield makers[number % len(makers)]()[:LONG], kinds[chance.randrange(len(kinds))]
