"""For load balancers: is this process alive, and may it be given work?"""

from litestar import Response, get

from app.arguments import AnyRequest
from app.watch.readiness import Readiness


@get("/health/live", sync_to_thread=False, opt={"exclude_from_csrf": True})
def live() -> Response[dict[str, str]]:
    """Answers as long as the process does anything at all."""
    return Response({"status": "live"})


@get("/health/ready", opt={"exclude_from_csrf": True})
async def ready(request: AnyRequest) -> Response[dict[str, str]]:
    """Answers 200 when the database does, has the newest schema and can be written, and the loops go round."""
    readiness: Readiness = request.app.state.readiness
    reason = await readiness.why_not(request.app.state.database)
    if reason:
        return Response({"status": "not ready", "reason": reason}, status_code=503)
    return Response({"status": "ready"})


ROUTES = [live, ready]
