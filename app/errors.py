"""The ways in which something says no."""

from types import TracebackType


class Refused(Exception):
    """A rule said no, in one sentence that the person reads: the page shows it, the text sends it.

    `sentence` is the English message id of the catalogue, with {names} that `values` fill after translation.
    `field` names the form field beside which a page shows the sentence.
    """

    def __init__(self, sentence: str, *, field: str = "", **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.values = values


class NotFound(Exception):
    """What was asked for does not exist, or is outside the asker's scope; the two are not told apart."""


class TemporarilyAway(Exception):
    """The database or another part that we need is locked or away; trying again later is right (503)."""


def without_values(error: BaseException) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    """An error for the log: its kind and its trace, without its message. Drivers repeat the values of a statement in
    theirs, and those are people's."""
    return Exception, Exception(type(error).__name__), error.__traceback__
