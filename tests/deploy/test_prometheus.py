"""Prometheus' own tool takes deploy/prometheus/ and /metrics, and the rules wake somebody when they should."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.routes.conftest import Caller, caller  # noqa: F401  # fixtures

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"
PROMTOOL = Path(sys.prefix) / "promtool"  # `make test` brings it
MADE = re.compile(r"_(?:bucket|sum|count|total)$")


def _promtool(*words: str, given: str = "") -> str:
    """What it complains of."""
    assert PROMTOOL.exists(), "make .venv/promtool"
    done = subprocess.run([PROMTOOL, *words], input=given, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_metric_that_a_rule_asks_for_is_told(caller: Caller) -> None:  # noqa: F811
    told = set(re.findall(r"^# TYPE (\w+) ", (await caller.get("/metrics")).text, re.MULTILINE))
    asked = set(re.findall(r"\bdoorstep_\w+", (FOLDER / "rules.yml").read_text("utf-8")))
    assert asked
    assert {name for name in asked if name not in told and MADE.sub("", name) not in told} == set()


def test_it_takes_the_rules_and_the_example() -> None:
    assert _promtool("check", "config", str(FOLDER / "prometheus.yml")) == ""


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_it_finds_nothing_wrong_with_what_is_told(caller: Caller) -> None:  # noqa: F811
    said = (await caller.get("/metrics")).text
    ours = "".join(line + "\n" for line in said.splitlines() if re.match(r"(?:# (?:HELP|TYPE) )?doorstep_", line))
    assert _promtool("check", "metrics", given=ours) == ""


def test_the_rules_wake_somebody_and_only_then() -> None:
    assert _promtool("test", "rules", str(Path(__file__).with_name("rules.stories.yml"))) == ""
