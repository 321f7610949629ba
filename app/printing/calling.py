"""What is said to somebody whom no text reaches, on the telephone or at the door."""

from dataclasses import dataclass

from app import i18n
from app.i18n import _
from app.printing import group
from app.printing.notice import Choice, Notice, Work


@dataclass(frozen=True)
class Script:
    """In the order of the talk: who one is, what one says, what one asks with its answers, what one writes down."""

    greeting: list[str]
    message: list[str]
    question: str
    answers: list[Choice]
    notes: list[str]


def script(notice: Notice) -> Script:
    """The same notice gives the same script."""
    return Script(
        [i18n.say(_("Hello, this is {station}. My name is …"), station=notice.station),
         i18n.say(_("Am I speaking to … ? (To nobody else: say only that you will come again.)"))],
        [*notice.lines, *(_facts(notice.work) if notice.work else [])],
        i18n.say(_("What would you like?") if notice.choices or not notice.work else _("Shall I sign you up?")),
        answers(notice), [i18n.say(note) for note in _NOTES])


def answers(notice: Notice) -> list[Choice]:
    """The answers that a list has boxes for: those of the text, or those that fit everything."""
    if notice.choices:
        return notice.choices
    usual = ((_("Yes, sign me up"), _("No"), _("Wants to think about it")) if notice.work
             else (_("Has understood"), _("Has a question")))
    return [Choice(str(number), i18n.say(words)) for number, words in enumerate(usual, start=1)]


def _facts(work: Work) -> list[str]:
    said = i18n.say(_("Number {number}: {title}, {place}, {when}."), number=work.number, title=work.title,
                    place=work.place, when=group.when(work))
    return [said, i18n.say(_("It pays {pay}."), pay=work.pay)] if work.pay else [said]


_NOTES = (
    _("Tick the box of the answer on the list."),
    _("Does the person have a mobile phone now? Write the number down, and ask whether texts are welcome."),
    _("Nobody at home: the day and the hour, and when to come again."),
    _("Moved away or somebody else lives there: write that, and tell the station."),
)
