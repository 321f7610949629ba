"""What changed between two texts, character by character, for people to read."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

KEPT_AT_LEAST = 2  # a lone character that both happen to have would only make the change harder to read


@dataclass(frozen=True)
class Piece:
    text: str
    how: Literal["kept", "added", "taken"]


def between(old: str, new: str) -> list[Piece]:
    """The way from the old text to the new one. Kept and taken pieces make the old, kept and added ones the new."""
    pieces: list[Piece] = []
    taken = added = ""
    for how, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        inner = old_from > 0 and old_to < len(old)
        if how == "equal" and (old_to - old_from >= KEPT_AT_LEAST or not inner):
            pieces += _changed(taken, added)
            taken = added = ""
            pieces.append(Piece(old[old_from:old_to], "kept"))
        else:
            taken, added = taken + old[old_from:old_to], added + new[new_from:new_to]
    return pieces + _changed(taken, added)


def _changed(taken: str, added: str) -> list[Piece]:
    return [piece for piece in (Piece(taken, "taken"), Piece(added, "added")) if piece.text]
