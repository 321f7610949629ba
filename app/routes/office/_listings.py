"""Listings of one kind that an officer sees: those that run, and those that are over."""

from typing import TypeVar

from sqlalchemy import Select

from app import clock
from app.listings.listings import Listing, State
from app.staff import scopes
from app.staff.accounts import Officer

L = TypeVar("L", bound=Listing)


def seen(kind: type[L], officer: Officer, *, past: bool = False) -> Select[L]:
    """Open ones that are not over, soonest first; or the others, the newest first."""
    runs = (kind.state == State.OPEN) & (kind.ends_at > clock.now())
    mine = scopes.around(kind, officer)
    return mine.where(~runs).order_by(kind.starts_at.desc()) if past else mine.where(runs).order_by(
        kind.starts_at, kind.number)
