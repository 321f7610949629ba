"""Residents: the people of the registry. A phone is not a person; several may share one."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock, i18n, phones
from app.db import Id, Table, core, only, settings_of
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area
from app.residents.households import Household
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

NAME_LENGTH = 40  # characters
CHANGED_PHONE = "change_phone"  # in the audit, one row for each person whose number a list changed
WORKING_AGE = 16  # Provisions on the Prohibition of Child Labour, art. 2


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class WorkStatus(StrEnum):
    STEADY = "steady"              # 稳定就业
    FLEXIBLE = "flexible"          # 灵活就业
    OWN_BUSINESS = "own_business"  # 自主创业
    PUBLIC_POST = "public_post"    # 公益性岗位
    FARMING = "farming"            # 务农
    SEEKING = "seeking"            # 求职中
    UNWILLING = "unwilling"        # 暂无意愿
    UNABLE = "unable"              # 无劳动能力
    STUDYING = "studying"          # 在校
    SERVING = "serving"            # 参军
    RETIRED = "retired"            # 超龄在业
    LOST = "lost"                  # 失联
    UNKNOWN = "unknown"


NOT_LOOKING = frozenset({WorkStatus.STEADY, WorkStatus.PUBLIC_POST, WorkStatus.UNWILLING, WorkStatus.UNABLE,
                         WorkStatus.STUDYING, WorkStatus.SERVING, WorkStatus.LOST})


class WordKind(StrEnum):
    SKILL = "skill"
    WISH = "wish"
    LIMIT = "limit"  # what the person cannot do, in the words of jobs.Demand


class Resident(Table):
    """One person. `area_id` is the building, or the community while the building is unknown.

    `jobs_word` and `notices_word` are what `sms.consent` says of the phone, copied by triggers of the database so that
    counting needs no join. Whoever writes or sends a text asks `consent` itself. Of somebody who was erased the row
    is left for the counts, and says nothing of them.
    """

    __tablename__ = "resident"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    sex: Mapped[str | None] = mapped_column(String(6))
    born_on: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    work_status: Mapped[str] = mapped_column(String(12), default=WorkStatus.UNKNOWN)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    id_number: Mapped[str | None] = mapped_column(String(200))
    id_number_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    wrong_phone_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    jobs_word: Mapped[str | None] = mapped_column(String(8), deferred=True, deferred_raiseload=True)
    notices_word: Mapped[str | None] = mapped_column(String(8), deferred=True, deferred_raiseload=True)

    area: Mapped[Area] = relationship(lazy="raise_on_sql")
    household: Mapped[Household | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index(None, "name", "area_id"),
        # What an audience asks of everybody, so that counting reads the index and not the people.
        Index("ix_resident_whom", "area_id", "born_on", "sex", "work_status", "phone", "wrong_phone_at",
              "jobs_word", "notices_word", "id", **only("left_at IS NULL")),
    )

    def age(self, day: date) -> int | None:
        """Full years on that day; None without a birth date."""
        return None if self.born_on is None else years(self.born_on, day)

    @property
    def masked_name(self) -> str:
        """张* or 张*芬: the family name, and the last character of a longer name."""
        return mask_name(self.name)


class ResidentWord(Table):
    """A skill, a wish or a limit, as a plain word from the lists."""

    __tablename__ = "resident_word"
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(6), primary_key=True)
    word: Mapped[str] = mapped_column(String(20), primary_key=True)

    __table_args__ = (Index(None, "kind", "word", "resident_id"),)


class WorkStatusChange(Table):
    """Work status over time: what was learned when, from whom. Never overwritten."""

    __tablename__ = "work_status_change"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), index=True)
    work_status: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    source: Mapped[str] = mapped_column(String(20))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


async def by_phone(db: AsyncSession, phone: str) -> list[Resident]:
    """Everybody who lives here and uses this phone, in the order of the registry."""
    return (await by_phones(db, [phone]))[phone]


async def by_phones(db: AsyncSession, phones: Sequence[str]) -> dict[str, list[Resident]]:
    """The same for many phones at once."""
    found: dict[str, list[Resident]] = {phone: [] for phone in phones}
    for person in await db.scalars(select(Resident).where(Resident.phone.in_(phones), Resident.left_at.is_(None))
                                   .order_by(Resident.id)):
        found[person.phone or ""].append(person)
    return found


async def hold(db: AsyncSession, resident_ids: Sequence[int]) -> None:
    """Nobody else gives these people a place until the transaction ends; held in the order of their ids.
    On SQLite whoever may write holds everybody."""
    if settings_of(db).is_sqlite:
        return
    await db.execute(select(core(Resident).c.id).where(core(Resident).c.id.in_(resident_ids))
                     .order_by(core(Resident).c.id).with_for_update(key_share=True))


async def get(db: AsyncSession, resident_id: int) -> Resident | None:
    return await db.get(Resident, resident_id)


async def words_of(db: AsyncSession, resident: Resident) -> dict[str, list[str]]:
    """The person's words by kind: {"skill": [...], "wish": [...], "limit": [...]}."""
    found: dict[str, list[str]] = {kind: [] for kind in WordKind}
    for row in await db.scalars(select(ResidentWord).where(ResidentWord.resident_id == resident.id)
                                .order_by(ResidentWord.word)):
        found[row.kind].append(row.word)
    return found


