"""A carrier's message centre as a process of its own; for each line that it is told, it says how many texts came so far
and how many of them are different."""

import asyncio
import sys

from tests.kannel import smsc


async def main(port: int) -> None:
    told = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    async with smsc.running(port) as carrier:
        carrier.receipts = False
        print("ready", flush=True)
        while await told.readline():
            print(len(carrier.got), len({(part.phone, part.text) for part in carrier.got}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
