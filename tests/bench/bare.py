"""A Litestar application that does nothing: what the server and the framework cost by themselves."""

import json
import sys
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar, Request, Response, route
from litestar.config.csrf import CSRFConfig
from litestar.middleware.session.server_side import ServerSideSessionConfig

from app.commands.serve import KEPT_SECONDS


def application(answer: bytes, media_type: str, status: int, headers: dict[str, str], *,
                guarded: bool) -> Litestar:
    @route("/", http_method=["GET", "POST"])
    async def say() -> Response[Any]:
        return Response(answer, media_type=media_type, status_code=status, headers=headers)

    @route("/known", http_method=["GET"])
    async def known(request: Request[Any, Any, Any]) -> Response[Any]:
        """For whoever has a session, which is looked at, and begun where there is none."""
        if not request.session.get("phone"):
            request.session["phone"] = "+8614200000001"
        return Response(answer, media_type=media_type, status_code=status, headers=headers)

    if not guarded:
        return Litestar(route_handlers=[say], openapi_config=None)
    return Litestar(route_handlers=[say, known], openapi_config=None, middleware=[ServerSideSessionConfig().middleware],
                    csrf_config=CSRFConfig(secret="a-secret-key-for-tests-only", cookie_name="csrf"))


if __name__ == "__main__":
    port, path, media_type, status, headers, guarded = sys.argv[1:]
    uvicorn.run(application(Path(path).read_bytes(), media_type, int(status), json.loads(headers),
                            guarded=bool(guarded)),
                host="127.0.0.1", port=int(port), log_level="warning", access_log=False,
                timeout_keep_alive=KEPT_SECONDS)
