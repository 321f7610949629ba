"""What the READMEs say is there, is there; and what is there, they say, in both languages."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh.md")
INSIDE = {"demo"}  # no variable sets it


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_in_the_readme(name: str) -> None:
    readme = (ROOT / name).read_text("utf-8")
    expected = {one.name.upper() for one in fields(Settings)} - {one.upper() for one in INSIDE}
    assert {setting for setting in expected if f"`{setting}`" not in readme} == set()


@pytest.mark.parametrize("name", READMES)
def test_every_dependency_says_why_it_is_there(name: str) -> None:
    readme = (ROOT / name).read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    names = {match[0] for one in wanted if (match := re.match(r"[A-Za-z0-9_-]+", one))}
    assert {one for one in names if f"`{one}`" not in readme} == set()


@pytest.mark.parametrize("name", READMES)
def test_links_and_pictures_lead_somewhere(name: str) -> None:
    readme = (ROOT / name).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", readme) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_both_readmes_have_the_same_parts() -> None:
    shapes = []
    for name in READMES:
        text = (ROOT / name).read_text("utf-8")
        shapes.append(([line.count("#") for line in text.splitlines() if line.startswith("#")], text.count("```"),
                       len(re.findall(r"^\|", text, re.MULTILINE))))
    assert shapes[0] == shapes[1]
