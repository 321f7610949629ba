"""What a back-up needs of a database, whichever it is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MARK = "restored"  # the fact: WAITING, then the moment at which what was on its way was held
WAITING = "waiting"
# Where a value that was sealed with DATA_KEY is found first, to see whether a key fits.
SEALED = (("resident", "id_number"), ("inbound", "sealed"))


@dataclass(frozen=True)
class Found:
    """What a file turned out to hold: the revision of its schema, and one sealed value where there is any."""

    revision: str
    sealed: str


class Engine(Protocol):
    """Each raises NotDone, in one sentence, where it cannot."""

    def take(self, part: Path) -> None:
        """Write everything into that file while others go on writing, and see that it is whole."""

    def must_be_empty(self) -> None:
        """A database that does not exist, or has no tables: nothing is restored over another one."""

    def look_into(self, file: Path) -> Found:
        """What the file holds, which is whole as far as one can see."""

    def put(self, file: Path) -> None:
        """Everything at once or nothing: the file's rows, and the fact MARK, by which whoever opens the database
        knows that what was on its way has to be held first."""
