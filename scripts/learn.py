"""Makes app/sms/reading/learned.txt anew from labelled texts: `make learn`, or `python scripts/learn.py FILE...`.

The files are those that `doorstep read --tsv` reads: a station's own corrections (`doorstep examples`) will do. A file
named unseen.tsv is never learned from, so that it can say how well texts are read that nobody has seen.
"""

import csv
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from app.sms.reading import Context
from app.sms.reading._learned import FILE, features
from app.sms.reading._message import Message

SELDOM = 2      # a thing seen in fewer texts says nothing
SOFTNESS = 30   # scikit-learn's C: how far the weights may follow single texts
LEAST = 15      # hundredths; smaller weights are dropped


def main(files: list[Path]) -> None:
    rows = [row for file in files if file.name != "unseen.tsv" for row in _rows(file)]
    vectors = CountVectorizer(analyzer=_features, binary=True, min_df=SELDOM)
    seen = normalize(vectors.fit_transform(rows).astype(float))
    model = LogisticRegression(C=SOFTNESS, max_iter=3000).fit(seen, [_intent(row) for row in rows])
    intents = [str(intent) for intent in model.classes_]
    lines = [f"# Made by `make learn` from {len(rows)} texts, {digest(rows)}. Weights are hundredths.",
             _line("", intents, model.intercept_)]
    lines += [line for thing, place in sorted(vectors.vocabulary_.items())
              if (line := _line(thing, intents, model.coef_[:, place]))]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} texts, {len(lines) - 2} things, {FILE.stat().st_size // 1024} KB")


def digest(rows: Sequence[dict[str, str]]) -> str:
    """By which a test knows whether these are the texts that were learned from."""
    told = sorted(f"{row['context']}\t{row['text']}\t{row['intent']}" for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t"))


def _features(row: dict[str, str]) -> frozenset[str]:
    return features(Message.of(row["text"].replace("\\n", "\n"), Context.parse(row["context"])))


def _intent(row: dict[str, str]) -> str:
    """Of two wants the first; thanks and greetings are one."""
    intent = row["intent"].partition("+")[0]
    return "ACK" if intent == "SMALLTALK" else intent


def _line(thing: str, intents: list[str], weights: Sequence[float]) -> str:
    kept = [f"{intent}:{round(100 * weight)}" for intent, weight in zip(intents, weights, strict=True)
            if abs(100 * weight) >= LEAST or not thing]
    return f"{thing}\t{' '.join(kept)}" if kept else ""


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
