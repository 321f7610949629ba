"""systemd reads the units as they are meant."""

import re
import subprocess
from pathlib import Path

from tests.commands.conftest import COMMAND

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"


def test_systemd_understands_them(tmp_path: Path) -> None:
    """Where the program lies is ours here; systemd looks whether it is there."""
    for path in UNITS.iterdir():
        name = path.name.replace("@", "@1")
        (tmp_path / name).write_text(re.sub("/opt/doorstep/.venv/bin/doorstep", COMMAND, path.read_text("utf-8")))
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", "--man=no",
                           *sorted(str(path) for path in tmp_path.iterdir())],
                          text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
