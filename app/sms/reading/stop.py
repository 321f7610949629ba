"""Stop: the law's word, and people's own words for it. It must not be missed."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 40


def find(message: Message) -> Reading | None:
    if message.bare == "退出" and message.context.kind == "signed":
        return None  # out of the job, not of the texts
    if message.is_one_of("stop"):
        return Reading("UNSUB", rule="stop_word")
    if message.context.kind != "follow" and message.has_clause("stop_clause") and not message.says("stop_not") and (
            message.says("texts") and not message.asks):
        return Reading("UNSUB", rule="stop_clause", certainty=0.9)
    taken_off = message.context.kind == "signed" and message.says("taken_off")  # there it is the place that is meant
    said = message.says_but("stop_says", "stop_not") or (
        message.says_but("stop_mention", "stop_not") and not message.asks)
    if said and not taken_off:
        return Reading("UNSUB", rule="asked_to_be_left_alone", certainty=0.9)
    return None
