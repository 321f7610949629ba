"""How fast the outbox empties through calls to Cloud MAS that hold thousands of texts. The platform is a process beside
ours that takes everything and answers at once."""

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import aiohttp

from app.db import Database
from app.sms.dispatch import Dispatch
from app.sms.gateways import cloudmas
from app.sms.gateways.base import Made
from app.sms.inbox import Inbox
from tests.bench import draining, provider, served
from tests.bench.connections import BadAnswer
from tests.bench.draining import Contest
from tests.bench.house import House, Result
from tests.bench.queued import Queue

NAMES = ("cloudmas_texts_per_second",)
BATCH = cloudmas.Carrier.abilities.batch


async def measure(house: House) -> list[Result]:
    async with served.provider(house) as server:
        settings = replace(house.settings, sms_gateway="cloudmas", cloudmas_ec_name="示例社区就业服务站",
                           cloudmas_ap_id="demoapp", cloudmas_secret_key="demo-secret", cloudmas_sign="DemoSign1",
                           cloudmas_url=f"http://127.0.0.1:{server.port}{provider.SUBMIT}")
        database = Database(settings)
        queue = Queue(house, database, house.rows)
        gateways = Made(settings, database)
        dispatch = Dispatch(database, gateways, Inbox(database))

        async def taken() -> list[str]:
            return [f"{mobile}:{group}" for mobile, group in (await served.taken(server))["cloudmas"]]

        async def receipts(told: list[str] | None) -> None:
            await queue.apply_receipts(told or [])

        try:
            async with aiohttp.ClientSession() as client:
                bare = _Bare(queue, client)
                rounds = await Contest(queue, bare.once, dispatch.drain_once, taken=taken, receipts=receipts).rounds()
        finally:
            await gateways.close()
            await database.close()
    return [draining.result(house, NAMES[0], rounds, f"; {queue.depth:,} queued, {BATCH:,} a claim")]


class _Bare:
    """The yardstick: a call for each claim, and what must be written."""

    def __init__(self, queue: Queue, client: aiohttp.ClientSession) -> None:
        self.queue, self.client = queue, client

    async def once(self) -> int:
        claimed = await draining.claim(self.queue, BATCH)
        if not claimed:
            return 0
        groups: dict[int, str] = {}
        calls: list[dict[str, Any]] = []  # no number twice in one
        for row in claimed:
            call = next((call for call in calls if row.phone not in call), None)
            if call is None:
                calls.append(call := {})
            call[row.phone] = row
        for call in calls:
            group = await self._submit([phone.removeprefix("+86") for phone in call], claimed[0].body)
            groups |= {row.id: f"{row.phone.removeprefix('+86')}:{group}" for row in call.values()}
        return await draining.write_down(self.queue, groups)

    async def _submit(self, mobiles: list[str], text: str) -> str:
        settings = self.queue.database.settings
        fields = {"ecName": settings.cloudmas_ec_name, "apId": settings.cloudmas_ap_id, "mobiles": ",".join(mobiles),
                  "content": text, "sign": settings.cloudmas_sign, "addSerial": "", "mac": "0" * 32}
        body = b64encode(json.dumps(fields, ensure_ascii=False).encode())
        async with self.client.post(settings.cloudmas_url, data=body,
                                    headers={"Content-Type": "application/json"}) as answer:
            said = json.loads(await answer.read())
        if not said["success"]:
            raise BadAnswer(said["rspcod"])
        return str(said["msgGroup"])
