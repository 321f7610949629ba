"""A QR code as a drawing that stands in the page itself."""

import segno
from markupsafe import Markup


def svg(address: str, title: str) -> Markup:
    """The code that leads to this address; `title` is what those hear who cannot see it."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(  # noqa: S704  # segno draws it, and escapes the title
        border=4, omitsize=True, svgclass="qr", lineclass=None, title=title))
