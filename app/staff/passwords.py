"""Passwords: hashed slowly on purpose, in threads, so that the server goes on meanwhile."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

SHORTEST, LONGEST = 10, 200
# A hash of nothing, so that an unknown user name takes as long as a wrong password.
DECOY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$0JvpB4n9fXJGm5oYJ3d1rT1oN8xJ0m8wZyqB0b1cJ5E"
# Each hash takes 64 MB while it is made, so two at a time; the others wait without holding anything.
COST: dict[str, Any] = {}  # argon2's own defaults (RFC 9106); tests, which make thousands, put less here
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


def hashed(password: str) -> str:
    """The hash to keep; takes a fifth of a second."""
    from argon2 import PasswordHasher

    return PasswordHasher(**COST).hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether this is the password of that hash; one that is too long never is."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(kept, password[:LONGEST]) and len(password) <= LONGEST
    except (VerificationError, InvalidHashError):
        return False


async def soon_hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_workers, hashed, password)


async def soon_fits(kept: str, password: str) -> bool:
    return await asyncio.get_running_loop().run_in_executor(_workers, fits, kept, password)
