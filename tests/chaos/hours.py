"""The clock of the test and of all its processes, turned forward together."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import clock

STEP_SECONDS, LONG_STEP_SECONDS = 1.0, 3.0  # of the 15 that a call to the provider may take, 5 to connect


@dataclass
class Hours:
    """`file` is what `turned.py` looks at. While the clock `stands` nobody turns it by himself."""

    file: Path
    ahead: float = 0.0
    stands: bool = False

    def __post_init__(self) -> None:
        self.file.write_bytes(struct.pack("d", 0.0))

    def turn(self, seconds: float) -> None:
        self.ahead += seconds
        with self.file.open("r+b", buffering=0) as file:
            file.write(struct.pack("d", self.ahead))
        clock.turn(datetime.now(UTC) + timedelta(seconds=self.ahead))

    def is_seen_by(self, process: int) -> bool:
        """Whether its loop has gone round since the last turn; one that has just been started has no clock yet."""
        try:
            [seen] = struct.unpack("d", Path(f"{self.file}.{process}").read_bytes())
        except (FileNotFoundError, struct.error):
            return True
        return bool(seen == self.ahead)
