"""Find a resident, see what the register knows, open the phone. Names are searched by POST: they stay out of URLs."""

from datetime import timedelta

from litestar import Response, get, post
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import clock
from app.access import card_numbers
from app.arguments import AnyRequest, Db, Officer, RowId
from app.calls.calls import Call
from app.desk import conversations
from app.jobs import pushes
from app.listings import signups
from app.listings.listings import Listing
from app.org import areas
from app.pages import page
from app.residents import cards, hardship, residents
from app.residents.residents import Resident
from app.rights import deletion
from app.routes.office._forms import Form, form_of
from app.routes.office.calls import theirs
from app.sms import consent
from app.sms.batches import Batch, Reason
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

FOUND_AT_MOST = 40
LOADED = (joinedload(Resident.area), joinedload(Resident.household))


@get("/office/residents", opt={"may": May.LOOK})
async def search_form(request: AnyRequest, officer: Officer) -> Response[str]:
    return page(request, "office/residents/search.html", officer=officer, typed="", found=None, most=FOUND_AT_MOST)


@post("/office/residents", opt={"may": May.LOOK, "looks": True}, status_code=200)
async def search(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    typed = (await form_of(request)).get("q")[:40]
    found = await find(db, officer, typed)
    return page(request, "office/residents/search.html", officer=officer, typed=typed, found=found, most=FOUND_AT_MOST)


@get("/office/residents/{resident_id:int}", opt={"may": May.LOOK})
async def resident(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str]:
    person = await scopes.load(db, Resident, resident_id, officer, *LOADED)
    return await show(request, db, officer, person)


@post("/office/residents/{resident_id:int}/phone", opt={"may": May.OPEN}, status_code=200)
async def open_phone(request: AnyRequest, db: Db, officer: Officer, resident_id: RowId) -> Response[str]:
    person = await scopes.load(db, Resident, resident_id, officer)
    phone = await residents.open_phone(db, person, by=officer)
    back = (await form_of(request)).get("back")
    return page(request, "office/residents/phone.html", block="phone", phone=phone, name=person.name,
                back=back if back.startswith("/office/") else f"/office/residents/{person.id}")


async def show(request: AnyRequest, db: AsyncSession, officer: Account, person: Resident, *, form: Form | None = None,
               errors: dict[str, str] | None = None, box: str = "") -> Response[str]:
    """Everything about one person. `box` names the box whose form was refused, with what was typed and why."""
    held = await signups.held_by(db, [person.id])
    calls = await _calls(db, officer, person)
    listings = await db.scalars(select(Listing).where(Listing.id.in_({call.listing_id for call in calls})))
    return page(request, "office/residents/resident.html", status=409 if errors else 200, person=person,
                officer=officer, age=person.age(clock.today()), words=await residents.words_of(db, person),
                trail=[area.name for area in await areas.above(db, person.area) if _over(officer, area.path)],
                talk=await conversations.newest(db, officer, filter(None, [person.phone])),
                held=held, held_ids={signup.listing_id for signup in held},
                consent=await consent.held(db, person.phone or ""), calls=calls,
                records=await consent.log(db, person.phone or "", most=10), told=await _told(db, person),
                listings={listing.id: listing for listing in listings}, sharing=await _sharing(db, officer, person),
                id_number=cards.masked_id_number(db, person), grounds=await hardship.of(db, person),
                categories=await hardship.categories(db, clock.today()), form=form or Form(), errors=errors or {},
                box=box, card=await card_numbers.of(db, person), leaving=await deletion.asked(db, person))


async def find(db: AsyncSession, officer: Account, typed: str, *, old_enough: bool = False) -> list[Resident]:
    """People in scope of that name (or whose name begins so), or whose phone ends in these four digits; with
    `old_enough` without the children."""
    if not typed:
        return []
    digits = typed.isdecimal() and typed.isascii()
    if digits and len(typed) != 4:
        return []
    fits = Resident.phone.endswith(typed) if digits else Resident.name.startswith(typed, autoescape=True)
    chosen = scopes.visible(Resident, officer).where(fits, Resident.left_at.is_(None))
    if old_enough:
        born = clock.today() - timedelta(days=residents.WORKING_AGE * 365)
        chosen = chosen.where(or_(Resident.born_on.is_(None), Resident.born_on <= born))
    return list(await db.scalars(
        chosen
        .options(joinedload(Resident.area), joinedload(Resident.household)).order_by(Resident.name, Resident.id)
        .limit(FOUND_AT_MOST)))


def _over(officer: Account, path: str) -> bool:
    """Whether this area lies inside the officer's, so that its name tells the officer something."""
    return path.startswith(officer.area.path)


async def _calls(db: AsyncSession, officer: Account, person: Resident) -> list[Call]:
    """Calls that this person waits for."""
    if not officer.may(May.CALL):
        return []
    return list(await db.scalars(theirs(officer).where(Call.resident_id == person.id, Call.done_at.is_(None))
                                 .order_by(Call.id).limit(10)))


async def _sharing(db: AsyncSession, officer: Account, person: Resident) -> list[Resident]:
    """Others in scope at the same phone: the word about texts holds for them, too."""
    if not person.phone:
        return []
    return list(await db.scalars(scopes.visible(Resident, officer).where(
        Resident.phone == person.phone, Resident.id != person.id, Resident.left_at.is_(None)).limit(10)))


async def _told(db: AsyncSession, person: Resident) -> list[tuple[Batch, list[str], Listing | None]]:
    """The latest batches that told this person something, and why."""
    rows = await db.execute(select(Batch, Reason, Listing).join(Reason, Reason.batch_id == Batch.id)
                            .outerjoin(Listing, Listing.id == Batch.listing_id)
                            .where(Reason.resident_id == person.id).order_by(Batch.id.desc()).limit(10))
    return [(batch, [pushes.explain(code) for code in reason.why], listing) for batch, reason, listing in rows]


ROUTES = [search_form, search, resident, open_phone]
