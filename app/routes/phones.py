"""The simulated phones as web pages, for the demo and for whoever wants to play a resident."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import phones
from app.arguments import AnyRequest, Db
from app.errors import NotFound
from app.i18n import _
from app.pages import page
from app.routes._near import simulated
from app.routes.gateway import cleaned
from app.settings import Settings
from app.sms.arrivals import Inbound
from app.sms.gateways.base import Incoming
from app.sms.gateways.simulator import SimulatedMessage
from app.sms.inbox import Inbox

KEYS = ("1", "2", "3", "岗位", "我的", "取消", "帮助", "电话", "退订")
_PHONES, _LOOKED_AT, _BUBBLES = 30, 400, 60


@dataclass(frozen=True)
class Bubble:
    """One text on a phone's screen; `mine` was sent from it. `times` is more than one where the carrier repeated it."""

    text: str
    at: datetime
    mine: bool
    times: int = 1


@dataclass(frozen=True)
class Phone:
    """A phone in the list, with its latest text."""

    number: str
    token: str
    latest: Bubble


@get("/phones")
async def all_phones(request: AnyRequest, db: Db) -> Response[Any]:
    settings = await simulated(request)
    return page(request, "phones/list.html", block="recent", phones=await _recent(db, settings), problem="", typed="")


@post("/phones", opt={"looks": True})
async def open_phone(request: AnyRequest, db: Db) -> Response[Any]:
    """Take up the phone with the number that was typed; a number that nobody has ever used is as good as any."""
    settings = await simulated(request)
    typed = str((await request.form()).get("phone", ""))
    try:
        return Redirect("/phones/" + token_of(settings, phones.read(typed)), status_code=303)
    except phones.NotAPhone:
        return page(request, "phones/list.html", status=400, phones=await _recent(db, settings), typed=typed[:60],
                    problem=_("That is not a mobile number. Please type 11 digits."))


@get("/phones/{token:str}")
async def one_phone(request: AnyRequest, db: Db, token: FromPath[str]) -> Response[Any]:
    number = phone_of(await simulated(request), token)
    return page(request, "phones/phone.html", block="conversation", number=number, keys=KEYS,
                bubbles=await _conversation(db, number))


@post("/phones/{token:str}")
async def answer(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """A text from this phone, just as if a carrier had brought it."""
    number = phone_of(await simulated(request), token)
    text = str((await request.form()).get("text", ""))
    inbox: Inbox = request.app.state.inbox
    await inbox.receive("simulator", [cleaned(Incoming(number, text, text))])
    return Redirect("/phones/" + token, status_code=303)


def token_of(settings: Settings, phone: str) -> str:
    """The phone in an address, where a number in plain digits does not belong."""
    return urlsafe_b64encode(_cipher(settings).encrypt(phone.encode(), None)).decode().rstrip("=")


def phone_of(settings: Settings, token: str) -> str:
    """The number behind an address. Raises NotFound for one that token_of() did not make."""
    try:
        return _cipher(settings).decrypt(urlsafe_b64decode(token + "=" * (-len(token) % 4)), None).decode()
    except (InvalidTag, ValueError):
        raise NotFound from None


def _cipher(settings: Settings) -> AESSIV:
    return AESSIV(sha256(f"simulated phones:{settings.secret_key}".encode()).digest())


async def _recent(db: AsyncSession, settings: Settings) -> Sequence[Phone]:
    """The phones that something happened on lately, the latest first."""
    arrived = await db.scalars(select(SimulatedMessage).where(SimulatedMessage.arrived)
                               .order_by(SimulatedMessage.id.desc()).limit(_LOOKED_AT))
    sent = await db.scalars(select(Inbound).where(Inbound.gateway == "simulator")
                            .order_by(Inbound.id.desc()).limit(_LOOKED_AT))
    found = [*((row.phone, _arrived(row)) for row in arrived), *((row.phone, _sent(row)) for row in sent)]
    latest: dict[str, Bubble] = {}
    for number, bubble in found:
        if number not in latest or bubble.at > latest[number].at:
            latest[number] = bubble
    newest = sorted(latest.items(), key=lambda item: item[1].at, reverse=True)[:_PHONES]
    return [Phone(number, token_of(settings, number), bubble) for number, bubble in newest]


async def _conversation(db: AsyncSession, number: str) -> Sequence[Bubble]:
    """What the phone got and sent, the newest first: the page shows it upside down, so that the newest is in view."""
    arrived = await db.scalars(select(SimulatedMessage)
                               .where(SimulatedMessage.phone == number, SimulatedMessage.arrived)
                               .order_by(SimulatedMessage.id.desc()).limit(_BUBBLES))
    sent = await db.scalars(select(Inbound).where(Inbound.phone == number, Inbound.gateway == "simulator")
                            .order_by(Inbound.id.desc()).limit(_BUBBLES))
    bubbles = [*map(_arrived, arrived), *map(_sent, sent)]
    return sorted(bubbles, key=lambda bubble: bubble.at, reverse=True)[:_BUBBLES]


def _arrived(row: SimulatedMessage) -> Bubble:
    return Bubble(row.text, row.at, mine=False, times=row.repeats + 1)


def _sent(row: Inbound) -> Bubble:
    return Bubble(row.text, row.received_at, mine=True)


ROUTES = [all_phones, open_phone, one_phone, answer]
