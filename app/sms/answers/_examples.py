"""What a resident may text, as a table: the examples that each file gives, and what happens then.

`python -m app.sms.answers._examples README.md en` writes it into a README; a test holds the READMEs to it.
"""

import sys
from pathlib import Path

from app import i18n
from app.i18n import _
from app.sms.answers import Example, files

_ORDER = ("signup", "choice", "profile", "decline", "cancel", "jobs", "mine", "link", "agreed", "question", "call_me",
          "help", "stop", "come_back", "urgent", "complaint", "wrong_person", "survey", "told", "smalltalk", "ignore",
          "unknown")
_HEAD = (_("text"), _("what happens"))
_AFTER = {
    "none": "", "push": _("after a push: "), "signed": _("with a place: "), "confirm": _("asked whether to come: "),
    "who": _("asked who of the family: "), "birth": _("asked for the birth date: "), "survey": _("asked in a survey: "),
}


def rows() -> list[tuple[str, Example]]:
    """(file, example), in the order of the table."""
    by_name = {file.__name__.rpartition(".")[2]: file for file in files()}
    return [(name, example) for name in _ORDER for example in by_name[name].EXAMPLES]


def table(language: str) -> str:
    """The table as Markdown."""
    with i18n.speaking(language):
        lines = [f"| {' | '.join(map(i18n.gettext, _HEAD))} |", "|---|---|"]
        lines += [f"| {_texts(example)} | {i18n.gettext(example.happens)} |" for _name, example in rows()]
    return "\n".join(lines)


def within(readme: str, language: str) -> str:
    """The README with the table in its place: the first one that has residents' texts in it."""
    before, mark, rest = readme.partition(f"<!-- {MARK} -->\n")
    _old, end, after = rest.partition(f"<!-- /{MARK} -->\n")
    if not mark or not end:
        raise ValueError(f"no place for the table: {MARK}")
    return f"{before}{mark}{table(language)}\n{end}{after}"


MARK = "what a resident may text"


def _texts(example: Example) -> str:
    joint = "、" if i18n.language() == "zh" else ", "
    kind = example.context.partition(":")[0]
    asked = i18n.gettext(_AFTER[kind]) if kind != "none" else ""
    return asked + joint.join(f"`{text}`" for text in example.texts)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(within(path.read_text("utf-8"), sys.argv[2]), "utf-8")
