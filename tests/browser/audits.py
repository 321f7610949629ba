"""Whether pages are clean: axe-core looks at them in the browser, the Nu HTML checker reads what was sent."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, ViewportSize

from tests.browser.visits import OFFICE, SMARTPHONE

CHECKER = Path(__file__).parents[2] / ".venv" / "vnu.jar"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
         "resultTypes": ["violations"]}
NO_CHECKER = "This test needs the Nu HTML checker and Java 17: run `make .venv/vnu.jar` (on Debian it installs both)."


def clean(page: Page) -> None:
    """Fails, naming rule and element, if the page as it stands now has anything to complain of."""
    complaints = [*axe(page), *nu({page.url: page.content()})]
    assert not complaints, "\n".join(complaints)


def axe(page: Page, rules: Mapping[str, Any] = RULES) -> list[str]:
    """What axe-core finds on the page, one line for each element."""
    found: dict[str, Any] = Axe().run(page, options=dict(rules)).response
    return [f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))} {node['html'][:200]}"
            for rule in found["violations"] for node in rule["nodes"]]


def nu(documents: Mapping[str, str]) -> list[str]:
    """What the Nu HTML checker says of these documents, by whatever name; all of them in one run of Java."""
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        pytest.fail(NO_CHECKER, pytrace=False)
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, text) in enumerate(documents.items()):
            file = Path(folder) / f"{number}.html"
            file.write_text(text, "utf-8")
            names[file.as_uri()] = name
        done = subprocess.run([java, "-jar", str(CHECKER), "--stdout", "--format", "json", "--exit-zero-always",
                               "--no-langdetect", folder], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [f"{names.get(said.get('url', '').replace('file:/', 'file:///', 1), said.get('url'))}: {said['message']}: "
            f"{said.get('extract', '')[:200]!r}" for said in json.loads(done.stdout)["messages"] if _counts(said)]


def _counts(said: dict[str, Any]) -> bool:
    """Errors and warnings; remarks, such as on a trailing slash, do not."""
    return said["type"] != "info" or said.get("subType") == "warning"


@dataclass
class Audit:
    """Looks at one page after the other, at both widths, and keeps what was sent, for `complaints` in the end."""

    page: Page
    screens: tuple[ViewportSize, ...] = (OFFICE, SMARTPHONE)
    found: list[str] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    _sent: Response | None = None

    def __post_init__(self) -> None:
        self.page.on("response", self._keep)

    def look(self, name: str) -> None:
        """At the page that is open, under this name, with everything unfolded."""
        assert self._sent is not None
        self.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        self.documents[f"{name}, as sent"] = self._sent.text()
        self.documents[f"{name}, as it stands"] = self.page.content()
        for screen in self.screens:
            self.page.set_viewport_size(screen)
            self.found += [f"{name}, {screen['width']} px: {said}" for said in axe(self.page)]
            wide = self.page.locator("html").evaluate("html => html.scrollWidth")
            if wide > screen["width"]:
                self.found.append(f"{name}, {screen['width']} px: one has to scroll sideways, it is {wide} px wide")

    def complaints(self) -> list[str]:
        """Everything that was found, also in the documents; each once."""
        return list(dict.fromkeys(self.found + nu(self.documents)))

    def _keep(self, answer: Response) -> None:
        """The document itself, not what it fetches, and not a redirect, which has no text."""
        whole = answer.request.is_navigation_request() and answer.frame == self.page.main_frame
        if whole and answer.status // 100 != 3:
            self._sent = answer
