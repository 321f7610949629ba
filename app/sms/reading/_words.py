"""Word lists: one file per group in words/, one entry per line, `#` starts a comment. Longest first when read."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"


@cache
def words(name: str) -> tuple[str, ...]:
    """The entries of words/<name>.txt, the longest first."""
    lines = (line.partition("#")[0].strip() for line in (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines())
    return tuple(sorted({line for line in lines if line}, key=lambda word: (-len(word), word)))
