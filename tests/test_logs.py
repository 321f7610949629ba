"""LOG_FORMAT=json: a line is an object, and no error brings along what it is about."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from app.errors import without_values
from app.logs import Lines

WANG = "14200000001"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What is logged under any name, as it is written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_a_line_is_an_object_with_fixed_fields(said: io.StringIO) -> None:
    logging.getLogger("doorstep.inbox").error("inbound %s failed", 7)
    line = json.loads(said.getvalue())
    assert line["time"].endswith("+00:00")
    assert (line["level"], line["logger"], line["event"]) == ("error", "doorstep.inbox", "inbound 7 failed")
    assert set(line) == {"time", "level", "logger", "event", "process", "where"}


def test_an_error_is_written_without_its_message(said: io.StringIO) -> None:
    try:
        try:
            raise KeyError(WANG)
        except KeyError as error:
            raise ValueError(f"INSERT INTO message VALUES ('{WANG}')") from error
    except ValueError:
        logging.getLogger("doorstep").exception("broke")
    line = json.loads(said.getvalue())
    assert line["error"] == ["ValueError", "KeyError"]
    assert line["trace"][-1].startswith("tests/test_logs.py:")
    assert WANG not in said.getvalue()


def test_an_error_without_values_keeps_its_kind_and_where_it_came_from(said: io.StringIO) -> None:
    try:
        raise ValueError(WANG)
    except ValueError as error:
        logging.getLogger("doorstep").error("broke", exc_info=without_values(error))
    line = json.loads(said.getvalue())
    assert line["error"] == ["ValueError"]
    assert line["trace"][-1].startswith("tests/test_logs.py:")
    assert WANG not in said.getvalue()


def test_of_what_libraries_say_only_the_sentence_is_kept(said: io.StringIO) -> None:
    logging.getLogger("some.library").warning("could not reach %s", WANG)
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: ValueError('{WANG}')")
    logging.getLogger("asyncio").error(f"Exception in callback tell('{WANG}')")
    assert [json.loads(line)["event"] for line in said.getvalue().splitlines()] == [
        "could not reach %s", "Task exception was never retrieved", "Exception in callback tell"]
