"""A carrier of its own process that takes whatever it is handed at once: Kannel's sendsms and Cloud MAS, and no more of
HTTP than both need. It shares the processors with what is measured, so it does little; it keeps what it took, so that
nobody can count a text that never left.
"""

import asyncio
import json
import re
import sys
from base64 import b64decode
from typing import Any

SENDSMS, SUBMIT, TAKEN = "/cgi-bin/sendsms", "/sms/norsubmit", "/taken"
_KANNEL_ID = re.compile(rb"[?&]message=(\d+)")


class _Caller(asyncio.Protocol):
    """One connection, with one call after the other."""

    texts: list[str] = []                 # noqa: RUF012  # of all connections: Kannel's, as we name them there
    calls: list[tuple[str, bytes]] = []   # noqa: RUF012  # Cloud MAS's: the group and what was said, read when asked for

    def __init__(self) -> None:
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end]
            lower = head.lower()
            size = int((lower.partition(b"content-length:")[2].partition(b"\r\n")[0]) or b"0")
            if len(self._held) < end + 4 + size:
                return
            body, self._held = self._held[end + 4:end + 4 + size], self._held[end + 4 + size:]
            status, answer = self._answer(head, lower, body)
            self._transport.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nContent-Type: text/plain\r\n\r\n%s"
                                  % (status, len(answer), answer))
            if b"connection: close" in lower:
                self._transport.close()

    def _answer(self, head: bytes, lower: bytes, body: bytes) -> tuple[bytes, bytes]:
        path = head.split(b" ", 2)[1].decode()
        if path == SENDSMS:
            given = _KANNEL_ID.search(head)
            if not body or given is None or b"x-kannel-to: +86" not in lower or b"x-kannel-username: " not in lower:
                return b"400 Bad Request", b"receiver or text missing"
            self.texts.append(f"k-{given[1].decode()}")
            return b"202 Accepted", b"0: Accepted for delivery"
        if path == SUBMIT:
            group = f"{len(self.calls) + 1:022}"
            self.calls.append((group, body))
            return b"200 OK", b'{"msgGroup":"%s","rspcod":"success","success":true}' % group.encode()
        if path == TAKEN:
            return b"200 OK", json.dumps(self._taken()).encode()
        return b"200 OK", b""

    def _taken(self) -> dict[str, Any]:
        """What was taken since this was last asked."""
        taken = {"kannel": self.texts[:], "cloudmas": [
            (mobile, group) for group, body in self.calls for mobile in _mobiles(json.loads(b64decode(body)))]}
        self.texts.clear()
        self.calls.clear()
        return taken


def _mobiles(said: dict[str, str]) -> list[str]:
    """Of the same text for many, or of a text for each."""
    return said["mobiles"].split(",") if said["mobiles"] else list(json.loads(said["content"]))


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Caller, "127.0.0.1", port, backlog=1_000)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
