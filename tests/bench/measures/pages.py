"""Pages for residents with 200 and with 20,000 open jobs in the community, each beside a Litestar handler that returns
the same bytes with the same headers in the same run; and how many bytes they are. `rows` are open jobs.

The list and the job are for everybody; `own_page` is the job as somebody sees it whose phone is proved, `my_page` their
own sign-ups; each request is another person's of a hundred, beside the handler under Litestar's session and CSRF.
"""

from itertools import cycle, islice

from tests.bench import connections, openings, served
from tests.bench.connections import Flood
from tests.bench.house import House, Result, at_most
from tests.bench.served import Server

NAMES = ("page_requests_per_second", "bare_requests_per_second", "job_page_requests_per_second",
         "bare_job_requests_per_second", "own_page_requests_per_second", "my_page_requests_per_second",
         "guarded_requests_per_second", "page_bytes")
LISTINGS = (200, 20_000)
SECONDS, CONNECTIONS, PEOPLE, MOST = 4, 50, 100, 60_000
PACKED = {"Accept_Encoding": "gzip, deflate, br"}
_MADE_BY_THE_SERVER = {"date", "server", "content-length", "content-type"}
_engines: set[str] = set()


async def measure(house: House) -> list[Result]:
    """Once an engine: neither what is read nor how depends on what else is in the tables."""
    if house.engine in _engines and not house.first:
        return []
    _engines.add(house.engine)
    tokens, results = await openings.prove(house.database, PEOPLE), []
    for listings in LISTINGS:
        code = f"open-{listings}"
        await openings.post(house.database, code, listings)
        for_all = [connections.get(path, Cookie=f"area={code}", **PACKED) for path in ("/jobs", "/jobs/10")]
        own = [connections.get(f"/jobs/10?area={code}", Cookie=f"phone={token}; area={code}", **PACKED)
               for token in tokens]
        mine = [connections.get("/me", Cookie=f"phone={token}; area={code}", **PACKED) for token in tokens]
        results += await _beside(house, listings, "page", "bare", [for_all[0]])
        results += await _beside(house, listings, "job_page", "bare_job", [for_all[1]])
        results += await _beside(house, listings, "own_page", "guarded", own)
        results += (await _beside(house, listings, "my_page", "guarded", mine))[:1]
        async with served.doorstep(house, "--no-dispatch") as server:
            results += [await _size(house, server, code, listings, path) for path in ("/", "/jobs", "/jobs/10")]
    return results


async def _beside(house: House, listings: int, name: str, beside: str, requests: list[bytes]) -> list[Result]:
    """Ours, and then the handler that returns what ours did."""
    async with served.doorstep(house, "--no-dispatch") as server:
        head, answer = await connections.fetch(server.port, requests[0])
        ours, cpu_seconds = await _flood(server, requests)
    headers = _headers(head)
    guarded = beside == "guarded"
    async with served.bare(house.folder, answer, media_type="text/html", status=200, headers=headers,
                           guarded=guarded) as server:
        request = await _known(server) if guarded else connections.get("/", **PACKED)
        theirs, bare_cpu_seconds = await _flood(server, [request])
    return [
        Result(f"{name}_requests_per_second", house.engine, listings, ours.per_second(), "requests/s",
               theirs.per_second(), f"{len(answer):,} bytes; {_note(ours, cpu_seconds)}"),
        Result(f"{beside}_requests_per_second", house.engine, listings, theirs.per_second(), "requests/s",
               note=f"{len(answer):,} bytes; {_note(theirs, bare_cpu_seconds)}")]


async def _known(server: Server) -> bytes:
    """The request of a browser that has a session and a token there."""
    head, _body = await connections.fetch(server.port, connections.get("/known", **PACKED))
    cookies = [line.partition(":")[2].partition(";")[0].strip() for line in head.decode().split("\r\n")
               if line.startswith("set-cookie:")]
    return connections.get("/known", Cookie="; ".join(cookies), **PACKED)


def _headers(head: bytes) -> dict[str, str]:
    lines = [line.partition(":") for line in head.decode().split("\r\n")[1:]]
    return {name: value.strip() for name, _sign, value in lines
            if name not in _MADE_BY_THE_SERVER and name != "set-cookie"}


async def _flood(server: Server, requests: list[bytes]) -> tuple[Flood, float]:
    await connections.flood(server.port, islice(cycle(requests), 4 * CONNECTIONS), connections=CONNECTIONS, seconds=10,
                            expect=200)
    before = server.cpu_seconds()
    flood = await connections.flood(server.port, islice(cycle(requests), MOST), connections=CONNECTIONS,
                                    seconds=at_most(SECONDS), expect=200)
    return flood, server.cpu_seconds() - before


async def _size(house: House, server: Server, code: str, listings: int, path: str) -> Result:
    """Bytes as they are sent to a browser that takes compressed ones; the yardstick is the page as it is."""
    _head, plain = await connections.fetch(server.port, connections.get(path, Cookie=f"area={code}"))
    head, packed = await connections.fetch(server.port, connections.get(path, Cookie=f"area={code}", **PACKED))
    return Result("page_bytes", house.engine, listings, len(packed), "bytes", len(plain),
                  f"{path}, {_headers(head).get('content-encoding', 'not compressed')}")


def _note(flood: Flood, cpu_seconds: float) -> str:
    return (f"{len(flood.calls) / max(cpu_seconds, 1e-9):,.0f} per CPU second of the server, "
            f"p99 {flood.latency_ms(0.99):.0f} ms, {CONNECTIONS} connections, {flood.client_note}")
