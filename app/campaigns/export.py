"""The people of a campaign as a workbook, for the file or for whoever works without this program."""

import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, masks, phones
from app.campaigns import options, results
from app.campaigns.campaigns import Campaign
from app.campaigns.results import Called, Person, Which
from app.errors import Refused
from app.i18n import _
from app.residents import reasons
from app.residents.imports import threads
from app.residents.residents import mask_name
from app.sms.batches import Batch
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

MOST = 100_000  # rows of one sheet that a desk computer opens gladly
_PIECE = 2_000
COLUMNS = (_("Building"), _("Name"), _("Phone"), _("State"), _("Why"), _("Handed over"), _("Ended"), _("Answer"),
           _("Answered at"), _("Place on the list"), _("Call"))
STATES = {
    "delivered": _("arrived"), "accepted": _("with the carrier"), "sending": _("being handed over"),
    "queued": _("still here"), "unknown": _("not known"), "failed": _("did not arrive"),
    "withdrawn": _("taken back"), results.UNWRITTEN: _("being written down")}
REASONS = {
    "no_such_number": _("no such number"), "off": _("phone off or out of reach"),
    "blocked": _("the carrier refuses the words"), "opted_out": _("opted out at the carrier"),
    "account": _("our account at the carrier"), "quota": _("today’s quota of texts is used up"),
    "busy": _("the carrier was busy"), "too_long": _("too long"),
    "other": _("another reason of the carrier"), "ours": _("our own mistake"),
    "lease": _("the program was interrupted"),
    "unsure": _("the carrier has not answered"), "cannot_tell": _("the carrier cannot tell"),
    "batch_stopped": _("stopped by staff"), "gone": _("moved away, or the number is wrong"),
    "too_late": _("too late"), "full": _("the job is full"), "stopped": _("said stop"),
    "no_consent": _("has not agreed to texts"), "complaint": _("has a complaint that is still open"),
    "told_today": _("had two texts today already"), "told_week": _("had six texts this week already"),
    "told_already": _("was told already")}
CALLS = {Called.OPEN: _("still to do"), Called.DONE: _("telephoned already")}
PLACES = {"taken": _("has a place"), "waiting": _("on the waiting list")}


async def note(db: AsyncSession, campaign: Campaign, batch: Batch, which: Which, *, whole: bool, by: Officer,
               reason: str = "") -> None:
    """Put down that this officer takes these people along; names and phones masked unless `whole`, which takes a right
    of its own and a reason. Raises Refused above 100,000 people, and for a reason that says nothing."""
    require(by, May.OPEN_MANY if whole else May.PUSH)
    why = {"reason": await reasons.read(db, reason, by=by)} if whole else {}
    people = await results.count(db, batch, which, by)
    if people > MOST:
        raise Refused(_("These are more than {most} people. Please choose one building or one state."),
                      most=f"{MOST:,}")
    audit.record(db, "export_campaign", campaign, by=by, people=people, whole=whole, state=which.state,
                 choice=which.choice, area=which.area_id, **why)


async def workbook(db: AsyncSession, campaign: Campaign, batch: Batch, which: Which, *, whole: bool,
                   by: Officer) -> bytes:
    """Everybody of `which`, as noted before; a session that only reads will do."""
    require(by, May.OPEN_MANY if whole else May.PUSH)
    rows = [row async for row in _rows(db, batch, which, by, whole=whole)]
    head = i18n.say(_("{title}: {people} people, exported by {name} on {when}. For this task only; delete it "
                      "afterwards."), title=campaign.title, people=len(rows), name=by.name,
                    when=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}")
    headings = [i18n.gettext(name) for name in COLUMNS]
    return await threads.run(_written, [[head], headings, *rows])


async def _rows(db: AsyncSession, batch: Batch, which: Which, officer: Officer, *,
                whole: bool) -> AsyncIterator[list[str]]:
    labels = {option.digit: option.label for option in options.counted(batch.text, batch.listing_id)}
    after = 0
    while found := await results.people(db, batch, which, officer, after=after, most=_PIECE):
        after = found[-1].resident_id
        for person in found:
            yield _row(person, labels, whole=whole)


def _row(person: Person, labels: dict[int, str], *, whole: bool) -> list[str]:
    answer = f"{person.choice} {labels.get(person.choice, '')}".strip() if person.choice else ""
    return [person.area, person.name if whole else mask_name(person.name),
            phones.national(person.phone) if whole else phones.mask(person.phone),
            i18n.gettext(STATES.get(person.state, person.state)),
            i18n.gettext(REASONS[person.reason]) if person.reason in REASONS else person.reason,
            _moment(person.handed_over), _moment(person.ended), answer, _moment(person.answered_at),
            i18n.gettext(PLACES[person.place]) if person.place in PLACES else "",
            _call(person, whole=whole)]


def _call(person: Person, *, whole: bool) -> str:
    """Whether they were telephoned; what was written down about it names people, and is as open as their names."""
    if person.call is None:
        return ""
    return ": ".join(filter(None, [i18n.gettext(CALLS[person.call]), masks.hide(person.said) if whole else ""]))


def _moment(moment: Any) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment else ""


def _written(rows: Sequence[list[str]]) -> bytes:
    """Text stays text: nothing that somebody is called becomes a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A3"
    for letter, width in zip("ABCDEFGHIJK", (14, 12, 16, 14, 24, 17, 17, 22, 17, 14, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in rows:
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
