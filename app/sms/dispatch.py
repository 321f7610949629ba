"""The loop that drains the outbox."""

from app.db import Database
from app.sms.gateways.base import Made
from app.sms.inbox import Inbox


class Dispatch:
    """Claims texts, hands them to the gateways, writes down what became of them; fetches what gateways hold."""

    def __init__(self, database: Database, gateways: Made, inbox: Inbox) -> None:
        self.database, self.gateways, self.inbox = database, gateways, inbox

    def start(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError
