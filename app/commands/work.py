"""doorstep work: everything that happens by itself, without pages: texts leave, arrive and are answered."""

import argparse
from typing import TYPE_CHECKING

from app.commands import DONE, declare, settings_of, settle_down

if TYPE_CHECKING:
    from app.settings import Settings


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    declare(calls, "work", _work, "send the outbox, answer texts and do what is due, without pages; any number of "
            "these share a PostgreSQL database")


def _work(arguments: argparse.Namespace) -> int:
    import asyncio

    asyncio.run(_run(settings_of(arguments)))
    return DONE


async def _run(settings: "Settings") -> None:
    """Until SIGINT or SIGTERM; what is with the provider at that moment is waited for."""
    import asyncio
    import signal

    from app.main import open_database
    from app.sms.dispatch import Dispatch
    from app.sms.gateways.base import Made
    from app.sms.inbox import Inbox

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = await open_database(settings)
    gateways = Made(settings, database)
    inbox = Inbox(database)
    dispatch = Dispatch(database, gateways, inbox)
    inbox.start()  # some gateways are asked for replies by the dispatch
    dispatch.start()
    settle_down()
    try:
        await stop.wait()
    finally:
        await dispatch.stop()
        await inbox.stop()
        await gateways.close()
        await database.close()
