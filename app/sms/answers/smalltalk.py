"""A greeting is answered once in a while: two machines that are polite must not keep each other talking."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, words
from app.i18n import _
from app.sms.answers import Answer, Example, Said
from app.sms.reading import Reading

INTENTS = ("SMALLTALK",)
EXAMPLES = (
    Example(("你好",), _("a greeting, once in twelve hours: how to see jobs and get help")),
)
WITHIN = timedelta(hours=12)
GREETED = "greeted"


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    lately = clock.now() - WITHIN
    if any(GREETED in message.memory and message.created_at > lately for message in said.told):
        return Answer()
    still = said.still_asked
    return Answer(words.text("hello.txt"), **{**still, "memory": {**still.get("memory", {}), GREETED: True}})
