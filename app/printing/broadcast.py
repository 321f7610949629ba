"""A day's work read aloud: one breath a sentence, every number twice, the ten nearest works and how to hear of more."""

import math

from app import i18n
from app.i18n import _
from app.printing import speech, voice
from app.printing.board import Board, Offer

MOST = 10
_PACE = {"zh": 160, "en": 650}  # letters that a calm voice reads in a minute
_PAUSE = 1 / 60  # of a minute, after each sentence


def script(board: Board) -> list[list[str]]:
    """Paragraphs of sentences. The same board gives the same script."""
    offers = board.shown[:MOST]
    joint = " " if i18n.language() == "en" else ""
    return [voice.greeting(joint.join(filter(None, (board.community, board.building)))), _beginning(board),
            *(_offer(offer, place, dated=board.dated) for place, offer in enumerate(offers)),
            *_rest(board, len(offers)), _ways(board), voice.farewell()]


def plain(paragraphs: list[list[str]]) -> str:
    """The same to paste into a loudspeaker that reads by itself: a line for each breath."""
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs)


def minutes(paragraphs: list[list[str]]) -> int:
    """How long it takes to read that aloud."""
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    letters = sum(map(len, sentences))
    return max(1, math.ceil(letters / _PACE[i18n.language()] + len(sentences) * _PAUSE))


def _beginning(board: Board) -> list[str]:
    day = voice.day(board.day)
    if board.offers:
        return [i18n.say(_("This is the work of {day}."), day=day), *_counted(len(board.offers))]
    said = [i18n.say(_("For {day} there is no work to sign up for."), day=day)]
    return said + ([i18n.say(_("This is what comes after it."))] if board.coming else [])


def _counted(count: int) -> list[str]:
    if count == 1:
        return [i18n.say(_("There is one job."))]
    said = [i18n.say(_("There are {count} jobs."), count=count)]
    return [*said, i18n.say(_("We read out {count} of them."), count=MOST)] if count > MOST else said


def _offer(offer: Offer, place: int, *, dated: bool) -> list[str]:
    number = voice.digits(offer.number)
    first = _("The first job: number {number}.") if place == 0 else _("The next job: number {number}.")
    return [i18n.say(first, number=number),
            *_breaths(i18n.say(_("{title}, it pays {pay}."), title=voice.spoken(offer.title), pay=_pay(offer))),
            *_breaths(_when_and_where(offer, dated=dated)),
            *_on_foot(offer.minutes),
            i18n.say(_("There is one place left.") if offer.left == 1 else _("There are {left} places left."),
                     left=offer.left),
            i18n.say(_("The number once more: {number}."), number=number)]


def _on_foot(minutes: int | None) -> list[str]:
    if minutes is None:
        return []
    return [i18n.say(_("It is one minute on foot.") if minutes == 1 else _("It is {minutes} minutes on foot."),
                     minutes=minutes)]


def _pay(offer: Offer) -> str:
    joint = ", " if i18n.language() == "en" else "，"
    pay = joint.join(voice.spoken(said) for said in (offer.pay, offer.rate) if said)
    return i18n.say(_("{pay}, paid on the same day"), pay=pay) if offer.paid_same_day else pay


def _when_and_where(offer: Offer, *, dated: bool) -> str:
    place = voice.spoken(offer.place)
    if dated:
        return i18n.say(_("On {day}, it begins at {hour}, at {place}."), day=voice.day(offer.starts_at),
                        hour=voice.hour(offer.starts_at), place=place)
    return i18n.say(_("From {hours}, at {place}."), hours=voice.spoken(offer.hours), place=place)


def _breaths(sentence: str) -> list[str]:
    return [sentence] if i18n.language() == "en" else speech.sentences(sentence)


def _rest(board: Board, read: int) -> list[list[str]]:
    count = len(board.offers) - read
    if count <= 0:
        return []
    return [[i18n.say(_("There is one more job.") if count == 1 else _("There are {count} more jobs."), count=count),
             i18n.say(_("They hang on the notice board and at the station."))]]


def _ways(board: Board) -> list[str]:
    """How to say yes, or to ask: in person, by text, by telephone."""
    said = [i18n.say(_("Who wants to come: remember the number.") if board.shown else _("Who looks for work: ask us.")),
            i18n.say(_("Tell the head of your building, or come to the station."))]
    if board.text_to:
        said += [i18n.say(_("You can text us the number of the job.") if board.shown else
                          _("You can text us the word “jobs”.")), *_twice(board.text_to, _("Text to {phone}."))]
    if board.phone:
        said += _twice(board.phone, _("You can telephone us, too: {phone}."))
    return said


def _twice(number: str, sentence: str) -> list[str]:
    phone = voice.phone(number)
    return [i18n.say(sentence, phone=phone), i18n.say(_("Once more: {phone}."), phone=phone)]
