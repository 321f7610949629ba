"""A fair, a course or a bus as typed into the form, and the form of one that is there."""

from dataclasses import fields

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.errors import Refused
from app.i18n import _
from app.listings import listings
from app.occasions.occasions import Draft, Kind, Occasion
from app.routes.office._draft import mark_of, times, typed_times
from app.routes.office._forms import Form


def kind_of(form: Form) -> Kind:
    """Raises Refused where none is chosen."""
    if form.get("kind") not in set(Kind):
        raise Refused(_("Please choose one."), field="kind")
    return Kind(form.get("kind"))


def draft_of(form: Form) -> Draft:
    """Raises Refused, naming the form's field, for what cannot be read; the rules about occasions come later."""
    starts_at, ends_at = times(form)
    return Draft(
        title=form.get("title"), place=form.get("place"), destination=form.get("destination"), starts_at=starts_at,
        ends_at=ends_at, places=form.whole("places", least=1, most=9_999), bring=form.get("bring"),
        cost_fen=0 if form.get("cost").strip("0.元 ") == "" else form.fen("cost"), details=form.get("details"),
        contact=form.get("contact"), min_age=form.whole("min_age", least=0, most=99) if form.get("min_age") else 0)


def form_of_occasion(occasion: Occasion) -> Form:
    """What the form shows of one, or of a copy that starts at another time."""
    return Form.of({
        **typed_times(occasion), "kind": occasion.kind, "title": occasion.title, "place": occasion.place,
        "destination": occasion.destination, "places": str(occasion.places), "bring": occasion.bring,
        "cost": words.yuan(occasion.cost_fen) if occasion.cost_fen else "", "details": occasion.details,
        "contact": occasion.contact, "min_age": str(occasion.min_age or ""), "community": str(occasion.area_id),
        "seen": mark_of(occasion, Draft)})


async def must_be_as_seen(db: AsyncSession, occasion: Occasion, form: Form) -> None:
    """Holds it. Raises Refused where it is no longer what the form showed when it was opened."""
    await listings.locked(db, occasion)
    await db.refresh(occasion, [one.name for one in fields(Draft)])
    if form.get("seen") and form.get("seen") != mark_of(occasion, Draft):
        raise Refused(_("Somebody else has changed this meanwhile. What you typed is still here: compare it with what "
                        "is saved now, and save once more if yours is right."), field="seen")
