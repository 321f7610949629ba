"""For Prometheus: numbers without people. To everybody whom METRICS_ALLOWED does not name there is no such page."""

from litestar import Response, get

from app import networks
from app.arguments import AnyRequest, address_of
from app.errors import NotFound
from app.watch import exposition


@get("/metrics", opt={"exclude_from_csrf": True})
async def metrics(request: AnyRequest) -> Response[bytes]:
    state = request.app.state
    if not networks.holds(state.settings.metrics_allowed, address_of(request)):
        raise NotFound
    said = await exposition.text(state.database, state.pulses, state.figures)
    return Response(said, media_type=exposition.CONTENT_TYPE)


ROUTES = [metrics]
