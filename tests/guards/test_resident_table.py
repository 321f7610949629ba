"""What the READMEs say that a resident may text is what the answers say, and every example is read like that."""

from pathlib import Path

import pytest

from app.sms import answers
from app.sms.answers import _examples
from app.sms.reading import Context, read

ROOT = Path(__file__).parents[2]
INTENTS = {file.__name__.rpartition(".")[2]: file.INTENTS for file in answers.files()}


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_the_readme_has_the_table(name: str, language: str) -> None:
    readme = (ROOT / name).read_text("utf-8")
    assert _examples.within(readme, language) == readme, f"python -m app.sms.answers._examples {name} {language}"


def test_every_answer_is_in_the_table() -> None:
    assert {name for name, _example in _examples.rows()} == set(INTENTS)


@pytest.mark.parametrize(("name", "text", "context"), [
    (name, text, example.context) for name, example in _examples.rows() for text in example.texts])
def test_every_example_is_read_as_what_it_stands_for(name: str, text: str, context: str) -> None:
    assert read(text, Context.parse(context)).intent in INTENTS[name]


def test_every_intent_has_one_file_that_answers_it() -> None:
    intents = [intent for file in INTENTS.values() for intent in file]
    assert len(intents) == len(set(intents))
