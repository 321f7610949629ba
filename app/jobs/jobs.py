"""A job is a listing: an employer's work for a day or a season, with its pay and what it asks of people."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Select, String, Text, false, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock, i18n, words
from app.calls import telling
from app.calls.calls import Why
from app.employers.employers import Employer
from app.errors import Refused
from app.i18n import _
from app.jobs import lint, openings
from app.listings import listings, signups, upkeep
from app.listings.listings import Listing, State
from app.org.areas import Area
from app.residents.residents import WORKING_AGE
from app.sms import length
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class PayPer(StrEnum):
    DAY = "day"
    HOUR = "hour"
    PIECE = "piece"
    MONTH = "month"


class Demand(StrEnum):
    """What a job asks of a body and a day; a resident's limits are words of the same list."""

    STANDING = "standing"
    HEAVY = "heavy"
    NIGHT = "night"
    OUTDOOR = "outdoor"
    FAR = "far"            # more than 15 minutes on foot
    FULL_DAY = "full_day"  # longer than school hours
    HEIGHTS = "heights"
    READING = "reading"    # must read and write


# Plain words for work, as people say them; wishes and skills use the same ones.
TRADES = (
    "保洁", "缝纫", "看门", "带娃", "香菇", "装卸", "手工", "做饭", "洗碗", "护理",
    "绿化", "种菜", "采摘", "包装", "质检", "电工", "水暖", "木工", "瓦工", "油漆",
    "焊工", "司机", "送货", "收银", "导购", "服务员", "仓库", "养殖", "修理", "理发",
    "电商", "直播", "织袜", "玩具", "制衣", "编织", "巡逻", "家政", "建筑", "零工",
)


