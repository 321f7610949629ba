"""A provider that calls us by the clock, as a process of its own: whoever is late does not make it call less often.

Says "ready" when its connections are open, begins when it is told a line, and writes its calls down as JSON.
"""

import asyncio
import json
import sys
from pathlib import Path

from tests.bench import connections


async def main(port: int, requests: list[bytes], *, per_second: float, seconds: float, lines: int) -> list[object]:
    """Returns what is to be written down of each call."""

    async def go() -> None:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)

    calls = await connections.paced(port, requests, per_second=per_second, seconds=seconds, connections=lines, go=go)
    return [(call.sent_at, call.seconds, call.status, call.body.decode()) for call in calls]


if __name__ == "__main__":
    given_port, given_path, given_address, rate, lasting, count = sys.argv[1:]
    bodies = Path(given_path).read_bytes().splitlines()
    made = asyncio.run(main(int(given_port), [connections.post(given_address, body) for body in bodies],
                            per_second=float(rate), seconds=float(lasting), lines=int(count)))
    Path(given_path).with_suffix(".calls").write_text(json.dumps(made))
