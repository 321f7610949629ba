"""The files of app/static, by names that change with their content, so that a browser may keep them for ever."""

import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path

from app import packing
from app.packing import Packed

_FOLDER = Path(__file__).parent / "static"
_TEXTS = ("text/", "application/javascript", "application/json", "application/manifest", "image/svg")
_REMARKS, _BLANKS = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s+")


def asset(name: str) -> str:
    """The address of a file: phone.css → /static/phone.1a2b3c4d5e.css. Raises KeyError when there is no such file."""
    return "/static/" + _marked()[name]


def written(name: str) -> str:
    """A style sheet to be put into the page itself, so that a first visit waits for one answer only; without remarks
    and needless blanks."""
    return _written()[name]


def read(marked: str) -> bytes | None:
    """The content of a marked name such as phone.1a2b3c4d5e.css; None when there is none, or no longer."""
    return _contents().get(marked)


@cache
def packed(marked: str, encoding: str) -> Packed | None:
    """The same in an encoding, as small as can be; pictures and fonts are small already. None when there is none."""
    content = read(marked)
    if content is None:
        return None
    return packing.pack(content, encoding if kind(marked).startswith(_TEXTS) else packing.PLAIN, effort=packing.READY)


def kind(name: str) -> str:
    """The media type of a file."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def pack_all() -> None:
    """Have them ready before anybody asks."""
    for name in _marked().values():
        for encoding in ("br", "gzip", packing.PLAIN):
            packed(name, encoding)


@cache
def _marked() -> dict[str, str]:
    return {path.name: _mark(path) for path in _FOLDER.iterdir() if path.is_file()}


@cache
def _contents() -> dict[str, bytes]:
    return {marked: (_FOLDER / name).read_bytes() for name, marked in _marked().items()}


@cache
def _written() -> dict[str, str]:
    return {path.name: _BLANKS.sub(" ", _REMARKS.sub("", path.read_text("utf-8"))).strip()
            for path in _FOLDER.glob("*.css")}


def _mark(path: Path) -> str:
    return f"{path.stem}.{hashlib.sha256(path.read_bytes()).hexdigest()[:10]}{path.suffix}"
