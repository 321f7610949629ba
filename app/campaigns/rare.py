"""Characters beyond the basic plane, which count as two for the carrier: whether some stand in a text, as SQL."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class rare(FunctionElement[bool]):  # reads like a function in SQL
    inherit_cache = True
    name = "rare"


@compiles(rare, "sqlite")
def _sqlite(element: rare, compiler: Any, **how: Any) -> str:
    return f"{compiler.process(element.clauses, **how)} GLOB '*[\U00010000-\U0010ffff]*'"


@compiles(rare, "postgresql")
def _postgresql(element: rare, compiler: Any, **how: Any) -> str:
    return f"{compiler.process(element.clauses, **how)} ~ '[\U00010000-\U0010ffff]'"
