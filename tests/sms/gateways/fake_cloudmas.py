"""A Cloud MAS of our own on the loopback: as strict as the real one is said to be, and whatever trouble a test asks
for.

It stands on what public clients agree on and was never compared with the real platform.
"""

import asyncio
import datetime
import hashlib
import ipaddress
import json
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME, ACCOUNT, SECRET, SIGN, TEMPLATE = "示例社区就业服务站", "demoapp", "demo-secret", "DemoSign1", "tpl0001"
_FREE = ("mobiles", "content", "sign", "addSerial")
_ORDERS = {"norsubmit": _FREE, "submit": _FREE,
           "tmpsubmit": ("templateId", "mobiles", "params", "sign", "addSerial"), "report": (), "deliver": ()}


@dataclass(frozen=True)
class Taken:
    """A text that left; `group` is the name of the call that brought it."""

    group: str
    mobile: str
    text: str
    serial: str


@dataclass
class FakeCloudMas:
    """`trouble` is for the next calls: a rspcod, an HTTP status, or a word: "hang" never answers, "drop" takes the
    texts and hangs up, "vanish" hangs up without taking them, "babble" answers what nobody understands. `bad` are
    numbers for which a whole call is refused."""

    address: str = ""
    fingerprint: str = ""
    taken: list[Taken] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    trouble: list[str | int] = field(default_factory=list)
    bad: set[str] = field(default_factory=set)
    waiting: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {"report": [], "deliver": []})
    open_now: int = 0
    open_most: int = 0
    told_the_secret: bool = False
    _groups: Any = field(default_factory=lambda: count(1))

    def url(self, kind: str = "norsubmit") -> str:
        return f"{self.address}/sms/{kind}"

    async def called(self, request: web.Request) -> web.StreamResponse:
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        try:
            await asyncio.sleep(0.005)
            return await self._answer(request, request.match_info["kind"], await request.read())
        finally:
            self.open_now -= 1

    async def _answer(self, request: web.Request, kind: str, body: bytes) -> web.StreamResponse:
        self.told_the_secret |= SECRET.encode() in body or SECRET.encode() in b64decode(body)
        said = json.loads(b64decode(body, validate=True))
        self.calls.append(said)
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "hang":
            await asyncio.sleep(30)
        if trouble == "vanish":
            return _hang_up(request)
        if trouble == "babble" or isinstance(trouble, int):
            return web.Response(status=trouble if isinstance(trouble, int) else 200, text="<html>系统维护中</html>")
        no = self._no(kind, said) or (trouble if trouble != "drop" else "")
        if not no and kind in self.waiting:
            brought, self.waiting[kind] = self.waiting[kind], []
            return web.json_response(brought)
        group = "" if no else self._taken(said)
        if trouble == "drop":
            return _hang_up(request)
        return web.json_response({"msgGroup": group, "rspcod": no or "success", "success": not no})

    def _taken(self, said: dict[str, Any]) -> str:
        group = f"0906163415{next(self._groups):012d}"
        self.taken += [Taken(group, mobile, text, said["addSerial"]) for mobile, text in _texts(said).items()]
        return group

    def _no(self, kind: str, said: dict[str, Any]) -> str:
        """The refusal that the platform would give."""
        known = (said.get("ecName"), said.get("apId")) == (NAME, ACCOUNT)
        if not known or (kind not in self.waiting and "addSerial" not in said):
            return "InvalidUsrOrPwd"
        if said.get("mac") != mac(said, *_ORDERS[kind]):
            return "IllegalMac"
        return "" if kind in self.waiting else self._no_to_texts(said)

    def _no_to_texts(self, said: dict[str, Any]) -> str:
        numbers = _texts(said)
        if said["sign"] != SIGN:
            return "NoSignId"
        if len(numbers) > 5000 or (not said["mobiles"] and len(numbers) >= 1000):
            return "TooManyMobiles"
        wrong = self.bad & numbers.keys() or not all(len(one) == 11 and one.isdigit() for one in numbers)
        return "InvalidMobile" if wrong else ""


def mac(said: dict[str, Any], *names: str) -> str:
    whole = NAME + ACCOUNT + SECRET + "".join(said[name] for name in names)
    return hashlib.md5(whole.encode()).hexdigest()


@asynccontextmanager
async def running(certificate: Path | None = None) -> AsyncIterator[FakeCloudMas]:
    """A server of its own on a free port; by TLS with a certificate of its own, which is put into that folder."""
    fake = FakeCloudMas()
    application = web.Application(client_max_size=4 * 1024 * 1024)
    application.router.add_post("/sms/{kind}", fake.called)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*_made(certificate))
        shown = x509.load_pem_x509_certificate((certificate / "shown.pem").read_bytes())
        fake.fingerprint = shown.fingerprint(hashes.SHA256()).hex()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.address = f"{'https' if context else 'http'}://{host}:{port}"
    try:
        yield fake
    finally:
        await runner.cleanup()


def _texts(said: dict[str, Any]) -> dict[str, str]:
    """By number what it gets."""
    if not said["mobiles"]:
        found: dict[str, str] = json.loads(said["content"])
        return found
    text = said["content"] if "content" in said else json.loads(said["params"])[0]
    return dict.fromkeys(said["mobiles"].split(","), text)


def _made(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mas.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                           critical=False).sign(key, hashes.SHA256()))
    shown, secret = folder / "shown.pem", folder / "secret.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))
    return shown, secret


def _hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
