"""What is pasted into a chat group: plain text, one thing to a line."""

from app import i18n, words
from app.i18n import _
from app.printing.notice import Notice, Work


def text(notice: Notice) -> str:
    """The notice with its number, its link and the station's telephone."""
    choices = [f"{choice.number}  {choice.words}" for choice in notice.choices]
    parts = [[f"【{notice.station}】{notice.headline}"], notice.lines, choices,
             [*(_facts(notice.work) if notice.work else []), *_ways(notice)]]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _facts(work: Work) -> list[str]:
    said = [i18n.say(_("Number: {number}"), number=work.number), i18n.say(_("Work: {title}"), title=work.title),
            i18n.say(_("Place: {place}"), place=work.place), i18n.say(_("Time: {when}"), when=when(work))]
    return [*said, i18n.say(_("Pay: {pay}"), pay=work.pay)] if work.pay else said


def _ways(notice: Notice) -> list[str]:
    said = []
    if notice.work:
        said.append(i18n.say(_("To sign up, text {number} to the station, or open {address}"),
                             number=notice.work.number, address=notice.address))
    else:
        said.append(i18n.say(_("More: {address}"), address=notice.address))
    if notice.phone:
        said.append(i18n.say(_("Telephone: {phone}"), phone=notice.phone))
    return said


def when(work: Work) -> str:
    """Day, weekday and hour: paper and chats are read on other days, too, so there is no "tomorrow" in it."""
    return f"{words.long_day(work.starts_at)} {words.hour(work.starts_at)}"
