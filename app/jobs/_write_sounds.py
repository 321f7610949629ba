"""Writes trade_sounds.txt: python -m app.jobs._write_sounds, after a trade or one of its names was added."""

from pathlib import Path

from app.jobs import search

FILE = Path(__file__).parent / "trade_sounds.txt"
HEAD = "# what trades are called, as it is typed; made by python -m app.jobs._write_sounds"


def written() -> str:
    return "\n".join([HEAD, *search.sound_lines(), ""])


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
