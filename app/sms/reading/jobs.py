"""What work is there?"""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 51


def find(message: Message) -> Reading | None:
    return Reading("JOBS", rule="jobs_word") if message.matches("jobs") else None
