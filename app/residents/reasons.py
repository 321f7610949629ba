"""The reason that an officer gives before names or phones are shown or taken along; it stays in the audit."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Refused
from app.i18n import _
from app.residents import covers
from app.staff.accounts import Officer

SHORTEST, LONGEST = 4, 100


async def read(db: AsyncSession, typed: str, *, by: Officer, names: Collection[str] = ()) -> str:
    """The reason as an audit keeps it: without numbers, the names of the officer's area, and these ones. Raises Refused
    for a reason that says nothing."""
    reason = typed.strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Refused(_("Please write in {least} to {most} characters what this is needed for."), field="reason",
                      least=SHORTEST, most=LONGEST)
    return covers.bare(reason, {*names, *await covers.names_in(db, reason, by.area)})
