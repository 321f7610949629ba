"""The one story that every browser has to play: find a job, say yes with a phone, see the place, give it back."""

from typing import Protocol

from app.i18n import gettext
from tests.browser.phone.station import Station

NUMBER, TITLE = 10, "香菇分拣"


class Reader(Protocol):
    """Somebody with a browser of some kind; words are what stands on the page."""

    def open(self, path: str) -> None: ...

    def see(self, words: str) -> None:
        """Wait until the words are there."""

    def press(self, words: str) -> None:
        """The link or the button with these words."""

    def pick(self, number: int, title: str) -> None:
        """Open the job that is on the list with this number and title."""

    def write(self, label: str, text: str, *, button: str) -> None:
        """Type into the field with this label, then send the form by this button."""

    def give_back(self) -> None:
        """Give back the place that is shown."""


def sign_up_and_cancel(reader: Reader, station: Station) -> None:
    """In whichever language the reader speaks: words are looked up, so that a better word needs no other test."""
    phone = station.somebody()
    reader.open("/")
    reader.press(gettext("All work"))
    reader.see(TITLE)
    reader.pick(NUMBER, TITLE)
    reader.see(gettext("Your mobile number"))
    reader.write(gettext("Your mobile number"), phone, button=gettext("I want this work"))
    reader.see(gettext("The six digits"))
    reader.write(gettext("Code"), station.code(phone), button=gettext("Go on"))
    reader.see(gettext("You have a place"))
    assert station.held(phone) == [NUMBER]
    reader.press(gettext("My sign-ups"))
    reader.see(TITLE)
    reader.give_back()
    reader.see(gettext("You have not signed up for anything."))
    assert station.held(phone) == []
