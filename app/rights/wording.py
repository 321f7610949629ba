"""What stands in the registry as a word, as the person reads it."""

from app import i18n
from app.i18n import _

STATUSES = {
    "steady": _("steady job"), "flexible": _("flexible work"), "own_business": _("own business"),
    "public_post": _("public welfare post"), "farming": _("farming"), "seeking": _("looking for work"),
    "unwilling": _("does not want to work now"), "unable": _("cannot work"), "studying": _("at school"),
    "serving": _("in the army"), "retired": _("works past retirement age"), "lost": _("cannot be reached"),
    "unknown": _("not known")}
DEMANDS = {
    "standing": _("standing for long"), "heavy": _("heavy work"), "night": _("night work"),
    "outdoor": _("work outdoors"), "far": _("far from home"), "full_day": _("whole days"), "heights": _("heights"),
    "reading": _("to read and write")}
PURPOSES = {"jobs": _("Texts about jobs"), "notices": _("Notices and surveys")}
WORDS = {"agreed": _("agreed"), "stopped": _("stopped"), "unsaid": _("nothing said")}
SOURCES = {
    "text": _("by text"), "page": _("on the page"), "staff": _("told the staff"), "spoken": _("told the staff"),
    "other": _("in another way"), "import": _("from a list"), "form": _("on paper"), "carrier": _("from the carrier"),
    "demo": _("invented"), "corrected": _("put right by the staff"), "erased": _("because they were deleted"),
    "kept": _("as before: they spoke of texts about jobs alone")}
PLACES = {
    "taken": _("has a place"), "waiting": _("waits"), "cancelled": _("given back"), "attended": _("was there"),
    "no_show": _("did not come")}
LOOKED = {
    "add_resident": _("put you into the list"), "change_resident": _("changed what we know of you"),
    "change_phone": _("took a new number from a list"), "open_phone": _("looked at your whole phone number"),
    "open_id_number": _("looked at your whole identity number"), "open_record": _("read the texts to and from you"),
    "record_consent": _("noted what you said about texts"), "set_birth_date": _("noted your birth date"),
    "recognise_hardship": _("noted a right to special help"), "end_hardship": _("ended a right to special help"),
    "resident_left": _("noted that you moved away"), "resident_back": _("noted that you live here again"),
    "text_link": _("sent you a link by text"), "issue_card": _("gave you a card number"),
    "open_pages": _("opened your pages at the station"), "call_done": _("telephoned you"),
    "handled": _("read what you wrote"), "answer_text": _("answered what you wrote"),
    "correct": _("put right how a text of yours was read"), "sign_up": _("signed you up for work"),
    "take_off": _("took you off some work")}
OTHERWISE = _("worked on what we know of you")


def status(word: str) -> str:
    return i18n.gettext(STATUSES.get(word, word))


def limit(word: str) -> str:
    return i18n.gettext(DEMANDS.get(word, word))


def source(word: str) -> str:
    return i18n.gettext(SOURCES.get(word, word))
