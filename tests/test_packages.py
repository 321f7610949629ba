"""scripts/packages, with the commands that it finds on a machine replaced by ones that only say what they were told."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "scripts" / "packages"


def _on_a_machine(folder: Path, *packages: str, **commands: str) -> "subprocess.CompletedProcess[str]":
    for name, body in commands.items():
        command = folder / name.replace("_", "-")
        command.write_text(f"#!/bin/sh\n{body}\n")
        command.chmod(0o755)
    return subprocess.run(["/bin/sh", str(SCRIPT), *packages], env={"PATH": str(folder)}, text=True, check=False,
                          capture_output=True)


def test_nothing_missing_does_nothing(tmp_path: Path) -> None:
    done = _on_a_machine(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_root_on_debian_installs(tmp_path: Path) -> None:
    done = _on_a_machine(tmp_path, "chromium", "fonts-noto-cjk", apt_get='echo "apt-get $*"', id="echo 0",
                         env='shift; exec "$@"')
    assert done.returncode == 0
    assert "apt-get update" in done.stdout
    assert done.stdout.strip().endswith("chromium fonts-noto-cjk")


def test_others_on_debian_use_sudo(tmp_path: Path) -> None:
    done = _on_a_machine(tmp_path, "chromium", apt_get="exit 9", id="echo 1000", sudo='echo "sudo $*"')
    assert done.returncode == 0
    assert "sudo apt-get update" in done.stdout
    assert "sudo env DEBIAN_FRONTEND=noninteractive apt-get install" in done.stdout


def test_without_sudo_the_names_are_printed(tmp_path: Path) -> None:
    done = _on_a_machine(tmp_path, "chromium", apt_get="exit 9", id="echo 1000")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("apt-get install chromium")


def test_elsewhere_the_names_are_printed(tmp_path: Path) -> None:
    done = _on_a_machine(tmp_path, "chromium", "python3-venv")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("chromium python3-venv")
