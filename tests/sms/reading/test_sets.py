"""Two labelled sets of texts, judged as docs/reading.md says. The second was written before anybody looked at the
rules. No error of the severe kind is allowed in either."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.sms.reading import Context, read

FOLDER = Path(__file__).parent
NEVER_UNSAID = {"SIGNUP", "CANCEL", "UNSUB", "REDEEM"}
NEVER_MISSED = {"UNSUB", "URGENT", "WRONG_PERSON"}
THE_SAME = {"ACK", "SMALLTALK"}


@dataclass
class Score:
    """How many were right, and the ids of those that were severely wrong."""

    rows: int
    right: int
    severe: list[str]


def _judge(name: str) -> Score:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    score = Score(len(rows), 0, [])
    for row in rows:
        found = read(row["text"].replace("\\n", "\n"), Context.parse(row["context"]))
        accepted = {one for part in (row["intent"], *row["accept"].split("|")) for one in part.split("+") if one}
        right = found.intent in accepted or (found.intent in THE_SAME and bool(accepted & THE_SAME))
        wanted = dict(slot.split("=", 1) for slot in row["slots"].split(";") if "=" in slot).get("job")
        if found.intent in ("SIGNUP", "CANCEL") and row["ambiguous"] == "0" and wanted:
            right = right and found.slots.get("job") == wanted
        missed = row["intent"] in NEVER_MISSED and row["ambiguous"] == "0"
        if right:
            score.right += 1
        elif found.intent in NEVER_UNSAID or missed:
            score.severe.append(row["id"])
    return score


@pytest.mark.parametrize(("name", "least"), [("replies.tsv", 0.97), ("second.tsv", 0.92)])
def test_people_are_understood(name: str, least: float, record_property: Callable[[str, object], None]) -> None:
    score = _judge(name)
    record_property("figures", f"{name}: {score.right} of {score.rows} right ({score.right / score.rows:.1%})")
    assert score.severe == []
    assert score.right >= least * score.rows
