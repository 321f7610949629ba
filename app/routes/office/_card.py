"""A resident as typed into the form, and the form of a resident who is there. A phone or an ID number that is already
known stands in its field masked, and stays what it is when nobody types over it."""

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, phones
from app.errors import Refused
from app.i18n import _
from app.jobs.jobs import TRADES, Demand
from app.org.areas import Area
from app.residents import cards, residents
from app.residents.cards import Facts
from app.residents.consents import Source, Told
from app.residents.residents import Resident, Sex, WorkStatus
from app.routes.office._forms import Form
from app.sms.consent import PURPOSES, Word


def facts_of(form: Form, area: Area, *, phone: str = "", id_number: str = "") -> Facts:
    """Raises Refused, naming the field, for what cannot be read. `phone` is the known one, `id_number` the known one
    as the form showed it."""
    typed, number = form.get("phone"), form.get("id_number")
    return Facts(
        name=form.get("name"), area=area, sex=Sex(form.get("sex")) if form.get("sex") in set(Sex) else None,
        born_on=form.day("born_on") if form.get("born_on") else None,
        phone=phone if phone and typed == phones.mask(phone) else typed, unit=form.get("unit"), room=form.get("room"),
        work_status=_status(form), skills=_words(form, "skill"), wishes=_words(form, "wish"),
        limits=[word for word in form.all("limit") if word in set(Demand)],
        id_number=None if id_number and number == id_number else number, namesake=form.ticked("namesake"))


async def form_of_resident(db: AsyncSession, person: Resident) -> Form:
    """What the form shows of somebody; area and household are loaded."""
    words = await residents.words_of(db, person)
    home = person.household
    typed = {
        "name": person.name, "sex": person.sex or "", "born_on": person.born_on.isoformat() if person.born_on else "",
        "phone": phones.mask(person.phone) if person.phone else "", "area": person.area.code,
        "unit": home.unit if home else "", "room": home.room if home else "", "work_status": person.work_status,
        "id_number": shown_id_number(db, person),
        **{f"{kind}_more": "、".join(word for word in words[kind] if word not in TRADES) for kind in ("skill", "wish")}}
    ticked = [(kind, word) for kind in ("skill", "wish") for word in words[kind] if word in TRADES]
    return Form(FormMultiDict([*typed.items(), *ticked, *(("limit", word) for word in words["limit"])]))


def shown_id_number(db: AsyncSession, person: Resident) -> str:
    """The masked number; stars alone for one that cannot be read any more."""
    return cards.masked_id_number(db, person) or ("*" * 18 if person.id_number else "")


def told_of(form: Form) -> Told | None:
    """What the person says about texts, if they were asked. Raises Refused, naming the field."""
    if not form.get("word"):
        return None
    if form.get("word") not in set(Word) or form.get("source") not in set(Source):
        raise Refused(_("Please choose one."), field="source" if form.get("word") in set(Word) else "word")
    if form.get("about") not in ("", *PURPOSES):
        raise Refused(_("Please choose one."), field="about")
    return Told(Word(form.get("word")), Source(form.get("source")),
                form.day("on") if form.get("on") else clock.today(), form.get("ground"), form.get("about") or None)


def _status(form: Form) -> WorkStatus:
    chosen = form.get("work_status", WorkStatus.UNKNOWN)
    if chosen not in set(WorkStatus):
        raise Refused(_("Please choose one."), field="work_status")
    return WorkStatus(chosen)


def _words(form: Form, kind: str) -> list[str]:
    """What is ticked, and other words that were typed."""
    return [word for word in (*form.all(kind), form.get(f"{kind}_more")) if word]