async def set_words(db: AsyncSession, resident: Resident, kind: WordKind, words: list[str]) -> None:
    """Replace the person's words of one kind."""
    await db.execute(delete(ResidentWord).where(ResidentWord.resident_id == resident.id, ResidentWord.kind == kind))
    db.add_all(ResidentWord(resident_id=resident.id, kind=kind, word=word) for word in dict.fromkeys(words))
    await db.flush()


async def set_work_status(db: AsyncSession, resident: Resident, status: WorkStatus, *, source: str,
                          by: Officer | None = None) -> None:
    resident.work_status = status
    db.add(WorkStatusChange(resident_id=resident.id, work_status=status, source=source,
                            officer_id=by.id if by else None))


async def set_birth_date(db: AsyncSession, resident: Resident, born_on: date, *, by: Officer | None = None) -> None:
    """The person said when they were born. A date that the register knows already stays: correcting it is another
    right, on the person's own page. Raises Refused for a day that cannot be."""
    if resident.born_on is not None:
        return
    if not date(1900, 1, 1) <= born_on <= clock.today():
        raise Refused(_("That is not a birth date. Please send year, month, day, like 19580312."), field="born_on")
    resident.born_on = born_on
    await db.flush()
    if by is not None:
        audit.record(db, "set_birth_date", resident, by=by)


async def set_language(db: AsyncSession, resident: Resident, language: str) -> None:
    """The person chose the language in which they are spoken to; texts to them use it, too."""
    if language in i18n.LANGUAGES and language != resident.language:
        resident.language = language
        await db.flush()


async def mark_wrong_phone(db: AsyncSession, phone: str) -> None:
    """The carrier says that there is no such number: it gets no pushes until staff correct it."""
    await db.execute(update(Resident).where(Resident.phone == phone, Resident.wrong_phone_at.is_(None))
                     .values(wrong_phone_at=clock.now()))


async def unmark_wrong_phone(db: AsyncSession, resident: Resident, *, by: Officer) -> None:
    """It is their phone after all."""
    require(by, May.CALL)
    resident.wrong_phone_at = None
    audit.record(db, "unmark_wrong_phone", resident, by=by)


async def forget_birth_date(db: AsyncSession, resident: Resident, *, by: Officer) -> None:
    """What was taken for a birth date was none; there was no other one before."""
    require(by, May.CALL)
    resident.born_on = None
    audit.record(db, "forget_birth_date", resident, by=by)


async def open_phone(db: AsyncSession, resident: Resident, *, by: Officer) -> str:
    """The whole number, for an officer who asked to see it; asking is audited."""
    audit.record(db, "open_phone", resident, by=by)
    return phones.national(resident.phone) if resident.phone else ""


def years(born_on: date, day: date) -> int:
    """Full years between two days; somebody born on 29 February grows older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def born_until(day: date, age: int) -> date:
    """The last birth date of somebody who has that age on that day."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:  # 29 February
        return day.replace(year=day.year - age, day=28)


def mask_name(name: str) -> str:
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]
