"""Files that never change come packed, and are asked for once."""

import brotli
import pytest

from app import assets
from tests.routes.conftest import Caller

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", ["htmx.min.js", "phone.css", "office.css"])
async def test_a_file_comes_as_small_as_can_be(caller: Caller, name: str) -> None:
    path = assets.asset(name)
    sizes = {}
    for encoding in ("br", "gzip", "identity"):
        answer = await caller.get(path, headers={"Accept-Encoding": encoding})
        assert answer.headers.get("content-encoding", "identity") == encoding
        assert answer.headers["cache-control"] == FOR_EVER
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"].count("charset") <= 1
        assert "set-cookie" not in answer.headers
        assert answer.content == assets.read(path.removeprefix("/static/"))
        sizes[encoding] = int(answer.headers["content-length"])
        known = await caller.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": answer.headers["etag"]})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", answer.headers["etag"])
        head = await caller.head(path, headers={"Accept-Encoding": encoding})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == answer.headers["content-length"]
    assert sizes["br"] < sizes["gzip"] < sizes["identity"]
    content = assets.read(path.removeprefix("/static/"))
    assert content
    assert sizes["br"] == len(brotli.compress(content, mode=brotli.MODE_TEXT, quality=11))


async def test_a_file_that_is_no_more_is_a_404(caller: Caller) -> None:
    assert (await caller.get("/static/phone.0000000000.css")).status_code == 404


def test_what_is_no_text_is_packed_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "read", lambda marked: b"0" * 5_000)
    for name, encoding in (("letters.0.woff2", ""), ("map.0.svg", "br")):
        packed = assets.packed.__wrapped__(name, "br")
        assert packed
        assert packed.encoding == encoding
