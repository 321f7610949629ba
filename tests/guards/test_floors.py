"""Imports flow one way: the contracts of pyproject.toml are kept."""

import subprocess
import sys
from pathlib import Path


def test_imports_flow_one_way() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=Path(__file__).parents[2], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout
