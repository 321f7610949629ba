"""A filter as one sentence, in the language of the moment."""

import re
from collections.abc import Sequence
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.audience.filters import Answered, Filter, Outcome, Phone, Signed
from app.audience.query import Audience
from app.i18n import _
from app.residents.hardship import HardshipCategory
from app.residents.residents import Sex, WorkStatus
from app.sms.batches import Batch

STATUSES: dict[str, str] = {
    WorkStatus.STEADY: _("steady job"), WorkStatus.FLEXIBLE: _("flexible work"),
    WorkStatus.OWN_BUSINESS: _("own business"), WorkStatus.PUBLIC_POST: _("public welfare post"),
    WorkStatus.FARMING: _("farming"), WorkStatus.SEEKING: _("looking for work"),
    WorkStatus.UNWILLING: _("does not want to work now"), WorkStatus.UNABLE: _("cannot work"),
    WorkStatus.STUDYING: _("at school"), WorkStatus.SERVING: _("in the army"),
    WorkStatus.RETIRED: _("works past retirement age"), WorkStatus.LOST: _("cannot be reached"),
    WorkStatus.UNKNOWN: _("not known")}
OUTCOMES: dict[str, str] = {
    Outcome.REACHED: _("whom it reached"), Outcome.FAILED: _("whom it did not reach"),
    Outcome.UNKNOWN: _("of whom nobody knows whether it reached them"),
    Outcome.CORRECTED: _("whom it did not reach, with another number since"),
    Outcome.KEPT_BACK: _("for whom it was stopped before it left")}
_SEXES: dict[str, str] = {Sex.MALE: _("male"), Sex.FEMALE: _("female")}
_NUMBERED = re.compile(r"(\D*)(\d{1,6})(\D*)")


async def of(db: AsyncSession, whom: Audience) -> str:
    """Whom the filter means: "people of 3栋 to 9栋, 45 to 60 years old, looking for work"."""
    chosen = whom.filter
    where = _row([area.name for area in whom.nodes]) if chosen.areas else whom.within.name
    said = [i18n.say(_("people of {areas}"), areas=where or "-"), *_about(chosen)]
    if chosen.hardship:
        said.append(i18n.say(_("counted as {words}"), words=_or(await _categories(db, chosen.hardship))))
    said += _history(whom)
    return (", " if i18n.language() == "en" else "，").join(said)


def _about(chosen: Filter) -> list[str]:
    """What the register knows of the person."""
    said = []
    ages = {"first": chosen.age_from, "last": chosen.age_to}
    if chosen.age_from is not None and chosen.age_to is not None:
        said.append(i18n.say(_("{first} to {last} years old"), **ages))
    elif chosen.age_from is not None:
        said.append(i18n.say(_("{first} years or older"), **ages))
    elif chosen.age_to is not None:
        said.append(i18n.say(_("{last} years or younger"), **ages))
    if chosen.sex:
        said.append(i18n.gettext(_SEXES[chosen.sex]))
    if chosen.work:
        said.append(_or([i18n.gettext(STATUSES[word]) for word in chosen.work]))
    if chosen.skills:
        said.append(i18n.say(_("able to do {words}"), words=_or(chosen.skills)))
    if chosen.wishes:
        said.append(i18n.say(_("wishing for {words}"), words=_or(chosen.wishes)))
    return said


def _history(whom: Audience) -> list[str]:
    """What came to pass between the station and the person."""
    chosen = whom.filter
    said = []
    if chosen.batch_id is not None:
        asks = {Answered.YES: _("who answered “{title}”"), Answered.NO: _("who did not answer “{title}”"),
                "": _("whom “{title}” told")}
        said.append(i18n.say(asks[chosen.answered], title=_title(whom.batch)))
        if chosen.choices:
            said.append(i18n.say(_("with the answer {choices}"), choices=_or([str(one) for one in chosen.choices])))
        if chosen.outcome:
            said.append(i18n.gettext(OUTCOMES[chosen.outcome]))
    if chosen.signed:
        said.append(_signed(whom))
    if chosen.told_since is not None:
        said.append(i18n.say(_("who got a bulk text since {day}"), day=_day(chosen.told_since)))
    if chosen.untold_since is not None:
        said.append(i18n.say(_("who got no bulk text since {day}"), day=_day(chosen.untold_since)))
    if chosen.phone:
        said.append(i18n.gettext(_("with a phone") if chosen.phone == Phone.YES else _("without a phone")))
    if chosen.people is not None:
        said.append(i18n.say(_("on a list of {count}"), count=len(chosen.people)))
    return said


def _signed(whom: Audience) -> str:
    yes = whom.filter.signed == Signed.YES
    if whom.filter.listing_id is None:
        return i18n.gettext(_("signed up for something") if yes else _("signed up for nothing"))
    title = f"{whom.listing.number} {whom.listing.title}" if whom.listing else "-"
    return i18n.say(_("signed up for {title}") if yes else _("not signed up for {title}"), title=title)


def _title(batch: Batch | None) -> str:
    """The batch by its title, or by its beginning."""
    return "-" if batch is None else batch.title or batch.text.partition("】")[2][:12] or batch.text[:12]


async def _categories(db: AsyncSession, codes: Sequence[str]) -> list[str]:
    rows = await db.scalars(select(HardshipCategory).where(HardshipCategory.code.in_(codes))
                            .order_by(HardshipCategory.code))
    return [(row.name_en or row.name) if i18n.language() == "en" else row.name for row in rows]


def _row(names: Sequence[str]) -> str:
    """Names in a row: neighbours that differ by their number only, three or more, become "3栋 to 9栋"."""
    parts: list[str] = []
    for run in _runs(names):
        parts += [i18n.say(_("{first} to {last}"), first=run[0], last=run[-1])] if len(run) > 2 else run
    return "、".join(parts) if i18n.language() == "zh" else ", ".join(parts)


def _runs(names: Sequence[str]) -> list[list[str]]:
    keyed = sorted((_key(name), name) for name in names)
    runs: list[list[str]] = []
    before: tuple[str, str, int] | None = None
    for key, name in keyed:
        if before is not None and key[2] >= 0 and key == (*before[:2], before[2] + 1):
            runs[-1].append(name)
        else:
            runs.append([name])
        before = key
    return runs


def _key(name: str) -> tuple[str, str, int]:
    found = _NUMBERED.fullmatch(name)
    return (found[1], found[3], int(found[2])) if found else (name, "", -1)


def _or(said: Sequence[str]) -> str:
    return i18n.gettext(_(" or ")).join(said)


def _day(day: date) -> str:
    return words.long_day(clock.at(day, time(12)))