class Job(Listing):
    """`pay_fen` is per `pay_per`; `demands` are words of Demand; `skill` is a trade that is needed, or empty; `seated`
    work is done sitting, `at_home` wherever one likes; `bring` is what to take along."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    trade: Mapped[str] = mapped_column(String(20))
    skill: Mapped[str] = mapped_column(String(20), default="")
    pay_fen: Mapped[int]
    pay_per: Mapped[str] = mapped_column(String(6))
    paid_same_day: Mapped[bool] = mapped_column(default=False)
    meals: Mapped[bool] = mapped_column(default=False)
    bus: Mapped[bool] = mapped_column(default=False)
    insured: Mapped[str] = mapped_column(String(20), default="")
    demands: Mapped[list[str]]
    details: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(40), default="")
    seated: Mapped[bool] = mapped_column(default=False, server_default=false())
    at_home: Mapped[bool] = mapped_column(default=False, server_default=false())
    bring: Mapped[str] = mapped_column(String(60), default="", server_default="")

    employer: Mapped[Employer] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"polymorphic_identity": "job"}  # noqa: RUF012


@dataclass(frozen=True)
class Draft:
    """What staff enter; times are aware moments, pay is in fen."""

    title: str
    trade: str
    place: str
    starts_at: datetime
    ends_at: datetime
    places: int
    pay_fen: int
    pay_per: PayPer = PayPer.DAY
    paid_same_day: bool = False
    meals: bool = False
    bus: bool = False
    insured: str = ""
    demands: list[str] = field(default_factory=list)
    skill: str = ""
    details: str = ""
    contact: str = ""
    seated: bool = False
    at_home: bool = False
    bring: str = ""


async def post(db: AsyncSession, area: Area, employer: Employer, draft: Draft, *, by: Officer) -> Job:
    """A new open job with the next free number of the community; the button pressed twice gives the same one. Raises
    Refused, naming the field."""
    require(by, May.POST)
    _check(draft, starts_after=clock.now())
    if employer.area_id != area.id:
        raise Refused(_("This employer belongs to another community."), field="employer")
    number = await listings.free_number(db, area)
    twin = await _just_posted(db, employer, draft, by)
    if twin is not None:
        return twin
    job = Job(area_id=area.id, employer_id=employer.id, number=number, created_by_id=by.id, **_columns(draft))
    db.add(job)
    await db.flush()
    await openings.write(db, job, employer=employer.name)
    audit.record(db, "post_job", job, by=by, number=job.number)
    return job


async def change(db: AsyncSession, job: Job, draft: Draft, *, by: Officer) -> None:
    """Enter new facts. When time, place or pay changed, everybody with a place or waiting is told; pushes that say
    otherwise and have not left are taken back; more places let people move up. Raises Refused, naming the field."""
    require(by, May.POST)
    await listings.locked(db, job)
    upkeep.must_be_to_come(job)
    _check(draft, starts_after=None if draft.starts_at == job.starts_at else clock.now())
    await upkeep.must_hold(db, job, draft.places)
    columns = _columns(draft)
    await _must_not_shut_out(db, job, columns["min_age"], draft.starts_at)
    changed = [name for name, value in columns.items() if getattr(job, name) != value]
    for name in changed:
        setattr(job, name, columns[name])
    await db.flush()
    if job.open:
        await openings.write(db, job, employer=(await db.get_one(Employer, job.employer_id)).name)
    audit.record(db, "change_job", job, by=by, fields=changed)
    if _PUSHED.intersection(changed):
        await upkeep.withdraw(db, job, reason="changed")
    if _TOLD.intersection(changed):
        await _tell_all(db, job, "changed.txt")
    if "starts_at" in changed:
        await signups.remind_again(db, job)
    if "places" in changed:
        await upkeep.follow_places(db, job)


async def call_off(db: AsyncSession, job: Job, *, by: Officer) -> None:
    """Everybody with a place or waiting is told."""
    await upkeep.call_off(db, job, by=by)
    await openings.remove(db, job)
    await _tell_all(db, job, "called_off.txt")


async def close(db: AsyncSession, job: Job, *, by: Officer) -> None:
    await upkeep.close(db, job, by=by)
    await openings.remove(db, job)


async def open_in(db: AsyncSession, area: Area | None, *, limit: int = 200) -> list[Job]:
    """Jobs that one can sign up for, soonest first; everywhere when no area is given."""
    chosen = _loaded().where(Job.state == State.OPEN, Job.starts_at > clock.now())
    if area is not None:
        chosen = chosen.where(Job.area_id == area.id)
    return list(await db.scalars(chosen.order_by(Job.starts_at, Job.number).limit(limit)))


async def by_number(db: AsyncSession, number: int, *, area_id: int) -> Job | None:
    """The newest job of that number in the community, open or not."""
    return await db.scalar(_loaded().where(Job.area_id == area_id, Job.number == number).order_by(Job.id.desc())
                           .limit(1))


async def with_number(db: AsyncSession, number: int) -> list[Job]:
    """Every open job of that number, one per community at the most."""
    return list(await db.scalars(_loaded().where(Job.number == number, Job.state == State.OPEN).order_by(Job.id)))


async def get(db: AsyncSession, job_id: int) -> Job | None:
    return await db.scalar(_loaded().where(Job.id == job_id))


def pay(job: "Paid | Job") -> str:
    """80元/天."""
    return i18n.say(_PAY[PayPer(job.pay_per)], yuan=words.yuan(job.pay_fen))


def pay_by_day(job: "Paid | Job") -> tuple[str, str]:
    """What a day comes to, and the rate that was agreed, where that is another: 一天120元 and 15元/时, or 80元/天 and
    nothing."""
    if job.pay_per != PayPer.HOUR:
        return pay(job), ""
    return i18n.say(_("{yuan} yuan a day"), yuan=words.yuan(_day_fen(job))), pay(job)


def _day_fen(job: "Paid | Job") -> int:
    """To the yuan."""
    start, end = clock.local(job.starts_at), clock.local(job.ends_at)
    seconds = (end - start).total_seconds() % 86_400 or 86_400  # of several days each begins and ends at these hours
    return round(job.pay_fen * seconds / 3600 / 100) * 100


class Paid(Protocol):
    """A job, or what a list knows of one."""

    @property
    def pay_fen(self) -> int: ...
    @property
    def pay_per(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


_TOLD = {"starts_at", "ends_at", "place", "pay_fen", "pay_per", "paid_same_day"}
_PUSHED = _TOLD | {"title", "trade", "skill", "demands"}  # what a push says, and whom it suits
_PAY = {
    PayPer.DAY: _("{yuan} yuan/day"),
    PayPer.HOUR: _("{yuan} yuan/hour"),
    PayPer.PIECE: _("{yuan} yuan/piece"),
    PayPer.MONTH: _("{yuan} yuan/month"),
}
TITLE_UNITS, PLACE_UNITS = 12, 12  # longer ones do not fit into one text with the rest
BRING_UNITS = 60
_ADULT_WORK = {Demand.HEAVY, Demand.HEIGHTS, Demand.NIGHT}  # Labour Law, art. 64: not for people of 16 and 17


async def _must_not_shut_out(db: AsyncSession, job: Job, min_age: int, starts_at: datetime) -> None:
    """Work that only adults may do cannot be made of a job on which somebody younger has a place."""
    day = clock.local(starts_at).date()
    young = [signup for signup in await signups.on(db, job) if signup.place in signups.HOLDS
             and (signup.resident.age(day) or 0) < min_age]
    if young:
        raise Refused(_("{count} people with a place are younger than {age}. Please take them off first."),
                      field="demands", count=len(young), age=min_age)


async def _just_posted(db: AsyncSession, employer: Employer, draft: Draft, by: Officer) -> Job | None:
    """The very same job, posted by this officer a few seconds ago."""
    lately = Job.created_at > clock.now() - timedelta(seconds=10)
    found = await db.scalars(select(Job).where(lately, Job.employer_id == employer.id, Job.created_by_id == by.id,
                                               Job.starts_at == draft.starts_at, Job.state == State.OPEN))
    wanted = _columns(draft)
    return next((job for job in found if all(getattr(job, name) == value for name, value in wanted.items())), None)


def _columns(draft: Draft) -> dict[str, Any]:
    columns = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
    columns.update(title=draft.title.strip(), place=draft.place.strip(), bring=draft.bring.strip(),
                   demands=sorted(set(draft.demands)),
                   min_age=18 if _ADULT_WORK.intersection(draft.demands) else WORKING_AGE)
    return columns


def _check(draft: Draft, *, starts_after: datetime | None) -> None:
    """Raises Refused for the first thing that is missing, impossible or forbidden."""
    for name, most, missing in (("title", TITLE_UNITS, _("Please say what the work is.")),
                                ("place", PLACE_UNITS, _("Please say where people meet."))):
        given = getattr(draft, name).strip()
        if not given:
            raise Refused(missing, field=name)
        if length.utf16(given) > most:
            raise Refused(_("Please use at most {most} characters, so that it fits into one text."), field=name,
                          most=most)
    if draft.trade not in TRADES:
        raise Refused(_("Please choose a trade from the list."), field="trade")
    if draft.skill and draft.skill not in TRADES:
        raise Refused(_("Please choose a skill from the list."), field="skill")
    if draft.ends_at <= draft.starts_at:
        raise Refused(_("The end must be after the start."), field="ends_at")
    if starts_after is not None and draft.starts_at <= starts_after:
        raise Refused(_("The start must be in the future."), field="starts_at")
    if not 1 <= draft.places <= 9_999:
        raise Refused(_("Please give between 1 and 9,999 places."), field="places")
    if not 1 <= draft.pay_fen <= 10_000_000:
        raise Refused(_("Please give the pay in yuan."), field="pay")
    if not set(draft.demands) <= set(Demand):
        raise Refused(_("Please choose the demands from the list."), field="demands")
    if length.utf16(draft.bring) > BRING_UNITS:
        raise Refused(_("Please use at most {most} characters."), field="bring", most=BRING_UNITS)
    if draft.seated and Demand.STANDING in draft.demands:
        raise Refused(_("It cannot be sitting work and standing for long."), field="seated")
    lint.check(title=draft.title, place=draft.place, details=draft.details, contact=draft.contact,
               insured=draft.insured, bring=draft.bring)


async def _tell_all(db: AsyncSession, job: Job, template: str) -> None:
    for signup in await upkeep.concerned(db, job):
        with i18n.speaking(signup.resident.language):
            said = pay(job)
        await telling.tell(db, signup.resident, template, about=job, why=Why.CHANGED, pay=said,
                           asks=f"signed:{job.number}" if job.state != State.CALLED_OFF else "")


def _loaded() -> Select[Job]:
    return select(Job).options(joinedload(Job.employer), joinedload(Job.area))
