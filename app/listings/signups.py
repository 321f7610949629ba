"""Sign-ups: who has a place, who waits, who took it back. The one way to a place, for pages and texts alike."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Id, Table, only
from app.listings.listings import Listing
from app.residents.residents import Resident


class Via(StrEnum):
    TEXT = "text"
    PAGE = "page"
    STAFF = "staff"


class Place(StrEnum):
    TAKEN = "taken"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


HOLDS = (Place.TAKEN, Place.WAITING)


class Signup(Table):
    """The order of ids is the order of the waiting list."""

    __tablename__ = "signup"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    place: Mapped[str] = mapped_column(String(10))
    via: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    reminded_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")
    resident: Mapped[Resident] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index("uq_signup_held", "listing_id", "resident_id", unique=True,
              **only("place IN ('taken', 'waiting')")),
        Index(None, "listing_id", "place", "id"),
        Index(None, "resident_id", "place"),
    )


class SignupChange(Table):
    """Every state a sign-up came into: when, through which door, by whom among the staff."""

    __tablename__ = "signup_change"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    signup_id: Mapped[int] = mapped_column(ForeignKey("signup.id"), index=True)
    place: Mapped[str] = mapped_column(String(10))
    via: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
