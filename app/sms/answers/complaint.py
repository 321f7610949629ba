"""Something is wrong: a person takes it up. Until then nobody offers them work, as if nothing were the matter."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Why
from app.i18n import _
from app.sms import outbox
from app.sms.answers import Answer, Example, Said, _passed_on
from app.sms.reading import Reading

INTENTS = ("COMPLAINT",)
EXAMPLES = (
    Example(("工钱还没给", "我要投诉"), _("a person telephones; until then no pushes to this number")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    await outbox.withdraw_pushes(db, said.phone, reason="complaint")
    return await _passed_on.to_staff(db, said, Why.COMPLAINT, "complaint.txt")
