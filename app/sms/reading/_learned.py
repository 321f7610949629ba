"""Which labelled texts is this one most like? For what no rule fits, and as a second opinion.

`learned.txt` holds one line for each thing that can be seen in a text (one to three letters in a row, the same in its
context, its first and last letters, whether it asks or says no) with its weight for each intent, in hundredths: a
linear model, so every guess can say what it rests on. `scripts/learn.py` makes the file anew from labelled texts.
"""

import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.sms.reading._message import Message

FILE = Path(__file__).parent / "learned.txt"
LONGEST = 80  # letters; what is meant stands near the beginning
_NUMBERS = ((re.compile(r"\d{17}[\dx]"), "I"), (re.compile(r"1\d{10}"), "P"))
_ONLY_IN = {"YES": "confirm", "NO": "confirm", "SURVEY": "survey", "BUS": "bus", "FOLLOWUP": "follow",
            "CHOICE": "who"}
_LETTER = re.compile(r"[0-9a-z\u4e00-\u9fff]")
_SAID = 3  # how many of the weightiest things a guess names


@dataclass(frozen=True)
class Likeness:
    """The likeliest intent, its share of 1, and what speaks for it most."""

    intent: str
    share: float
    because: tuple[str, ...]

    @property
    def says_something(self) -> bool:
        """Whether letters of the text are among it, and not only where and how long the text is."""
        own = [thing.rpartition("|")[2] for thing in self.because]
        return any(_LETTER.search(thing) for thing in own if thing[0] not in "@L")


def most_like(message: Message) -> Likeness:
    """The intent of the labelled texts that are most like this one. SMALLTALK counts as ACK."""
    seen = features(message)
    weights, bias = _model()
    known = [weights[thing] for thing in seen if thing in weights]
    scale = 1 / math.sqrt(max(1, len(known)))  # as in learning: things never seen do not count
    scores = {intent: base + scale * sum(weight.get(intent, 0.0) for weight in known)
              for intent, base in bias.items() if _ONLY_IN.get(intent, message.context.kind) == message.context.kind}
    best = max(scores, key=lambda intent: scores[intent])
    share = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
    told = sorted((thing for thing in seen if weights.get(thing, {}).get(best, 0) > 0),
                  key=lambda thing: (-weights[thing][best], thing))
    return Likeness(best, share, tuple(told[:_SAID]))


def features(message: Message) -> frozenset[str]:
    """Everything that is looked at in a text."""
    text = message.whole[:LONGEST]
    for number, letter in _NUMBERS:
        text = number.sub(letter, text)
    kind, text = message.context.kind, f"^{text}$"
    runs = {text[place:place + length] for length in (1, 2, 3) for place in range(len(text) - length + 1)}
    marks = {f"L{min(len(text) // 3, 6)}"}
    marks |= {name for name, true in (("ASKS", message.asks), ("NOT", message.negative), ("MAYBE", message.hedges))
              if true}
    edges = {edge for part in message.clauses for edge in (f"<{part[:2]}", f">{part[-2:]}")}
    here = {f"{kind}|{thing}" for thing in (*runs, *marks) if len(thing) < 3 or thing in marks}
    return frozenset(runs | marks | edges | here | {f"@{kind}"})


@cache
def _model() -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Weights by thing and intent, and what each intent starts from."""
    weights = {}
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        thing, _tab, given = line.partition("\t")
        pairs = (pair.rpartition(":") for pair in given.split())
        weights[thing] = {intent: int(weight) / 100 for intent, _colon, weight in pairs}
    return weights, weights.pop("")
