"""Many (number, word) pairs as one bound value to join: one statement for a whole claim, whatever its size."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def bound(words: Mapping[int, str]) -> str:
    """The value for a statement that joins `joined`."""
    return json.dumps(words)


def joined(name: str) -> Any:
    """A set with the columns `number` and `word`; what is in it is said when the statement is executed, with `bound`
    under this name."""
    return _pairs(bindparam(name, type_=String())).table_valued(
        column("number", BigInteger), column("word", String), name=f"{name}_pairs")


class _pairs(FunctionElement[Any]):  # reads like a function in SQL
    """The entries of a JSON object, as rows."""

    inherit_cache = True
    name = "pairs"


@compiles(_pairs, "sqlite")
def _sqlite(element: _pairs, compiler: Any, **how: Any) -> str:
    said = compiler.process(element.clauses, **how)  # a bound value
    return f"(SELECT CAST(key AS INTEGER) AS number, value AS word FROM json_each({said}))"  # noqa: S608


@compiles(_pairs, "postgresql")
def _postgresql(element: _pairs, compiler: Any, **how: Any) -> str:
    said = compiler.process(element.clauses, **how)  # a bound value
    return ("(SELECT CAST(key AS BIGINT) AS number, value AS word "  # noqa: S608
            f"FROM json_each_text(CAST({said} AS JSON)))")
