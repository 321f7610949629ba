"""What is read out over the loudspeaker: short sentences, everything twice, numbers as they are spoken."""

from app import clock, i18n, words
from app.i18n import _
from app.printing import speech
from app.printing.notice import Notice, Work

TIMES = 2


def script(notice: Notice) -> list[list[str]]:
    """Paragraphs of sentences, one for each breath: a greeting, the notice twice, an end. The same notice gives the
    same script."""
    body = _body(notice)
    again = [i18n.say(_("Once more:"))]
    repeated = [paragraph for time in range(TIMES) for paragraph in ([again] if time else []) + [body]]
    return [[i18n.say(_("Dear neighbours, please listen.")),
             i18n.say(_("This is an announcement of {station}."), station=notice.station)],
            *repeated, [i18n.say(_("That was the announcement. Thank you, everybody."))]]


def _body(notice: Notice) -> list[str]:
    said = [sentence for line in notice.lines for sentence in speech.sentences(_spoken(line))]
    said += [i18n.say(_("If {words}, answer {number}."), words=choice.words, number=_digits(choice.number))
             for choice in notice.choices]
    if notice.work:
        said += _facts(notice.work, "".join(notice.lines))
        said.append(i18n.say(_("Who wants to come: text the number {number} to the station."),
                             number=_digits(notice.work.number)))
    if notice.text_to:
        said.append(i18n.say(_("Text to {phone}."), phone=_phone(notice.text_to)))
    if notice.phone:
        said.append(i18n.say(_("You can telephone us, too: {phone}."), phone=_phone(notice.phone)))
    return said


def _facts(work: Work, told: str) -> list[str]:
    """What the text did not say itself."""
    said = []
    if work.title not in told:
        said.append(i18n.say(_("The work is {title}."), title=work.title))
    if work.place not in told:
        said.append(i18n.say(_("The place is {place}."), place=_spoken(work.place)))
    if words.hour(work.starts_at) not in told:
        said.append(i18n.say(_("It begins on {when}."), when=_when(work)))
    if work.pay and work.pay not in told:
        said.append(i18n.say(_("It pays {pay}."), pay=_spoken(work.pay)))
    return said


def _when(work: Work) -> str:
    local = clock.local(work.starts_at)
    day = words.long_day(work.starts_at)
    return (f"{day}, {words.hour(work.starts_at)}" if i18n.language() == "en"
            else _spoken(day.replace(" ", "，")) + "，" + speech.hour(local.hour, local.minute))


def _spoken(text: str) -> str:
    return text if i18n.language() == "en" else speech.aloud(text)


def _digits(number: int | str) -> str:
    return " ".join(str(number)) if i18n.language() == "en" else speech.digits(int(number))


def _phone(number: str) -> str:
    return number if i18n.language() == "en" else speech.phone(number)
