"""What was done a moment ago, said once on the next page in the words of the text that would say it."""

from collections.abc import Sequence
from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.arguments import AnyRequest
from app.listings import signups
from app.listings.signups import Place
from app.listings.visits import Person
from app.residents.residents import Resident

_COOKIE = "done"
_SECONDS = 60


def remember_cancelled(response: Response[Any], signup_id: int) -> None:
    response.set_cookie(_COOKIE, str(signup_id), max_age=_SECONDS, httponly=True, samesite="lax")


def forget(response: Response[Any]) -> None:
    response.delete_cookie(_COOKIE)


def is_remembered(request: AnyRequest) -> bool:
    return _COOKIE in request.cookies


async def said(db: AsyncSession, request: AnyRequest, people: Sequence[Resident | Person]) -> str:
    """The sentence, if it is about one of these people; nothing otherwise."""
    given = request.cookies.get(_COOKIE, "")
    found = await signups.with_ids(db, [int(given)]) if given.isdecimal() and len(given) < 18 else []
    ids = {person.id for person in people}
    for signup in found:
        if signup.resident_id in ids and signup.place == Place.CANCELLED:
            named = {"name": signup.resident.name} if len(people) > 1 else {}
            return words.text("cancelled.txt", listing=signup.listing, short=True, **named)
    return ""
