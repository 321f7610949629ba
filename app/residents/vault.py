"""What is kept encrypted, ID numbers first of all: sealed with DATA_KEY, and found again by a keyed hash."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import settings_of


class WrongKey(Exception):
    """What is stored was sealed with another DATA_KEY."""


class Vault:
    """Seals, opens and marks. The keys for sealing and for marking are derived apart from the one setting."""

    def __init__(self, data_key: str) -> None:
        self._fernet = Fernet(urlsafe_b64encode(_derived(data_key, b"doorstep: seal")))
        self._marking = _derived(data_key, b"doorstep: mark")

    def seal(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """Raises WrongKey when the key has changed since, or the value was tampered with."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise WrongKey("DATA_KEY is not the one with which this was stored") from None

    def seal_text(self, plain: str) -> str:
        return self.seal(plain.encode()).decode("ascii")

    def open_text(self, sealed: str) -> str:
        return self.open(sealed.encode("ascii")).decode()

    def mark(self, plain: str) -> str:
        """The same text has the same mark, and nobody without the key can try numbers until one fits."""
        return hmac.digest(self._marking, plain.encode(), hashlib.sha256).hex()


def of(db: AsyncSession) -> Vault:
    """The vault of the settings with which the database was opened."""
    return with_key(settings_of(db).data_key)


@lru_cache(maxsize=4)
def with_key(data_key: str) -> Vault:
    return Vault(data_key)


def _derived(data_key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(data_key.encode())
