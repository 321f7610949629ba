"""Received, good, thanks: an agreement that says neither yes nor no."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 70
_FACES = "👍👌🙏😊😄😁🤝👏💪🌹❤🆗😀🙂☺✅"


def find(message: Message) -> Reading | None:
    if message.is_made_of("bare_agreement"):
        return Reading("ACK", rule="bare_agreement", certainty=0.8)
    if not any(letter.isalnum() for letter in message.plain) and any(face in message.plain for face in _FACES):
        return Reading("ACK", rule="a_friendly_face", certainty=0.7)
    return None
