"""doorstep work: everything that happens by itself, without pages: texts leave, arrive and are answered."""

import argparse
from typing import TYPE_CHECKING

from app.commands import DONE, declare, settings_of, settle_down

if TYPE_CHECKING:
    from app.commands._watched import Watched
    from app.db import Database
    from app.settings import Settings
    from app.sms.dispatch import Dispatch
    from app.sms.inbox import Inbox


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    declare(calls, "work", _work, "send the outbox, answer texts and do what is due, without pages; any number of "
            "these share a PostgreSQL database")


def _work(arguments: argparse.Namespace) -> int:
    import asyncio

    from app import logs

    settings = settings_of(arguments)
    logs.set_up(settings)
    asyncio.run(_run(settings))
    return DONE


async def _watched(database: "Database", inbox: "Inbox", dispatch: "Dispatch") -> "Watched":
    """Health and metrics on METRICS_PORT; from other machines only where METRICS_ALLOWED names some."""
    from app.commands._watched import Watched
    from app.main import create_watched

    settings = database.settings
    near = all(network.is_loopback for network in settings.metrics_allowed)
    watched = Watched(create_watched(database, inbox, dispatch), "127.0.0.1" if near else "", settings)
    await watched.start()
    return watched


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
    watched = await _watched(database, inbox, dispatch) if settings.metrics_port else None
    inbox.start()  # some gateways are asked for replies by the dispatch
    dispatch.start()
    settle_down()
    try:
        await stop.wait()
    finally:
        if watched:
            await watched.stop()
        await dispatch.stop()
        await inbox.stop()
        await gateways.close()
        await database.close()
