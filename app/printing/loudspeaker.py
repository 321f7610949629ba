"""What is read out over the loudspeaker: short sentences, everything twice, numbers as they are spoken."""

from app import i18n, words
from app.i18n import _
from app.printing import speech, voice
from app.printing.notice import Notice, Work

TIMES = 2


def script(notice: Notice) -> list[list[str]]:
    """Paragraphs of sentences, one for each breath: a greeting, the notice twice, an end. The same notice gives the
    same script."""
    body = _body(notice)
    again = [i18n.say(_("Once more:"))]
    repeated = [paragraph for time in range(TIMES) for paragraph in ([again] if time else []) + [body]]
    return [voice.greeting(notice.station), *repeated, voice.farewell()]


def _body(notice: Notice) -> list[str]:
    said = [sentence for line in notice.lines for sentence in speech.sentences(voice.spoken(line))]
    said += [i18n.say(_("If {words}, answer {number}."), words=choice.words, number=voice.digits(choice.number))
             for choice in notice.choices]
    if notice.work:
        said += _facts(notice.work, "".join(notice.lines))
        said.append(i18n.say(_("Who wants to come: text the number {number} to the station."),
                             number=voice.digits(notice.work.number)))
    if notice.text_to:
        said.append(i18n.say(_("Text to {phone}."), phone=voice.phone(notice.text_to)))
    if notice.phone:
        said.append(i18n.say(_("You can telephone us, too: {phone}."), phone=voice.phone(notice.phone)))
    return said


def _facts(work: Work, told: str) -> list[str]:
    """What the text did not say itself."""
    said = []
    if work.title not in told:
        said.append(i18n.say(_("The work is {title}."), title=work.title))
    if work.place not in told:
        said.append(i18n.say(_("The place is {place}."), place=voice.spoken(work.place)))
    if words.hour(work.starts_at) not in told:
        said.append(i18n.say(_("It begins on {when}."), when=_when(work)))
    if work.pay and work.pay not in told:
        said.append(i18n.say(_("It pays {pay}."), pay=voice.spoken(work.pay)))
    return said


def _when(work: Work) -> str:
    joint = ", " if i18n.language() == "en" else "，"
    return f"{voice.day(work.starts_at)}{joint}{voice.hour(work.starts_at)}"
