"""Several places in one answer: several listings, several people, or both. What is refused leaves the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.calls.calls import Why
from app.db import deed
from app.errors import Refused
from app.i18n import _
from app.listings import signups
from app.listings.listings import Listing
from app.listings.signups import NeedsBirthDate, Place, Signup, Via
from app.residents.residents import Resident
from app.sms.answers import Answer, Said, _passed_on, first_that_fits, joined
from app.sms.answers._passed_on import needs


@dataclass
class _Came:
    """What came of it: who has a place, who waits at which turn, who had signed up before, who was refused and why,
    whose birth date we lack."""

    taken: list[Signup] = field(default_factory=list)
    waiting: list[Signup] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    unborn: list[Resident] = field(default_factory=list)


async def sign_up(db: AsyncSession, said: Said, listings: Sequence[Listing], people: Sequence[Resident], *,
                  others: int = 0, unheard: Sequence[int] = ()) -> Answer:
    """Sign up everybody of them for every one of these; `others` come along of whom the registry knows nothing, so
    that somebody telephones; `unheard` are numbers that no listing has."""
    came = _Came(refused=[(words.text("label.txt", number=number, title="", name=""), i18n.gettext(_NO_SUCH))
                          for number in unheard])
    for listing in listings:
        for person in people:
            await _one(db, came, listing, person, _label(listing, person, len(listings), len(people)))
    did = await _passed_on.ask(db, said, Why.TOLD, about=listings[0]) if others else {}
    if came.taken or came.waiting:
        did["signed_up"] = [signup.id for signup in (*came.taken, *came.waiting)]
    wordings = []
    if came.taken or came.waiting or came.before or came.refused or others:
        wordings = _wordings(came, listings, people, others)
    if came.unborn:
        asked = ask_birth(said, came.unborn[0], listings, [one.id for one in came.unborn])
        whole = [joined(text, asked.text) for text in wordings] or [asked.text]
        return replace(asked, text=first_that_fits(db, *whole), did=did, needs=needs(Why.TOLD) if others else None)
    held = dict.fromkeys(signup.listing.number for signup in (*came.taken, *came.waiting))
    return Answer(first_that_fits(db, *wordings), asks=f"signed:{','.join(map(str, held))}" if held else "", did=did,
                  addressed=tuple(person.id for person in people), listing_id=listings[0].id,
                  needs=needs(Why.TOLD) if others else None)


async def cancel(db: AsyncSession, held: Sequence[Signup], *, unheard: Sequence[int] = ()) -> Answer:
    """Give all of these back; `unheard` are numbers for which nobody of the phone has signed up."""
    people = {one.resident_id for one in held}
    done: list[Signup] = []
    refused: list[str] = []
    for one in sorted(held, key=lambda one: one.place == Place.TAKEN):  # whoever waits gives up, and does not move up
        try:
            async with deed(db):
                await signups.cancel(db, one, via=Via.TEXT)
            done.append(one)
        except Refused as no:
            refused.append(i18n.why(no))
    labels = [words.text("label.txt", number=one.listing.number, title=one.listing.title if len(held) == 1 else "",
                         name=one.resident.name if len(people) > 1 else "") for one in held if one in done]
    text = first_that_fits(db, *(
        words.text("cancelled_several.txt", labels=labels, refused=refused, unheard=unheard, short=short)
        for short in (False, True)))
    return Answer(text, addressed=tuple(people), did={"cancelled": [one.id for one in done]} if done else {})


async def _one(db: AsyncSession, came: _Came, listing: Listing, person: Resident, label: str) -> None:
    if await signups.held(db, listing, person) is not None:
        came.before.append(label)
        return
    try:
        async with deed(db):
            signup = await signups.sign_up(db, listing, person, via=Via.TEXT)
    except NeedsBirthDate:
        if person not in came.unborn:
            came.unborn.append(person)
    except Refused as no:
        came.refused.append((label, i18n.why(no)))
    else:
        (came.taken if signup.place == Place.TAKEN else came.waiting).append(signup)


def _wordings(came: _Came, listings: Sequence[Listing], people: Sequence[Resident], others: int) -> list[str]:
    """The same in ever fewer words."""
    several = len(listings), len(people)

    def label(signup: Signup) -> str:
        return _label(signup.listing, signup.resident, *several)

    taken = [(label(one), one.listing) for one in came.taken]
    waiting = [(label(one), one.turn) for one in came.waiting]
    return [words.text("signed_up.txt", listing=listings[0], one=several[0] == 1, detail=detail, others=others,
                       taken=taken, waiting=waiting, before=came.before, refused=came.refused)
            for detail in (4, 3, 2, 1, 0)]


def _label(listing: Listing, person: Resident, listings: int, people: int) -> str:
    """How one place of several is named: by what they differ in."""
    return words.text("label.txt", number=listing.number if listings > 1 else 0, title="",
                      name=person.name if people > 1 else "")


def ask_birth(said: Said, person: Resident, listings: Sequence[Listing], ids: Sequence[int]) -> Answer:
    """The question for a birth date; then these people are signed up for these listings."""
    return Answer(words.text("birth_date.txt", name=person.name if len(said.people) > 1 else ""),
                  asks=f"birth:{','.join(str(listing.number) for listing in listings)}", addressed=(person.id,),
                  listing_id=listings[0].id,
                  memory={"people": list(ids), "listings": [listing.id for listing in listings]})


_NO_SUCH = _("There is no such number.")
