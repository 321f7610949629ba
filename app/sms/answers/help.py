"""What can be done by text."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.sms.answers import Answer, Example, Said
from app.sms.reading import Reading

INTENTS = ("HELP",)
EXAMPLES = (
    Example(("帮助", "怎么用"), _("what can be done by text")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return Answer(words.text("help.txt", station=said.station_phone))
