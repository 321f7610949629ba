"""Texts that staff keep by name. Every saving is a version of its own: nothing that was said is overwritten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock
from app.campaigns import campaigns, wording
from app.campaigns.campaigns import Campaign, Kind
from app.db import Id, Table, core
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area
from app.staff import audit, scopes
from app.staff.accounts import May, Officer
from app.staff.scopes import require

NAME_LENGTH, NOTE_LENGTH = 40, 60


class Template(Table):
    """One name in one area. `number` is that of its newest version, which is the one in use; put away, it is offered
    no more until somebody saves under its name again."""

    __tablename__ = "template"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[int] = mapped_column(default=0)
    put_away_at: Mapped[datetime | None]

    area: Mapped[Area] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index(None, "area_id", "name", unique=True),)


class TemplateVersion(Table):
    """What the template said from then on. `same_as` is the number of the earlier version that it brings back."""

    __tablename__ = "template_version"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    same_as: Mapped[int | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    template: Mapped[Template] = relationship(lazy="raise_on_sql")
    author: Mapped[Officer] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index(None, "template_id", "number", unique=True),)


async def save(db: AsyncSession, name: str, text: str, *, kind: Kind, by: Officer, note: str = "") -> TemplateVersion:
    """Keep a text under this name in the officer's area: as a new template, or as the next version of what has the
    name there. Raises Refused for a name of another kind, and for a text that cannot be sent."""
    require(by, May.PUSH)
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(_("Please give a name of at most {most} characters."), field="name", most=NAME_LENGTH)
    template = await db.scalar(select(Template).where(Template.area_id == by.area_id, Template.name == name))
    if template is None:
        template = Template(area_id=by.area_id, name=name, kind=kind)
        db.add(template)
        await db.flush()
    elif template.kind != kind:
        raise Refused(_("A text of another kind is kept under this name. Please choose another name."), field="name")
    return await add(db, template, text, by=by, note=note)


async def add(db: AsyncSession, template: Template, text: str, *, by: Officer, note: str = "",
              same_as: int | None = None) -> TemplateVersion:
    """The next version. Words that are the newest version's already make none."""
    require(by, May.PUSH)
    wording.must_be_sayable(text, Kind(template.kind))
    await _locked(db, template)
    newest = await version(db, template, template.number) if template.number else None
    template.put_away_at = None
    if newest is not None and newest.text == text.strip():
        return newest
    template.number += 1
    made = TemplateVersion(template_id=template.id, number=template.number, text=text.strip(),
                           note=note.strip()[:NOTE_LENGTH], same_as=same_as, author_id=by.id)
    db.add(made)
    await db.flush()
    audit.record(db, "save_template", template, by=by, version=made.number, **({"same_as": same_as} if same_as else {}))
    return made


async def bring_back(db: AsyncSession, template: Template, number: int, *, by: Officer) -> TemplateVersion:
    """What an earlier version said is said again, as a new version."""
    return await add(db, template, (await version(db, template, number)).text, by=by, same_as=number)


async def put_away(db: AsyncSession, template: Template, *, by: Officer) -> None:
    """It is offered no more; its versions stay."""
    require(by, May.PUSH)
    if template.put_away_at is None:
        template.put_away_at = clock.now()
        audit.record(db, "put_away_template", template, by=by)


async def use(db: AsyncSession, campaign: Campaign, chosen: TemplateVersion, *, by: Officer) -> None:
    """The draft says what this version says, and remembers it."""
    await campaigns.change(db, campaign, by=by, text=chosen.text, listing_id=campaign.listing_id)
    campaign.template_version_id = chosen.id


async def keep(db: AsyncSession, campaign: Campaign, name: str, *, by: Officer) -> TemplateVersion:
    """Save what the draft says under this name; it counts as begun from it."""
    kept = await save(db, name, campaign.text, kind=Kind(campaign.kind), by=by)
    campaign.template_version_id = kept.id
    return kept


async def version(db: AsyncSession, template: Template, number: int) -> TemplateVersion:
    """Raises Refused for a number that there is not."""
    found = await db.scalar(select(TemplateVersion).where(TemplateVersion.template_id == template.id,
                                                          TemplateVersion.number == number))
    if found is None:
        raise Refused(_("There is no such version."))
    return found


async def history(db: AsyncSession, template: Template) -> list[TemplateVersion]:
    """All versions with their authors, the newest first."""
    return list(await db.scalars(select(TemplateVersion).where(TemplateVersion.template_id == template.id)
                                 .options(joinedload(TemplateVersion.author)).order_by(TemplateVersion.number.desc())))


async def usable(db: AsyncSession, by: Officer, kind: Kind | None = None) -> list[TemplateVersion]:
    """The newest version of every template of the officer's area, of those inside it and above it."""
    offered = scopes.around(Template, by).where(Template.put_away_at.is_(None))
    if kind is not None:
        offered = offered.where(Template.kind == kind)
    ids = offered.with_only_columns(Template.id)
    return list(await db.scalars(
        select(TemplateVersion).join(Template, Template.id == TemplateVersion.template_id)
        .where(Template.id.in_(ids), TemplateVersion.number == Template.number)
        .options(joinedload(TemplateVersion.template).joinedload(Template.area), joinedload(TemplateVersion.author))
        .order_by(Template.kind, Template.name, Template.id)))


async def used(db: AsyncSession, campaign: Campaign) -> TemplateVersion | None:
    """The version that the campaign's text began as."""
    if campaign.template_version_id is None:
        return None
    return await db.scalar(select(TemplateVersion).where(TemplateVersion.id == campaign.template_version_id)
                           .options(joinedload(TemplateVersion.template)))


async def _locked(db: AsyncSession, template: Template) -> None:
    """Two who save at once become two versions."""
    await db.execute(select(core(Template).c.id).where(core(Template).c.id == template.id).with_for_update())
    await db.refresh(template, ["number", "put_away_at"])
