"""Twilio's own description of its API: what it says of our calls, and of the answers that the tests' Twilio gives.

It is OpenAPI 3.0, taken from an npm package of Twilio's by `scripts/twilio-api`. It describes no answer that says no,
and nothing of what Twilio calls us with.
"""

import json
import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

DESCRIPTION = Path(__file__).parents[3] / ".venv" / "twilio-api.json"
NO_DESCRIPTION = "This test needs Twilio's description of its API: run `make .venv/twilio-api.json` (it needs npm)."
_FORM = "application/x-www-form-urlencoded"


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or parsedate_to_datetime(value) is not None


def _is_phone(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"\+[1-9]\d{6,14}", value, re.ASCII) is not None


def _is_address(value: object) -> bool:
    """Twilio's own pages name each other without a host."""
    return not isinstance(value, str) or re.fullmatch(r"(https?://[A-Za-z0-9.:-]+)?/[\x21-\x7e]*", value) is not None


_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date-time-rfc-2822", raises=ValueError)(_is_date)
_FORMATS.checks("phone-number")(_is_phone)
_FORMATS.checks("uri")(_is_address)


def schema(name: str) -> dict[str, Any]:
    """What the description calls by that name, its references resolved."""
    resolved: dict[str, Any] = _resolved(_description()["components"]["schemas"][name])
    return resolved


def wrong_with_call(method: str, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> list[str]:
    """What the description would not have of a call: an unknown name, a missing one, a value of another kind."""
    operation = _operation(method, path)
    asked = [one for one in operation["parameters"] if one["in"] == "query"]
    described = {"type": "object", "properties": {one["name"]: _resolved(one["schema"]) for one in asked},
                 "required": [one["name"] for one in asked if one.get("required")]}
    body = operation.get("requestBody", {"content": {_FORM: {"schema": {"type": "object"}}}})["content"][_FORM]
    return [*_complaints({**described, "additionalProperties": False}, _typed(query, described)),
            *_complaints({"properties": {}, **(posted := _resolved(body["schema"])), "additionalProperties": False},
                         _typed(form, posted))]


def wrong_with_answer(method: str, path: str, status: int, body: Any) -> list[str]:
    """What the description would not have of an answer: it has each field that is described, and no other."""
    answers = _operation(method, path)["responses"]
    if str(status) not in answers:
        return [f"{method} {path} never answers {status}"]
    return _complaints(_whole(_resolved(answers[str(status)]["content"]["application/json"]["schema"])), body)


@cache
def _description() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.fail(NO_DESCRIPTION, pytrace=False)
    description: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return description


@cache
def _operation(method: str, path: str) -> dict[str, Any]:
    fitting = [operations for template, operations in _description()["paths"].items()
               if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)]
    assert len(fitting) == 1, f"{path} is described {len(fitting)} times"
    operation: dict[str, Any] = fitting[0][method.lower()]
    return operation


def _complaints(described: Mapping[str, Any], value: Any) -> list[str]:
    found: Iterator[Any] = Draft202012Validator(described, format_checker=_FORMATS).iter_errors(value)
    return [f"{one.json_path}: {one.message}" for one in found]


def _typed(said: Mapping[str, str], described: Mapping[str, Any]) -> dict[str, object]:
    """What stands in a form or an address, as what it means."""
    kinds = {name: one.get("type") for name, one in described.get("properties", {}).items()}
    return {name: int(value) if kinds.get(name) == "integer" and value.isdigit() else value
            for name, value in said.items()}


def _resolved(part: Any) -> Any:
    """Without references, and in the words of JSON Schema where OpenAPI 3.0 has its own: `nullable`."""
    if isinstance(part, list):
        return [_resolved(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return schema(part["$ref"].rsplit("/", 1)[1])
    made = {name: _resolved(one) for name, one in part.items()}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def _whole(described: dict[str, Any]) -> dict[str, Any]:
    """The same, every described field of every object in it being there, and no other."""
    made = {name: _whole(one) if isinstance(one, dict) else one for name, one in described.items()}
    if isinstance(fields := described.get("properties"), dict) and described.get("type") in ("object", None):
        made |= {"properties": {name: _whole(one) for name, one in fields.items()}, "required": sorted(fields),
                 "additionalProperties": False}
    return made
