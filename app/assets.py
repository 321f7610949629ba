"""The files of app/static, by names that change with their content, so that a browser may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"


def asset(name: str) -> str:
    """The address of a file: phone.css → /static/phone.1a2b3c4d5e.css. Raises KeyError when there is no such file."""
    return "/static/" + _marked()[name]


def read(marked: str) -> bytes | None:
    """The content of a marked name such as phone.1a2b3c4d5e.css; None when there is none, or no longer."""
    return _contents().get(marked)


@cache
def _marked() -> dict[str, str]:
    return {path.name: _mark(path) for path in _FOLDER.iterdir() if path.is_file()}


@cache
def _contents() -> dict[str, bytes]:
    return {marked: (_FOLDER / name).read_bytes() for name, marked in _marked().items()}


def _mark(path: Path) -> str:
    return f"{path.stem}.{hashlib.sha256(path.read_bytes()).hexdigest()[:10]}{path.suffix}"
