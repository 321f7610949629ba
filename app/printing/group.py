"""What is pasted into a chat group: plain text, one thing to a line."""

from app import i18n, phones, words
from app.i18n import _
from app.printing.notice import Notice, Work


def text(notice: Notice) -> str:
    """The notice with its number, its link, the station's telephone, and where one can text to, if anywhere."""
    choices = [f"{choice.number}  {choice.words}" for choice in notice.choices]
    parts = [[f"【{notice.station}】{notice.headline}"], notice.lines, choices,
             [*(_facts(notice.work) if notice.work else []), *_ways(notice)]]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _facts(work: Work) -> list[str]:
    said = [i18n.say(_("Number: {number}"), number=work.number), i18n.say(_("Work: {title}"), title=work.title),
            i18n.say(_("Place: {place}"), place=work.place), i18n.say(_("Time: {when}"), when=when(work))]
    return [*said, i18n.say(_("Pay: {pay}"), pay=work.pay)] if work.pay else said


def _ways(notice: Notice) -> list[str]:
    said = [_sign_up(notice.work, notice) if notice.work else i18n.say(_("More: {address}"), address=notice.address)]
    if notice.phone:
        said.append(i18n.say(_("Telephone: {phone}"), phone=notice.phone))
    return said


def _sign_up(work: Work, notice: Notice) -> str:
    """Who reads it in a group may never have got a text that could be answered: to text, they need a number."""
    if not notice.text_to:
        return i18n.say(_("To sign up, open {address}"), address=notice.address)
    return i18n.say(_("To sign up, text {number} to {phone}, or open {address}"), number=work.number,
                    phone=phones.national(notice.text_to), address=notice.address)


def when(work: Work) -> str:
    """Day, weekday and hour: paper and chats are read on other days, too, so there is no "tomorrow" in it."""
    return f"{words.long_day(work.starts_at)} {words.hour(work.starts_at)}"
