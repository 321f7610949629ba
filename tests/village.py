"""A community with work and neighbours, whom a story adds as it needs them, and a carrier between."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import Database, take_turn
from app.employers import employers
from app.employers.employers import Employer
from app.jobs import jobs, pushes
from app.jobs.jobs import Draft, Job
from app.listings import signups
from app.listings.listings import Listing
from app.occasions import occasions
from app.occasions.occasions import Kind, Occasion
from app.org import areas
from app.org.areas import Area, Level
from app.residents import residents
from app.residents.residents import Resident, WordKind
from app.sms import arrivals, consent, inbox
from app.sms.batches import Batch
from app.sms.gateways.base import Incoming, Made
from app.sms.inbox import Inbox
from app.sms.lanes import Lane
from app.sms.outbox import Message, Priority
from app.staff import accounts
from app.staff.accounts import Officer, Role

OWN = [Lane(priority, "simulator") for priority in Priority]  # everything that the simulated carrier is to take

SIGNATURE = "【青龙泉就业站】"


@dataclass
class Village:
    """A community with one building, its officers and a verified employer."""

    database: Database
    area: Area
    building: Area
    boss: Officer
    second: Officer
    employer: Employer

    async def neighbour(self, name: str, phone: str = "", born_on: date | None = date(1968, 3, 12), *,
                        agreed: bool = False, **facts: Any) -> Resident:
        """Somebody of the registry; `agreed` to texts on request; `wishes`, `skills`, `limits` are lists of words."""
        said = {kind: facts.pop(f"{kind}s" if kind != "wish" else "wishes", []) for kind in WordKind}
        async with self.database.session() as db:
            person = Resident(name=name, phone="+86" + phone if phone else None, born_on=born_on,
                              **{"area_id": self.building.id, "work_status": "seeking", **facts})
            db.add(person)
            await db.flush()
            for kind, words in said.items():
                await residents.set_words(db, person, kind, words)
            if agreed and person.phone:
                await consent.give(db, person.phone, source="form")
        return person

    def draft(self, title: str = "香菇分拣", *, places: int = 12, hours: float = 24, starts_at: datetime | None = None,
              **facts: Any) -> Draft:
        starts = starts_at or clock.now() + timedelta(hours=hours)
        return Draft(**{"title": title, "trade": "香菇", "place": "2号厂房", "starts_at": starts,
                        "ends_at": starts + timedelta(hours=4), "places": places, "pay_fen": 8000,
                        "paid_same_day": True, **facts})

    async def job(self, title: str = "香菇分拣", **facts: Any) -> Job:
        async with self.database.session() as db:
            return await jobs.post(db, self.area, self.employer, self.draft(title, **facts), by=self.boss)

    async def occasion(self, kind: Kind = Kind.FAIR, title: str = "春季招聘会", *, hours: float = 24, places: int = 12,
                       starts_at: datetime | None = None, **facts: Any) -> Occasion:
        """A fair, a course or a bus that the station has posted."""
        starts = starts_at or clock.now() + timedelta(hours=hours)
        to = {"destination": "汉口"} if kind == Kind.BUS else {}
        draft = occasions.Draft(**{"title": title, "place": "社区广场", "starts_at": starts, "places": places,
                                   "ends_at": starts + timedelta(hours=4), **to, **facts})
        async with self.database.session() as db:
            return await occasions.post(db, self.area, kind, draft, by=self.boss)

    async def push(self, job: Job, *, approved_by: Officer | None = None) -> Batch:
        async with self.database.session() as db:
            loaded = await jobs.get(db, job.id)
            assert loaded
            return await pushes.push(db, loaded, by=self.boss, approved_by=approved_by)

    async def says(self, phone: str, text: str, *, id: str = "", by: str = "simulator") -> list[str]:
        """A text from that phone, dealt with at once; returns what the phone is told back (without signature)."""
        before = len(await self.texts(phone))
        await arrivals.store(self.database, [(by, Incoming("+86" + phone, text, raw=text, provider_id=id))])
        done = 1
        while done:
            async with self.database.session() as db:
                await take_turn(db, "inbox")  # an application that runs beside it answers, too
                done = await inbox.answer_some(db, most=100, seconds=60)
        return [body.removeprefix(SIGNATURE) for body in (await self.texts(phone))[before:]]

    async def texts(self, phone: str) -> list[str]:
        """What this phone was sent, oldest first."""
        async with self.database.reading() as db:
            return list(await db.scalars(select(Message.body).where(Message.phone == "+86" + phone)
                                         .order_by(Message.id)))

    async def code(self, phone: str) -> str:
        """The digits of the newest code that this phone was sent."""
        found = re.search(r"\b(\d{6})(?!\d)", (await self.texts(phone))[-1])
        assert found
        return found[1]

    async def places(self, job: Listing) -> list[tuple[str, str]]:
        """(name, place) of everybody who signed up for it, in that order."""
        async with self.database.reading() as db:
            return [(one.resident.name, one.place) for one in await signups.on(db, job)]

    async def conversation(self, script: str) -> None:
        """Plays lines such as `14200000001 > 报名 23` and `14200000001 < 已给您报上…`; an answer may end with …"""
        said: dict[str, list[str]] = {}
        for line in filter(None, (line.strip() for line in script.splitlines())):
            found = re.fullmatch(r"(\d+) ([<>]) ?(.*)", line)
            assert found, line
            phone, direction, text = found.groups()
            if direction == ">":
                assert not said.get(phone), f"{phone} was told {said[phone]} before {line!r}"
                said[phone] = await self.says(phone, text)
            else:
                assert said.get(phone), f"nothing was answered; expected {line!r}"
                told = said[phone].pop(0)
                assert told.startswith(text[:-1]) if text.endswith("…") else told == text, f"{told!r} is not {text!r}"
        left = {phone: told for phone, told in said.items() if told}
        assert not left, f"answered, but not expected: {left}"

    def carrier(self) -> Made:
        """The gateways, to be closed by the story. No receipt comes while it is told, however slow the machine is."""
        return Made(replace(self.database.settings, simulator_faults="delay=3600s"), self.database)

    def inbox(self) -> Inbox:
        return Inbox(self.database)


async def settle(database: Database, code: str, name: str) -> Village:
    """A new community of that code, with one building, two officers and one verified employer."""
    async with database.session() as db:
        area = await areas.add(db, level=Level.COMMUNITY, code=code, name=name, phone="0719-7221234")
        building = await areas.add(db, level=Level.BUILDING, code=f"{code}-1", name="1栋", parent=area)
        boss, _password = await accounts.add(db, f"boss-{code}", role=Role.ADMIN, area=area, password="not-a-secret")
        second, _password = await accounts.add(db, f"second-{code}", role=Role.SUPERVISOR, area=area,
                                               password="not-a-secret")
        employer = await employers.add(db, area, name="香菇合作社", by=boss)
        await employers.verify(db, employer, document="licence", by=boss)
    return Village(database, area, building, boss, second, employer)
