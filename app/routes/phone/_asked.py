"""The number that a code was sent to, kept on the device until the code is typed in: whoever looks at the text
meanwhile finds the same step again, also when the phone had to load the page anew."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from litestar import Response

from app.access import codes
from app.arguments import AnyRequest
from app.settings import Settings

_COOKIE = "asked"


def remember(response: Response[Any], request: AnyRequest, phone: str) -> None:
    token = urlsafe_b64encode(_cipher(request).encrypt(phone.encode(), None)).decode()
    response.set_cookie(_COOKIE, token, max_age=int(codes.KEPT.total_seconds()), httponly=True, samesite="lax",
                        secure=_settings(request).public_url.startswith("https"))


def phone_of(request: AnyRequest) -> str:
    """The number, or nothing: when none was asked for lately, or it was a wrong one and `?other` begins anew."""
    if "other" in request.query_params:
        return ""
    try:
        return _cipher(request).decrypt(urlsafe_b64decode(request.cookies.get(_COOKIE, "")), None).decode()
    except (InvalidTag, ValueError):
        return ""


def forget(response: Response[Any]) -> None:
    response.delete_cookie(_COOKIE)


def _cipher(request: AnyRequest) -> AESSIV:
    return AESSIV(sha256(f"asked for a code:{_settings(request).secret_key}".encode()).digest())


def _settings(request: AnyRequest) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
