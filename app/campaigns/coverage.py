"""How a campaign covers its buildings: whom it means there, whom a text reaches, and who has no phone for one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import clock
from app.audience import query, reach
from app.audience.query import Audience
from app.campaigns.campaigns import Campaign, Kind
from app.db import generous
from app.errors import NotFound, Refused
from app.i18n import _
from app.org.areas import Area, Level, inside
from app.residents import reasons
from app.residents.households import Household
from app.residents.residents import Resident
from app.sms.batches import Batch, Reason, State
from app.sms.outbox import Message, Status
from app.staff import audit
from app.staff.accounts import May, Officer, Role
from app.staff.scopes import require

LONGEST_LIST = 3000  # people on one list: a hundred pages
_UNREACHED = or_(Resident.phone.is_(None), Resident.wrong_phone_at.is_not(None))


@dataclass(frozen=True)
class Covered:
    """A building, or the community for those whose building nobody knows. Of `people`, a text reaches `by_text`;
    `no_phone` have none, `wrong_phone` one that is not theirs."""

    area: Area
    people: int
    by_text: int
    no_phone: int
    wrong_phone: int

    @property
    def is_building(self) -> bool:
        return self.area.level == Level.BUILDING

    @property
    def unreached(self) -> int:
        return self.no_phone + self.wrong_phone


@dataclass(frozen=True)
class Round:
    """The people of one building who have to be told in person, and the head who does it, if there is one."""

    area: Area
    head: Officer | None
    people: list[Resident]


async def by_building(db: AsyncSession, campaign: Campaign, *, within: Area | None = None) -> list[Covered]:
    """The areas in which people of the audience live, in the order of the tree's making; only those `within`."""
    await generous(db)
    whom = await _audience(db, campaign, within)
    rows = (await db.execute(_everybody(
        whom, campaign, Resident.area_id, func.count().label("people"),
        func.count().filter(Resident.phone.is_(None)).label("no_phone"),
        func.count().filter(Resident.phone.is_not(None), Resident.wrong_phone_at.is_not(None)).label("wrong_phone"))
        .group_by(Resident.area_id))).all()
    told = await _by_text(db, whom, campaign)
    areas = {area.id: area for area in await db.scalars(select(Area).where(inside(whom.within)))}
    found = [Covered(areas[row.area_id], row.people, told.get(row.area_id, 0), row.no_phone, row.wrong_phone)
             for row in rows]
    return sorted(found, key=lambda one: (not one.is_building, one.area.id))


async def rounds(db: AsyncSession, campaign: Campaign, *, building: Area | None = None) -> list[Round]:
    """Everybody of the audience without a phone that is theirs, by building and door. Raises Refused for more than fit
    on a list."""
    whom = await _audience(db, campaign, building)
    people = list(await db.scalars(
        _everybody(whom, campaign, Resident).outerjoin(Household, Household.id == Resident.household_id)
        .where(_UNREACHED).order_by(Resident.area_id, Household.unit, Household.room, Resident.id)
        .options(joinedload(Resident.area), joinedload(Resident.household)).limit(LONGEST_LIST + 1)))
    if len(people) > LONGEST_LIST:
        raise Refused(_("More than {most} people have to be told in person. Please take one building at a time."),
                      most=LONGEST_LIST)
    heads = await _heads(db, {person.area_id for person in people})
    homes = {person.area_id: person.area for person in people}
    found = [Round(area, heads.get(area.id), [one for one in people if one.area_id == area.id])
             for area in homes.values()]
    return sorted(found, key=lambda one: (one.area.level != Level.BUILDING, one.area.id))


async def rounds_by_name(db: AsyncSession, campaign: Campaign, *, by: Officer, reason: str,
                         building: Area | None = None) -> list[Round]:
    """The same, to be shown with whole names: who asks, and why, is written down. One building is for whoever goes from
    door to door there; all of them at once take the right to many names. Raises Refused also for a reason that says
    nothing."""
    require(by, May.OPEN)
    if building is None:
        require(by, May.PUSH)
        require(by, May.OPEN_MANY)
    why = await reasons.read(db, reason, by=by)
    found = await rounds(db, campaign, building=building)
    audit.record(db, "print_call_list", campaign, by=by, people=sum(len(one.people) for one in found),
                 building=building.id if building else None, reason=why)
    return found


async def _audience(db: AsyncSession, campaign: Campaign, within: Area | None) -> Audience:
    """The campaign's, as far as it lives within both areas. Raises NotFound where they have nothing in common."""
    area = await db.get_one(Area, campaign.area_id)
    if within is not None and not within.contains(area):
        if not area.contains(within):
            raise NotFound
        area = within
    return await query.audience(db, campaign.chosen, area, Kind(campaign.kind).about)


def _everybody(whom: Audience, campaign: Campaign, *columns: Any) -> Select[Any]:
    """The columns of whom the filter means now, and of whom it meant when the campaign was handed in: a filter such as
    "got no text lately" does not mean those any more who got this one."""
    if campaign.batch_id is None:
        return query.matching(whom, *columns)
    each = query.matching(whom, Resident.id).union(
        select(Resident.id).join(Reason, Reason.resident_id == Resident.id).join(Area, Area.id == Resident.area_id)
        .where(Reason.batch_id == campaign.batch_id, Resident.left_at.is_(None), inside(whom.within))).subquery()
    return select(*columns).select_from(Resident).join(each, each.c.id == Resident.id)


async def _by_text(db: AsyncSession, whom: Audience, campaign: Campaign) -> dict[int, int]:
    """By area, whom a text would reach; once it was handed in, those whose text was not lost."""
    if campaign.batch_id is None:
        each = reach.reached(whom, clock.now(), Resident.area_id, listing_id=campaign.listing_id).subquery()
        counted = select(each.c.area_id, func.count()).group_by(each.c.area_id)
    else:
        lost = (Status.FAILED, Status.WITHDRAWN)
        counted = (select(Resident.area_id, func.count()).select_from(Reason)
                   .join(Batch, Batch.id == Reason.batch_id).join(Resident, Resident.id == Reason.resident_id)
                   .join(Area, Area.id == Resident.area_id)
                   .outerjoin(Message, and_(Message.batch_id == Reason.batch_id, Message.phone == Reason.phone))
                   .where(Reason.batch_id == campaign.batch_id, Batch.state != State.REFUSED,
                          Resident.left_at.is_(None), inside(whom.within),
                          or_(and_(Message.id.is_(None), Batch.state != State.STOPPED), Message.status.not_in(lost)))
                   .group_by(Resident.area_id))
    return dict((await db.execute(counted)).all())


async def _heads(db: AsyncSession, area_ids: set[int]) -> dict[int, Officer]:
    rows = await db.scalars(select(Officer).where(Officer.role == Role.HEAD, Officer.area_id.in_(area_ids),
                                                  Officer.closed_at.is_(None)).order_by(Officer.id.desc()))
    return {officer.area_id: officer for officer in rows}
