"""What is read out, in the language of the moment: Chinese as it is spoken, English as it stands."""

from datetime import datetime

from app import clock, i18n, phones, words
from app.i18n import _
from app.printing import speech


def greeting(station: str) -> list[str]:
    return [i18n.say(_("Dear neighbours, please listen.")),
            i18n.say(_("This is an announcement of {station}."), station=station)]


def farewell() -> list[str]:
    return [i18n.say(_("That was the announcement. Thank you, everybody."))]


def spoken(text: str) -> str:
    return text if i18n.language() == "en" else speech.aloud(text)


def digits(number: int | str) -> str:
    """One digit after the other, as they are typed."""
    return " ".join(str(number)) if i18n.language() == "en" else speech.digits(int(number))


def phone(number: str) -> str:
    national = phones.national(number)
    return national if i18n.language() == "en" else speech.phone(national)


def day(moment: datetime) -> str:
    """3月11号，星期三."""
    said = words.long_day(moment)
    return said if i18n.language() == "en" else speech.aloud(said.replace(" ", "，"))


def hour(moment: datetime) -> str:
    local = clock.local(moment)
    return words.hour(moment) if i18n.language() == "en" else speech.hour(local.hour, local.minute)
