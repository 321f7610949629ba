"""The one thread of a process in which lists are read: the server goes on, and two large files take turns instead of
taking twice the memory."""

import asyncio
import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")


async def run(function: Callable[..., T], *arguments: Any) -> T:
    """Call the function in the thread, in the language of the moment."""
    context = copy_context()
    return await asyncio.get_running_loop().run_in_executor(_worker, partial(context.run, _call, function, *arguments))


def _call(function: Callable[..., T], *arguments: Any) -> T:
    """Millions of small objects come to stay and none forms a circle: searching them for circles is a third of the
    time."""
    gc.disable()
    try:
        return function(*arguments)
    finally:
        gc.enable()
