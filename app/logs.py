"""LOG_FORMAT=json: one JSON object a line on standard error, for whatever collects logs.

What a person typed, a phone or a value of a statement never stands in it: of an error its kinds and its trace are
written and not its message, and of what other libraries say only the sentence before their values are put into it.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from app.settings import Settings

_OURS = "doorstep"


class Lines(logging.Formatter):
    """Every line has the same fields; `error` and `trace` where there was one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name, "event": _event(record),
            "process": record.process, "where": f"{record.module}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            line |= _error(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def set_up(settings: Settings) -> None:
    """Called once by whatever is a process of its own. With LOG_FORMAT=text everything stays as Python does it."""
    if settings.log_format != "json":
        return
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(_OURS).setLevel(logging.INFO)


def of_server(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told, so that its lines look like ours."""
    as_it_is = {"log_level": "warning", "access_log": False}
    return {**as_it_is, "log_config": None} if settings.log_format == "json" else as_it_is


def _event(record: logging.LogRecord) -> str:
    """Ours hold numbers and names of things only. Others put in what they were given, or have written it into their
    sentence already: asyncio repeats an error's message in its second line, and arguments behind a bracket."""
    if record.name == _OURS or record.name.startswith(f"{_OURS}."):
        return record.getMessage()
    return re.split(r"[\n(<{\[]", record.msg)[0].strip() if isinstance(record.msg, str) else type(record.msg).__name__


def _error(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    """`without_values` hands over the trace beside an error that was never raised."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < 8:  # what caused what may go in a circle
        kinds.append(type(seen).__name__ if type(seen) is not Exception else _named(seen))
        seen = seen.__cause__ or seen.__context__
    places = [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
              for frame in traceback.extract_tb(trace)]
    return {"error": kinds, "trace": places}


def _named(error: BaseException) -> str:
    """`without_values` leaves nothing but the kind of an error in its message."""
    said = str(error)
    return said if said.isidentifier() else "Exception"
