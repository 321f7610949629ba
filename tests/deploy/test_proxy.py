"""Debian's nginx takes deploy/nginx.conf, and passes a call on without writing down what was asked for."""

import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.commands.conftest import free_port
from tests.deploy.conftest import NGINX, certify
from tests.patience import PATIENCE_SECONDS

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@pytest.fixture
def proxy(tmp_path: Path, behind: int) -> Iterator[int]:
    """nginx with our configuration, on a port that is free and with a certificate of its own."""
    assert NGINX.exists(), "make .venv/nginx"
    port, plain = free_port(), free_port()
    certify(tmp_path, "doorstep.example")
    ours = CONFIGURATION.read_text("utf-8")
    for old, new in (("listen 80;", f"listen 127.0.0.1:{plain};"), ("listen 443 ", f"listen 127.0.0.1:{port} "),
                     ("127.0.0.1:8000", f"127.0.0.1:{behind}"), ("/etc/ssl/doorstep", str(tmp_path)),
                     ("/var/log/nginx", str(tmp_path))):
        assert old in ours
        ours = ours.replace(old, new)
    folders = "\n".join(f"{kind}_temp_path {tmp_path}/{kind};"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = tmp_path / "whole.conf"
    whole.write_text(f"pid {tmp_path}/pid; daemon off; error_log {tmp_path}/error.log;\n"
                     f"events {{}}\nhttp {{\n{folders}\n{ours}\n}}\n")
    test = subprocess.run([NGINX, "-t", "-c", whole, "-e", tmp_path / "error.log"], capture_output=True, text=True,
                          check=False)
    assert test.returncode == 0, test.stderr
    assert "warn" not in test.stderr
    process = subprocess.Popen([NGINX, "-c", whole, "-e", tmp_path / "error.log"])
    yield port
    process.terminate()
    process.wait(10)


def test_it_says_who_calls_and_keeps_to_itself_what_was_asked(proxy: int, tmp_path: Path) -> None:
    trusted = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
    with httpx.Client(verify=trusted, base_url=f"https://doorstep.example:{proxy}",
                      transport=_Here(trusted)) as client:
        said = _patiently(client, "/office/residents?q=14200000001")
        assert "x-forwarded-for: 127.0.0.1" in said.text
        assert "x-forwarded-proto: https" in said.text
        assert "1.2.3.4" not in said.text
        assert client.post("/", content=b"x" * 400 * 1024).status_code == 413
        assert client.get("/l/a-key-to-my-pages").status_code == 200
        assert client.get("/l/a-key-to-my-pages?lang=en").status_code == 200
        assert client.get("/gateway/cloudmas/a-secret-of-theirs/reply").status_code == 200
    log = (tmp_path / "doorstep.log").read_text()
    assert re.search(r"GET /office/residents 200 ", log)
    assert len(re.findall(r"GET /l/- 200 ", log)) == 2
    for kept in ("142000", "a-key-to-my-pages", "a-secret-of-theirs", "127.0.0.1"):
        assert not [path.name for path in tmp_path.glob("*.log") if kept in path.read_text()]


class _Here(httpx.HTTPTransport):
    """The name leads to this machine."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": "doorstep.example"}
        request.url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(request)


def _patiently(client: httpx.Client, path: str) -> httpx.Response:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return client.get(path, headers={"X-Forwarded-For": "1.2.3.4"})
        except httpx.ConnectError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
