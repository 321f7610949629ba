"""What we know about you: everything the registry holds of one person, as they read it, to look at or take along."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import clock, i18n, phones, words
from app.access import card_numbers
from app.calls.calls import Call
from app.i18n import _
from app.listings.signups import Signup, SignupChange
from app.org import areas
from app.residents import cards, hardship, residents
from app.residents.households import Household
from app.residents.residents import Resident, WordKind, WorkStatusChange
from app.rights import wording
from app.sms import consent
from app.sms.arrivals import Inbound
from app.sms.batches import Batch
from app.sms.outbox import Message
from app.sms.replies import Reply
from app.staff.accounts import Officer
from app.staff.audit import Audit

LOOKED_DAYS = 365  # as long as it is kept who read what
MOST = 100
Row = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """A heading, and what stands under it: (what, value) in the reader's language."""

    title: str
    rows: list[Row]


async def of(db: AsyncSession, person: Resident, *, shared: bool) -> list[Part]:
    """On a phone that several share, what the others need not learn is covered: who has it whole is the station."""
    found = [
        Part(i18n.say(_("About you")), await _person(db, person, shared)),
        Part(i18n.say(_("What you can and want to do")), await _words(db, person)),
        Part(i18n.say(_("Help that you have a right to")), await _hardship(db, person, shared)),
        Part(i18n.say(_("What you said about texts")), await _consents(db, person)),
        Part(i18n.say(_("Work that you signed up for")), await _signups(db, person)),
        Part(i18n.say(_("What we noted about your work")), await _statuses(db, person)),
        Part(i18n.say(_("Calls that we noted for you")), await _calls(db, person)),
        Part(i18n.say(_("What you answered to our questions")), await _replies(db, person)),
        Part(i18n.say(_("Texts that we keep")), await _texts(db, person, shared)),
        Part(i18n.say(_("Who of the station looked")), await _looked(db, person))]
    return [part for part in found if part.rows]


async def _person(db: AsyncSession, person: Resident, shared: bool) -> list[Row]:
    trail = " ".join(area.name for area in await areas.above(db, await areas.get(db, person.area_id)))
    door = await db.get(Household, person.household_id) if person.household_id else None
    card = await card_numbers.of(db, person)
    on_card = card_numbers.shown(card.number) if card else ""
    number = cards.masked_id_number(db, person)
    born = person.born_on.isoformat() if person.born_on else ""
    sexes = {"male": _("male"), "female": _("female")}
    return _filled([
        (_("Name"), person.name), (_("Birth date"), f"{born[:4]}-**-**" if shared and born else born),
        (_("Sex"), i18n.gettext(sexes[person.sex]) if person.sex else ""),
        (_("Phone number"), phones.national(person.phone) if person.phone else ""),
        (_("Lives at"), trail), (_("Door"), _door(door)),
        (_("Household number"), ("***" if shared else door.number) if door and door.number else ""),
        (_("Comes from"), door.origin if door else ""),
        (_("Identity number"), number if number is not None else i18n.say(_("kept sealed"))),
        (_("Language"), i18n.gettext(LANGUAGES[person.language])),
        (_("Card number"), f"***{on_card[3:]}" if shared and card else on_card),
        (_("The number seems wrong since"), _day(person.wrong_phone_at)),
        (_("In the list since"), _day(person.created_at))])


LANGUAGES = {"zh": _("Chinese"), "en": _("English")}


def _door(door: Household | None) -> str:
    return " ".join(part for part in (door.unit, door.room) if part) if door else ""


async def _words(db: AsyncSession, person: Resident) -> list[Row]:
    held = await residents.words_of(db, person)
    return _filled([(_("Can do"), "、".join(held[WordKind.SKILL])), (_("Would like"), "、".join(held[WordKind.WISH])),
                    (_("Cannot"), "、".join(map(wording.limit, held[WordKind.LIMIT])))])


async def _hardship(db: AsyncSession, person: Resident, shared: bool) -> list[Row]:
    rows = await hardship.of(db, person)
    if shared and rows:
        return [(i18n.say(_("Noted")), i18n.say(_("Others use this phone, too. Please ask at the station.")))]
    english = i18n.language() == "en"
    return [(category.name_en if english and category.name_en else category.name,
             " · ".join(part for part in (row.ground, _span(row.since, row.until)) if part)) for row, category in rows]


