"""What work is there?"""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 81


def find(message: Message) -> Reading | None:
    return Reading("JOBS", rule="jobs_word") if message.is_one_of("jobs") else None
