"""What the two databases spell differently, as one function for statements that are written once."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


def spelled(name: str, *, sqlite: str, postgresql: str, gives: TypeEngine[Any] | None = None) -> Any:
    """A function of SQL expressions, of which {0}, {1} and so on stand in each spelling. A spelling is ours alone: what
    people type comes in as bound values. `name` is no other one's; `gives` is the type of what comes out."""
    typed = {"type": gives} if gives else {}
    made: Any = type(name, (FunctionElement,), {"inherit_cache": True, "name": name, **typed})

    def spell(spelling: str) -> Any:
        def said(element: Any, compiler: Any, **how: Any) -> str:
            return spelling.format(*(compiler.process(part, **how) for part in element.clauses))
        return said

    for engine, spelling in (("sqlite", sqlite), ("postgresql", postgresql)):
        compiles(made, engine)(spell(spelling))
    return made
