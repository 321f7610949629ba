"""What the files for running it name is there: settings, calls of the command, files, limits."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from app import main
from app.cli import _parser
from app.residents.imports.sheets import MOST_BYTES
from app.routes.gateway import _BIGGEST_PUSH
from app.settings import _READERS
from app.sms.drain import SEND_SECONDS
from app.sms.gateways.base import Abilities

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TOLD = [*FILES, ROOT / "docs" / "restoring.md", ROOT / "docs" / "capacity.md"]
# Of uvicorn, Python and Kannel.
OTHERS = {"FORWARDED_ALLOW_IPS", "START_SMSBOX", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
PROGRAM = "/opt/doorstep/.venv/bin/doorstep"


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TOLD, ids=_name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"\b([A-Z]{2,}(?:_[A-Z]+)+|PYTHON[A-Z]+)=", path.read_text("utf-8")))
    assert named - {name.upper() for name in _READERS} - OTHERS == set()


@pytest.mark.parametrize("path", TOLD, ids=_name)
def test_every_call_that_is_named_exists(path: Path) -> None:
    calls = set(next(iter(_parser()._subparsers._group_actions)).choices)  # type: ignore[union-attr,arg-type]
    named = set(re.findall(r"(?<![\w/.@-])(?:/opt/doorstep/\.venv/bin/)?doorstep ([a-z]+)\b(?![/.])",
                           path.read_text("utf-8")))
    assert named <= calls


@pytest.mark.parametrize("path", UNITS, ids=_name)
def test_a_unit_calls_the_command_as_it_is_meant(path: Path) -> None:
    [call] = re.findall(r"^ExecStart=(.+)$", path.read_text("utf-8"), re.MULTILINE)
    program, *words = call.split()
    assert program == PROGRAM
    assert _parser().parse_args(words)


@pytest.mark.parametrize("path", [path for path in TOLD if path.suffix == ".md"], ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_every_file_is_in_the_table() -> None:
    table = (DEPLOY / "README.md").read_text("utf-8")
    names = {str(path.relative_to(DEPLOY)) for path in FILES} - {"README.md", "systemd/doorstep-backup.timer"}
    assert {name for name in names if f"`{name}`" not in table and f"`{name.split('/')[0]}/`" not in table} == set()


def test_what_goes_into_the_container_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text("utf-8"), re.MULTILINE)
    assert copied
    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []


def test_the_proxy_lets_through_what_the_pages_take() -> None:
    units = {"k": 1024, "m": 1024**2}
    limits = [int(number) * units[unit] for number, unit in re.findall(
        r"client_max_body_size (\d+)([km]);", (DEPLOY / "nginx.conf").read_text("utf-8"))]
    forms, gateways, *lists = limits
    assert forms > main._LARGEST_FORM
    assert gateways >= _BIGGEST_PUSH
    assert lists
    assert all(limit > MOST_BYTES for limit in lists)


def test_a_process_is_given_the_time_to_hear_what_the_carrier_says() -> None:
    names = [path.stem for path in (ROOT / "app" / "sms" / "gateways").glob("*.py")]
    abilities: list[Abilities] = [import_module(f"app.sms.gateways.{name}").Carrier.abilities
                                  for name in names if name != "base" and not name.startswith("_")]
    longest = max(SEND_SECONDS * -(-one.batch // one.at_once) for one in abilities)
    for path in UNITS:
        if given := re.search(r"^TimeoutStopSec=(\d+)$", path.read_text("utf-8"), re.MULTILINE):
            assert int(given[1]) > longest, path.name
