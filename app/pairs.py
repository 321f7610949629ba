"""Many (number, word) pairs as one bound value to join: one statement for a whole claim, whatever its size."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, String, bindparam, column

from app.dialects import spelled

# The entries of a JSON object, as rows.
_pairs = spelled(
    "pairs", sqlite="(SELECT CAST(key AS INTEGER) AS number, value AS word FROM json_each({0}))",
    postgresql="(SELECT CAST(key AS BIGINT) AS number, value AS word FROM json_each_text(CAST({0} AS JSON)))")


def bound(words: Mapping[int, str]) -> str:
    """The value for a statement that joins `joined`."""
    return json.dumps(words)


def joined(name: str) -> Any:
    """A set with the columns `number` and `word`; what is in it is said when the statement is executed, with `bound`
    under this name."""
    return _pairs(bindparam(name, type_=String())).table_valued(
        column("number", BigInteger), column("word", String), name=f"{name}_pairs")
