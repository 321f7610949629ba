"""A Litestar application that does nothing: what the server and the framework cost by themselves."""

import sys
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar, Response, route


def application(answer: bytes, media_type: str, status: int) -> Litestar:
    @route("/", http_method=["GET", "POST"])
    async def say() -> Response[Any]:
        return Response(answer, media_type=media_type, status_code=status)

    return Litestar(route_handlers=[say], openapi_config=None)


if __name__ == "__main__":
    port, path, media_type, status = sys.argv[1:]
    uvicorn.run(application(Path(path).read_bytes(), media_type, int(status)), host="127.0.0.1", port=int(port),
                log_level="warning", access_log=False)
