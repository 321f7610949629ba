"""What staff write back themselves, and what they hand on to the telephone."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.calls import calls
from app.calls.calls import Call, Why
from app.db import settings_of, take_turn
from app.desk import conversations
from app.desk.conversations import Conversation
from app.errors import Refused
from app.i18n import _
from app.residents import residents
from app.sms import consent, inbox, length, outbox, quiet
from app.sms.arrivals import Inbound, State
from app.sms.consent import Consent, Word
from app.sms.outbox import Message, Purpose
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

MOST_SEGMENTS = 3
AWAKE = timedelta(minutes=30)  # whoever wrote just now is answered also at night


async def answer(db: AsyncSession, conversation: Conversation, text: str, *, by: Officer) -> Message:
    """Send these words; nothing of the conversation waits any more.

    Raises Refused for an empty or long text, for the same words pressed twice, and for a phone that said stop and has
    not written since: a person telephones there.
    """
    require(by, May.ANSWER)
    words, phone = " ".join(text.split()), conversation.text.phone
    if not words:
        raise Refused(_("Please write what you want to say."), field="text")
    measured = length.measure(outbox.sign(words, settings_of(db).sms_signature))
    if measured.segments > MOST_SEGMENTS:
        raise Refused(_("That is {count} segments; at most {most} are kind. Please shorten it, or telephone."),
                      field="text", count=measured.segments, most=MOST_SEGMENTS)
    await take_turn(db, "inbox")
    await _must_be_theirs(db, conversation)
    if await has_stopped(db, phone):
        raise Refused(_("This number said stop and has not written since. Please telephone instead."), field="text")
    now = clock.now()
    if await _just_said(db, phone, outbox.sign(words, settings_of(db).sms_signature)):
        raise Refused(_("These words were sent to this number a moment ago."), field="text")
    # News, not an answer: what was asked before stays asked, and a stop that comes before it leaves takes it back.
    spoken = Purpose.ANSWER if await consent.stopped(db, phone) else Purpose.SERVICE
    leaves = await may_leave(db, phone)
    message = await outbox.queue(
        db, to=phone, text=words, purpose=spoken, area_id=conversation.text.area_id, not_before=leaves,
        addressed=[person.id for person in conversation.people], expires_at=inbox.good_until(leaves))
    await conversations.mark_handled(db, conversation, by=by)
    audit.record(db, "answer_text", message, by=by, inbound=conversation.text.id, held=message.next_at > now)
    return message


async def to_call(db: AsyncSession, conversation: Conversation, *, by: Officer) -> Call:
    """Somebody shall telephone about it; the task has the words that wait, or else the newest, and the conversation no
    longer waits. Pressed twice, it is one task with these words once."""
    require(by, May.ANSWER)
    await take_turn(db, "inbox")
    await _must_be_theirs(db, conversation)
    waits = await conversations.waits_of(db, conversation, by)
    words = "\n".join(text.text for text in waits) or conversation.text.text
    if not waits and (call := await _asked_already(db, conversation)) is not None:
        return call
    call = await calls.ask(db, Why.PASSED_ON, phone=conversation.text.phone, said=words,
                           resident=conversation.people[0] if conversation.people else None,
                           area_id=conversation.text.area_id)
    await conversations.mark_handled(db, conversation, by=by)
    audit.record(db, "make_call", call, by=by, inbound=conversation.text.id)
    return call


async def has_stopped(db: AsyncSession, phone: str) -> bool:
    """Whether the number said stop and nothing came from it after that: then nothing goes to it."""
    since = await db.scalar(select(Consent.since).where(
        Consent.phone == phone, Consent.purpose == consent.JOBS, Consent.word == Word.STOPPED))
    return since is not None and (await _last_wrote(db, phone) or since) <= since


async def may_leave(db: AsyncSession, phone: str) -> datetime:
    """When words of staff may leave: at once to whoever wrote just now, else outside the quiet hours."""
    now, wrote = clock.now(), await _last_wrote(db, phone)
    if wrote is not None and wrote > now - AWAKE:
        return now
    return quiet.opening(settings_of(db).quiet_hours, now)


async def _last_wrote(db: AsyncSession, phone: str) -> datetime | None:
    """When somebody wrote from this phone last. What a provider said twice, and what no person wrote, are no words of
    theirs."""
    return await db.scalar(select(func.max(Inbound.received_at)).where(
        Inbound.phone == phone, Inbound.state.not_in((State.STORED, State.DUPLICATE)), Inbound.intent != "IGNORE"))


async def _must_be_theirs(db: AsyncSession, conversation: Conversation) -> None:
    """A phone that was somebody's of the officer's area may be somebody else's by now."""
    if not conversation.people and await residents.by_phone(db, conversation.text.phone):
        raise Refused(_("This phone belongs to somebody outside your area now. Please ask the station."), field="text")


async def _asked_already(db: AsyncSession, conversation: Conversation) -> Call | None:
    """The open task that was made of it since the newest text, or has its words."""
    call = await db.scalar(select(Call).where(
        Call.phone == conversation.text.phone, Call.why == Why.PASSED_ON, Call.done_at.is_(None))
        .order_by(Call.id.desc()).limit(1))
    has = call is not None and (call.created_at >= conversation.text.received_at or conversation.text.text in call.said)
    return call if has else None


async def _just_said(db: AsyncSession, phone: str, body: str) -> bool:
    return await db.scalar(select(Message.id).where(
        Message.phone == phone, Message.body == body,
        Message.created_at > clock.now() - timedelta(minutes=2)).limit(1)) is not None
