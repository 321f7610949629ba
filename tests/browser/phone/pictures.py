"""`make pictures`: what residents see, at three widths in both languages, kept in docs/pictures/phone/ for the eye."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import ViewportSize

from tests.browser.conftest import launched, served
from tests.browser.phone.station import Station
from tests.browser.phone.walks import SIGN_UP, Walk

FOLDER = Path("docs/pictures/phone")
WIDTHS, HEIGHT, COLOURS = (240, 360, 1280), 1500, 16

# name → what is done to see it, one after the other
PICTURES: dict[str, Callable[[Walk], object]] = {
    "home": lambda walk: walk.open("/"),
    "list": lambda walk: walk.open("/jobs"),
    "job": lambda walk: walk.open("/jobs/10"),
    "help": lambda walk: walk.open("/help"),
    "code": lambda walk: walk.open("/jobs/10").send(SIGN_UP, phone=walk.somebody()),
    "place": lambda walk: walk.send(SIGN_UP, code=walk.code()),
    "me": lambda walk: walk.open("/me"),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address, launched() as browser:
        station = Station(address, Path(folder), browser)
        for language in ("zh", "en"):
            walk = Walk(station, language)
            for name, deed in PICTURES.items():
                deed(walk)
                for width in WIDTHS:
                    _keep(walk, width, FOLDER / f"{name}-{width}-{language}.png")


def _keep(walk: Walk, width: int, file: Path) -> None:
    """The page from its top, in so few colours that a picture takes little room."""
    walk.page.set_viewport_size(ViewportSize(width=width, height=HEIGHT))
    high = int(walk.page.evaluate("Math.ceil(document.body.getBoundingClientRect().bottom)"))
    walk.page.screenshot(path=file, clip={"x": 0, "y": 0, "width": width, "height": min(high, HEIGHT)})
    subprocess.run(["pngquant", "--force", "--strip", "--nofs", "--output", str(file), str(COLOURS), "--", str(file)],
                   check=True)


if __name__ == "__main__":
    main()
