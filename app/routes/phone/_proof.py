"""Proving a phone, in two steps of one form: the number, then the code that was sent to it."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, phones
from app.access import codes, links, sessions
from app.access.codes import TooOften
from app.access.sessions import PhoneSession
from app.arguments import AnyRequest, address_of
from app.i18n import _
from app.leading_on import BROWSER
from app.routes.phone._screens import remember_language


@dataclass(frozen=True)
class Proof:
    """Either a session with the token for its cookie, or the step to show and the sentence beside its field."""

    session: PhoneSession | None = None
    token: str = ""
    step: str = "phone"
    error: str = ""
    status: int = 200
    phone: str = ""

    @classmethod
    def of(cls, phone: str) -> "Proof":
        """The step at which somebody is who asked for a code for this phone, or for none."""
        return cls(step="code", phone=phone) if phone else cls()

    @property
    def template(self) -> str:
        return "phone/link_sent.html" if self.step == "link" else f"phone/ask_{self.step}.html"

    @property
    def minutes(self) -> int:
        """How long the link that was sent holds."""
        return int(links.KEPT.total_seconds() // 60)

    def shown(self, typed: dict[str, str]) -> str:
        """The number as people write it, once it is one; what was typed until then."""
        return phones.national(self.phone) or typed.get("phone", "")


async def prove(db: AsyncSession, request: AnyRequest, typed: dict[str, str], *,
                listing_id: int | None = None) -> Proof:
    """Go one step on with what was typed; a link, where one is wanted, leads on to the listing. Never raises for what
    people type: a wrong try has to be kept."""
    if "phone" not in typed:
        return Proof()
    try:
        phone = phones.read(typed["phone"])
    except phones.NotAPhone:
        return Proof(error=i18n.say(_("That is not a mobile number. It has 11 digits and starts with 1.")), status=422)
    if "link" in typed:
        return await _send_link(db, phone, address_of(request), listing_id)
    if "code" not in typed or "again" in typed:
        return await _send(db, phone, address_of(request))
    return await _compare(db, request, phone, typed["code"])


async def _send(db: AsyncSession, phone: str, address: str) -> Proof:
    try:
        await codes.ask(db, phone, address=address)
    except TooOften as error:
        step = "code" if await codes.is_open(db, phone) else "phone"
        return Proof(step=step, error=i18n.why(error), status=429, phone=phone)
    return Proof(step="code", phone=phone)


async def _send_link(db: AsyncSession, phone: str, address: str, listing_id: int | None) -> Proof:
    try:
        await links.ask(db, phone, address=address, listing_id=listing_id)
    except TooOften as error:
        return Proof(error=i18n.why(error), status=429, phone=phone)
    return Proof(step="link", phone=phone)


async def _compare(db: AsyncSession, request: AnyRequest, phone: str, code: str) -> Proof:
    if not code:
        return Proof(step="code", error=i18n.say(_("Please type the six digits from the text.")), status=422,
                     phone=phone)
    if await codes.check(db, phone, code, browser=request.cookies.get(BROWSER, "")):
        token = await sessions.start(db, phone)
        session = await sessions.of(db, token)
        if session is not None:
            await remember_language(db, request, session)
        return Proof(session=session, token=token, phone=phone)
    again = _("That is not the code. Please look at the text again.")
    over = _("This code no longer works. Please press “No text came: send it again” below.")
    return Proof(step="code", error=i18n.say(again if await codes.is_open(db, phone) else over), status=422,
                 phone=phone)
