"""The grammar of "I will come": what people put before it, the verb, what they put after it, and nothing else."""

from app.sms.reading._message import matches
from app.sms.reading._words import LONGEST, made_of, one_further, pattern, reached, words

_MOST_TIMES = 3  # 我去我去我去
CHOSEN = "№"  # stands in a clause for a listing number that was said there; no message has it of itself


def comes(clause: str) -> bool:
    """Whether the clause is "I will come" with what people put before and after it, and nothing else."""
    if not 0 < len(clause) <= LONGEST or matches("elsewhere", clause):
        return False
    places = {0}
    for _time in range(_MOST_TIMES):
        before = reached("row/signup_before", clause, places)
        verb = {after for place in before for after in one_further("row/signup_verb", clause, place)}
        places = reached("row/signup_after", clause, verb)
        if len(clause) in places:
            return True
    return False


def chooses(clause: str) -> bool:
    """Whether the clause is a choice of listing numbers, each written as CHOSEN, and nothing else."""
    return CHOSEN in clause and (comes(clause) or made_of("row/choosing", clause))


def is_neutral(clause: str) -> bool:
    """Whether the clause neither takes part nor refuses to: an agreement, a greeting, an age, a door."""
    return (made_of("row/bare_agreement", clause) or made_of("row/smalltalk", clause)
            or matches("identity", clause) or matches("reassurance", clause))


def refuses(clause: str) -> bool:
    """Whether something in the clause says no, and it could be a no to coming."""
    if matches("reassurance", clause):
        return False
    if clause in words("whole/decline"):
        return True
    rest = pattern("anywhere/harmless").sub("", clause)
    return (pattern("anywhere/negations").search(rest) is not None
            and pattern("parts/deciding").search(rest) is not None)
