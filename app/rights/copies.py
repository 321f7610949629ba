"""Take it along: what we know about somebody as a plain text, or for another program."""

import json
from collections.abc import Callable, Sequence

from app import i18n, words
from app.i18n import _
from app.rights.known import Part
from app.rights.why import DAYS, Got


def plain(parts: Sequence[Part], made_at: str) -> str:
    """One line each, as Windows' and phones' plainest readers take it."""
    lines = [i18n.say(_("What we know about you, {moment}"), moment=made_at)]
    for part in parts:
        lines += ["", f"== {part.title}", *(f"{what}: {value}" for what, value in part.rows)]
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def of_texts(got: Sequence[Got]) -> Part:
    """The words of the latest texts, for the copy; on the page each stands with its reasons."""
    return Part(i18n.say(_("The texts of the last {days} days."), days=DAYS),
                [(words.stamp(one.at), one.body) for one in got if one.body])


def structured(parts: Sequence[Part], made_at: str) -> str:
    """The same, each heading with its list."""
    return json.dumps({"made": made_at, "parts": [
        {"title": part.title, "rows": [{"what": what, "value": value} for what, value in part.rows]}
        for part in parts]}, ensure_ascii=False, indent=1)


FORMS: dict[str, tuple[str, Callable[[Sequence[Part], str], str]]] = {
    "txt": ("text/plain; charset=utf-8", plain), "json": ("application/json; charset=utf-8", structured)}
