"""Reading what people typed into a form. What cannot be read is Refused, beside its field."""

from datetime import date, time
from decimal import Decimal

from litestar.datastructures import FormMultiDict

from app.arguments import AnyRequest
from app.errors import Refused
from app.i18n import _

LONGEST = 4000  # characters of one field that we read at all


class Form:
    """The fields of one form as typed; `get` and `all` also serve a template that shows them again."""

    def __init__(self, typed: FormMultiDict | None = None) -> None:
        self._typed = typed or FormMultiDict([])

    @classmethod
    def of(cls, values: dict[str, str]) -> "Form":
        """A form that is filled in already."""
        return cls(FormMultiDict(list(values.items())))

    def get(self, name: str, default: str = "") -> str:
        value = self._typed.get(name, default)
        return _cleaned(value)[:LONGEST] if isinstance(value, str) else default

    def all(self, name: str) -> list[str]:
        return [_cleaned(value)[:LONGEST] for value in self._typed.getall(name, []) if isinstance(value, str)]

    def ticked(self, name: str) -> bool:
        return bool(self.get(name))

    def whole(self, name: str, *, least: int, most: int) -> int:
        """A whole number, also in full-width digits."""
        typed = self.get(name)
        if not typed.isdecimal() or not least <= int(typed[:9]) <= most:
            raise Refused(_("Please give a whole number from {least} to {most}."), field=name, least=least, most=most)
        return int(typed[:9])

    def fen(self, name: str) -> int:
        """Yuan as people write them, in fen."""
        try:
            amount = Decimal(self.get(name).replace("元", "").replace(",", "").strip()) * 100
        except ArithmeticError:  # no number, or one with a billion digits
            raise Refused(_("Please give an amount in yuan, such as 80 or 80.5."), field=name) from None
        if not amount.is_finite() or not 0 < amount < 100_000_000 or amount != int(amount):
            raise Refused(_("Please give an amount in yuan, such as 80 or 80.5."), field=name)
        return int(amount)

    def day(self, name: str) -> date:
        try:
            day = date.fromisoformat(self.get(name))
        except ValueError:
            raise Refused(_("Please give a day."), field=name) from None
        if not 1800 <= day.year <= 2999:  # the calendar ends somewhere, and moments near its ends cannot be reckoned
            raise Refused(_("Please give a day."), field=name)
        return day

    def hour(self, name: str) -> time:
        try:
            return time.fromisoformat(self.get(name)).replace(tzinfo=None)
        except ValueError:
            raise Refused(_("Please give an hour, such as 07:30."), field=name) from None


def _cleaned(value: str) -> str:
    """Without NUL, which no database takes."""
    return value.replace("\x00", "").strip()


async def form_of(request: AnyRequest) -> Form:
    return Form(await request.form())
