"""Not for us."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.i18n import _
from app.sms.answers import Answer, Example, Said
from app.sms.reading import Reading

INTENTS = ("IGNORE",)
EXAMPLES = (
    Example(("【某银行】您的验证码是482913,请勿告诉他人",), _("nothing: it was not written to us")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return Answer()
