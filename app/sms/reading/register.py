"""Put me on the list of those who look for work."""

from app.sms.reading import Reading
from app.sms.reading._coming import comes
from app.sms.reading._message import Message

RANK = 53


def find(message: Message) -> Reading | None:
    if message.context.kind in ("push", "list", "confirm", "signed"):
        return None  # there it is a sign-up
    if message.has_clause("register") or any("登" in clause and comes(clause) for clause in message.clauses):
        return Reading("REGISTER", rule="register_word")
    return None
