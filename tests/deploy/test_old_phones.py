"""Debian's nginx takes deploy/nginx-old-phones.conf beside nginx.conf, and a phone of 2012 reads public pages by it."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest

from tests.commands.conftest import free_port
from tests.deploy.conftest import NGINX, certify
from tests.patience import PATIENCE_SECONDS

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = "old.doorstep.example"


@pytest.fixture
def old(tmp_path: Path, behind: int) -> Iterator[tuple[int, int]]:
    """nginx with both files; returns the ports for TLS and without."""
    secure, plain = free_port(), free_port()
    for kind in ("ecdsa", "rsa"):
        certify(tmp_path, NAME, kind=kind, mark=f"{kind}-")
    whole = (DEPLOY / "nginx.conf").read_text("utf-8") + (DEPLOY / "nginx-old-phones.conf").read_text("utf-8")
    for was, new in (("listen 192.0.2.2:443 ", f"listen 127.0.0.1:{secure} "),
                     ("listen 192.0.2.2:80 ", f"listen 127.0.0.1:{plain} "),
                     ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
                     ("listen 443 ", f"listen 127.0.0.1:{free_port()} "), ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
                     ("/etc/ssl/doorstep-old", str(tmp_path)), ("/etc/ssl/doorstep/", f"{tmp_path}/rsa-"),
                     ("/var/log/nginx", str(tmp_path))):
        assert was in whole
        whole = whole.replace(was, new)
    folders = "\n".join(f"{kind}_temp_path {tmp_path}/{kind};"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file = tmp_path / "whole.conf"
    file.write_text(f"pid {tmp_path}/pid; daemon off; error_log {tmp_path}/error.log;\n"
                    f"events {{}}\nhttp {{\n{folders}\n{whole}\n}}\n")
    test = subprocess.run([NGINX, "-t", "-c", file, "-e", tmp_path / "error.log"], capture_output=True, text=True,
                          check=False)
    assert test.returncode == 0, test.stderr
    assert "warn" not in test.stderr
    process = subprocess.Popen([NGINX, "-c", file, "-e", tmp_path / "error.log"])
    _wait(secure)
    yield secure, plain
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
def test_a_phone_that_knows_no_newer_tls_reads_the_list(old: tuple[int, int], version: ssl.TLSVersion, kind: str,
                                                        tmp_path: Path) -> None:
    ciphers = {"rsa": "ECDHE-RSA-AES128-SHA:AES128-SHA", "ecdsa": "ECDHE-ECDSA-AES128-SHA"}[kind]
    answer, spoken = _ask(old[0], version, ciphers, tmp_path / f"{kind}-fullchain.pem")
    assert answer.status == 200
    assert "host: old.doorstep.example" in answer.read().decode()
    assert spoken == {"TLSv1": "TLSv1", "TLSv1_1": "TLSv1.1", "TLSv1_2": "TLSv1.2"}[version.name]


def test_a_new_one_speaks_as_it_likes_best(old: tuple[int, int], tmp_path: Path) -> None:
    answer, spoken = _ask(old[0], ssl.TLSVersion.TLSv1_3, "", tmp_path / "ecdsa-fullchain.pem")
    assert (answer.status, spoken) == (200, "TLSv1.3")


@pytest.mark.parametrize("path", ["/", "/jobs", "/jobs?page=2", "/jobs/10", "/jobs/10/map.svg", "/calendar", "/help",
                                  "/static/phone.0.css"])
def test_without_tls_the_public_pages_can_be_read(old: tuple[int, int], path: str) -> None:
    assert _plainly(old[1], "GET", path).status == 200


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/jobs/10/signup"), ("POST", "/jobs/10"), ("GET", "/jobs/10/signup"), ("GET", "/login"),
    ("POST", "/login"), ("GET", "/me"), ("GET", "/office/"), ("GET", "/office/login"), ("GET", "/phones"),
    ("POST", "/gateway/twilio/reply"), ("GET", "/health/ready"), ("GET", "/metrics"), ("GET", "/help/call"),
    ("GET", "/jobs/10/../../me"),
])
def test_nothing_that_is_somebodys_goes_this_way(old: tuple[int, int], method: str, path: str) -> None:
    answer = _plainly(old[1], method, path)
    assert answer.status == 303
    assert str(answer.headers["Location"]).endswith("/help")


def _ask(port: int, version: ssl.TLSVersion, ciphers: str, trusted: Path) -> tuple[HTTPResponse, str | None]:
    context = ssl.create_default_context(cafile=str(trusted))
    context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    connection = HTTPSConnection(NAME, port, context=context)
    connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=NAME)
    spoken = connection.sock.version()
    connection.request("GET", "/jobs", headers={"Host": NAME})
    return connection.getresponse(), spoken


def _plainly(port: int, method: str, path: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request(method, path, headers={"Host": NAME})
    return connection.getresponse()


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
