"""How much memory this process has had at the most."""

import resource
import sys
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_mb(*, afresh: bool = False) -> float:
    """The most so far, or, on Linux, since it was last asked `afresh`."""
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    if afresh:
        _RESET.write_text("5")  # the peak becomes what there is now
    # Linux counts the process that started this one into getrusage's number.
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 2**10