async def _consents(db: AsyncSession, person: Resident) -> list[Row]:
    if not person.phone:
        return []
    said = await consent.log(db, person.phone, most=MOST)
    return [(f"{words.year_day(one.at)} · {i18n.gettext(wording.PURPOSES.get(one.purpose, one.purpose))}",
             f"{i18n.gettext(wording.WORDS.get(one.word, one.word))} ({wording.source(one.source)})") for one in said]


async def _signups(db: AsyncSession, person: Resident) -> list[Row]:
    rows = await db.scalars(select(Signup).options(joinedload(Signup.listing)).where(Signup.resident_id == person.id)
                            .order_by(Signup.id.desc()).limit(MOST))
    return [(f"{one.listing.number} {one.listing.title} · {words.year_day(one.listing.starts_at)}",
             i18n.gettext(wording.PLACES.get(one.place, one.place))) for one in rows]


async def _statuses(db: AsyncSession, person: Resident) -> list[Row]:
    rows = list(await db.scalars(select(WorkStatusChange).where(WorkStatusChange.resident_id == person.id)
                                 .order_by(WorkStatusChange.id.desc()).limit(MOST)))
    now = [] if rows and rows[0].work_status == person.work_status else [
        (i18n.say(_("Now")), wording.status(person.work_status))]
    return now + [(words.year_day(one.at), f"{wording.status(one.work_status)} ({wording.source(one.source)})")
                  for one in rows]


async def _calls(db: AsyncSession, person: Resident) -> list[Row]:
    rows = await db.scalars(select(Call).where(Call.resident_id == person.id).order_by(Call.id.desc()).limit(MOST))
    return [(words.year_day(one.created_at), i18n.say(_("done")) if one.done_at else i18n.say(_("somebody will call")))
            for one in rows]


async def _replies(db: AsyncSession, person: Resident) -> list[Row]:
    rows = await db.execute(select(Batch.title, Reply.at, Reply.choice).join(Batch, Batch.id == Reply.batch_id)
                            .where(Reply.resident_id == person.id).order_by(Reply.at.desc()).limit(MOST))
    return [(f"{words.year_day(at)} · {title}", str(choice)) for title, at, choice in rows]


async def _texts(db: AsyncSession, person: Resident, shared: bool) -> list[Row]:
    """How many: their words are on the page that says why each came."""
    if not person.phone:
        return []
    sent = list(await db.scalars(select(Message.addressed).where(Message.phone == person.phone)))
    mine = sum(not one or person.id in one for one in sent)
    whose = Inbound.resident_id == person.id if shared else Inbound.phone == person.phone
    came = len(list(await db.scalars(select(Inbound.id).where(whose))))
    return [(i18n.say(_("From us to you")), str(mine)), (i18n.say(_("From you to us")), str(came))]


async def _looked(db: AsyncSession, person: Resident) -> list[Row]:
    since = clock.now() - timedelta(days=LOOKED_DAYS)
    calls = select(Call.id).where(Call.resident_id == person.id)
    wrote = select(Inbound.id).where(Inbound.resident_id == person.id)
    rows: list[tuple[datetime, str, str]] = [(at, name, verb) for at, name, verb in await db.execute(
        select(Audit.at, Officer.name, Audit.verb).join(Officer, Officer.id == Audit.officer_id)
        .where(or_(and_(Audit.subject == Resident.__tablename__, Audit.subject_id == person.id),
                   and_(Audit.subject == Call.__tablename__, Audit.subject_id.in_(calls)),
                   and_(Audit.subject == Inbound.__tablename__, Audit.subject_id.in_(wrote))), Audit.at >= since))]
    rows += [(at, name, "take_off" if place == "cancelled" else "sign_up") for at, name, place in await db.execute(
        select(SignupChange.at, Officer.name, SignupChange.place)
        .join(Officer, Officer.id == SignupChange.officer_id).join(Signup, Signup.id == SignupChange.signup_id)
        .where(Signup.resident_id == person.id, SignupChange.at >= since,
               SignupChange.place.in_(("taken", "waiting", "cancelled"))))]
    newest = sorted(rows, reverse=True)[:MOST]
    return [(f"{words.year_day(at)} · {name}", i18n.gettext(wording.LOOKED.get(verb, wording.OTHERWISE)))
            for at, name, verb in newest]


def _filled(rows: Iterable[Row]) -> list[Row]:
    return [(i18n.gettext(what), value) for what, value in rows if value]


def _day(moment: datetime | None) -> str:
    return words.year_day(moment) if moment else ""


def _span(since: object, until: object) -> str:
    return f"{since or ''} – {until or ''}".strip() if since or until else ""
