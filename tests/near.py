"""A caller on the very machine that serves, as the simulated phones want it; a plain test client comes from nowhere."""

from typing import Any

from httpx import Request
from litestar import Litestar
from litestar.testing import AsyncTestClient
from litestar.testing.transport import TestClientTransport

HERE = "http://127.0.0.1"


class _From(TestClientTransport[Any]):
    """Brings calls as if they came from this address."""

    def __init__(self, client: AsyncTestClient[Litestar], address: str) -> None:
        super().__init__(client)
        self.address = address

    def parse_request(self, request: Request) -> dict[str, Any]:
        return {**super().parse_request(request), "client": (self.address, 50_000)}


def near(app: Litestar, *, address: str = "127.0.0.1", base_url: str = HERE) -> AsyncTestClient[Litestar]:
    client = AsyncTestClient(app, base_url=base_url)
    client._transport = _From(client, address)  # type: ignore[assignment]  # it serves asynchronous clients as well
    return client
