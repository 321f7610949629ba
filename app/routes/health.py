"""For load balancers: is this process alive, and may it be given work?"""

import asyncio

from litestar import Response, get
from sqlalchemy.exc import SQLAlchemyError

from app import schema
from app.arguments import AnyRequest
from app.db import Database
from app.errors import TemporarilyAway

_PATIENCE_SECONDS = 3


@get("/health/live", sync_to_thread=False)
def live() -> Response[dict[str, str]]:
    """Answers as long as the process does anything at all."""
    return Response({"status": "live"})


@get("/health/ready")
async def ready(request: AnyRequest) -> Response[dict[str, str]]:
    """Answers 200 when the database does and has the newest schema."""
    database: Database = request.app.state.database
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            current = await schema.is_current(database)
    except (TemporarilyAway, SQLAlchemyError, TimeoutError):
        return _not_ready("the database does not answer")
    return Response({"status": "ready"}) if current else _not_ready("the database needs `doorstep migrate`")


def _not_ready(reason: str) -> Response[dict[str, str]]:
    return Response({"status": "not ready", "reason": reason}, status_code=503)


ROUTES = [live, ready]
