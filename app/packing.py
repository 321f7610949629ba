"""Fewer bytes on the wire: which way a browser unpacks, and packing."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

import brotli

PLAIN = ""
SMALLEST, QUICKEST = ("br", "gzip"), ("gzip", "br")
_WORTH_IT = 200  # bytes; below that it is not smaller
READY, AT_ONCE = 11, 5  # how hard Brotli tries: for what is packed once, and for what is packed for one answer


@dataclass(frozen=True, slots=True)
class Packed:
    """Content in one encoding, with a tag that is another one for each content and each encoding."""

    content: bytes
    encoding: str
    tag: str


@lru_cache(maxsize=256)
def wanted(accepted: str, ours: tuple[str, ...] = SMALLEST) -> str:
    """The encoding that an Accept-Encoding header likes best of those that we have; PLAIN where it likes none.

    Where it likes several the same, our first one. Somebody who takes nothing at all gets PLAIN as well: text that
    can be read is better than an error.
    """
    weights = dict(_weighed(part) for part in accepted.lower().split(",") if part.strip())
    rest = weights.get("*", 0.0)
    best = max(ours, key=lambda name: weights.get(name, rest))
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else PLAIN


def pack(content: bytes, encoding: str, *, effort: int = AT_ONCE) -> Packed:
    """The content in that encoding; as it is where packing makes it no smaller."""
    packed = content
    if len(content) >= _WORTH_IT and encoding == "br":
        packed = brotli.compress(content, mode=brotli.MODE_TEXT, quality=effort)
    elif len(content) >= _WORTH_IT and encoding == "gzip":
        packed = gzip.compress(content, 9 if effort == READY else 6, mtime=0)
    if len(packed) >= len(content):
        packed, encoding = content, PLAIN
    return Packed(packed, encoding, f'"{hashlib.sha256(packed).hexdigest()[:20]}"')


def is_known(tag: str, asked: str) -> bool:
    """Whether an If-None-Match header names this tag; a proxy may have made it a weak one."""
    return asked.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in asked.split(",")]


def _weighed(part: str) -> tuple[str, float]:
    name, *words = (word.strip() for word in part.split(";"))
    for word in words:
        if word.startswith("q="):
            try:
                return name, min(1.0, max(0.0, float(word[2:])))
            except ValueError:
                return name, 0.0
    return name, 1.0
