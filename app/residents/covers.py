"""What of other people's words stays covered where somebody else reads them: identity numbers, phones, names."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import masks, phones
from app.org.areas import Area, inside
from app.residents.residents import NAME_LENGTH, Resident, mask_name


def bare(text: str, names: Collection[str], *, shown: Collection[str] = ()) -> str:
    """The text without identity numbers, these names, and phone numbers other than those `shown`."""
    text = phones.hide(masks.hide(text), shown=shown)
    for name in sorted(set(names), key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return text


async def names_in(db: AsyncSession, text: str, area: Area) -> list[str]:
    """The names of the area's people that stand in a short text: every piece of it is looked up, so that the length of
    the registry does not matter."""
    pieces = {text[start:end] for start in range(len(text))
              for end in range(start + 2, min(start + NAME_LENGTH, len(text)) + 1)}
    return list(await db.scalars(select(Resident.name).join(Area, Area.id == Resident.area_id).where(
        Resident.name.in_(pieces), inside(area)).distinct()))
