"""Something that staff should know or do, for which no feature is built yet: written down and passed on."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Why
from app.i18n import _
from app.sms.answers import Answer, Example, Said, _passed_on
from app.sms.reading import Reading

INTENTS = ("REGISTER", "POINTS", "REDEEM", "FOLLOWUP", "ARRIVED")
EXAMPLES = (
    Example(("我想登记", "积分", "我要换一桶油"), _("noted and passed on to staff")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return await _passed_on.to_staff(db, said, Why.TOLD, "told.txt")
