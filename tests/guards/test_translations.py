"""Every sentence that people read is in the Chinese catalogue, and the catalogue has no sentence that nobody says."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import app

FOLDER = Path(app.__file__).parent
CATALOGUES = sorted((FOLDER / "i18n" / "zh_Hans").glob("*.po"))
CHINESE = re.compile("[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"\{\w+\}")


def said_where() -> dict[str, list[str]]:
    """Every marked sentence of code and templates, with the files that say it."""
    said: dict[str, list[str]] = {}
    for file, _line, message, _comments, _context in extract_from_dir(
            FOLDER, method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
            options_map={"templates/**.html": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true",
                                               "extensions": "jinja2.ext.do"}}):
        for sentence in (message,) if isinstance(message, str) else message:
            said.setdefault(sentence, []).append(file)
    return said


def _said() -> dict[str, str]:
    return {sentence: files[0] for sentence, files in said_where().items()}


def _translated() -> Iterator[tuple[str, str, str]]:
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id:
                    yield str(message.id), str(message.string), path.name


def test_every_sentence_has_its_chinese() -> None:
    chinese = {sentence for sentence, text, _file in _translated() if text}
    missing = {sentence: file for sentence, file in _said().items() if sentence not in chinese}
    assert missing == {}


def test_no_catalogue_has_a_sentence_that_nobody_says() -> None:
    said = _said()
    assert [(file, sentence) for sentence, _text, file in _translated() if sentence not in said] == []


def test_a_sentence_has_one_chinese_only() -> None:
    seen: dict[str, str] = {}
    for sentence, text, file in _translated():
        assert seen.setdefault(sentence, text) == text, f"{file}: {sentence}"


def test_both_languages_fill_in_the_same_values() -> None:
    for sentence, text, file in _translated():
        assert set(PLACEHOLDER.findall(sentence)) == set(PLACEHOLDER.findall(text)), f"{file}: {sentence}"


def test_templates_of_pages_hold_no_chinese() -> None:
    templates = [path for path in (FOLDER / "templates").rglob("*") if path.is_file() and "sms" not in path.parts]
    assert templates
    assert [str(path) for path in templates if CHINESE.search(path.read_text("utf-8"))] == []
