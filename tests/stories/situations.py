"""What a phone can have been told last: one situation per context of the reader, set up through the doors."""

from collections.abc import Awaitable, Callable

from app.sms import outbox
from app.sms.outbox import Purpose
from tests.stories.acts import LI, WANG, moment, signs_up
from tests.village import Village


async def none(village: Village) -> None:
    """王秀兰 is in the registry, and was told nothing lately. Jobs 10 and 11 are open."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    await _jobs(village)


async def stranger(village: Village) -> None:
    await _jobs(village)


async def push(village: Village) -> None:
    await none(village)
    await _pushed(village, 1)


async def pushes(village: Village) -> None:
    """Two pushes that nobody has answered: 11, and before it 10."""
    await none(village)
    await _pushed(village, 2)


async def list_(village: Village) -> None:
    await none(village)
    await village.says(WANG, "岗位")


async def signed(village: Village) -> None:
    """She has a place on 10, for which 李建国 waits."""
    await none(village)
    await village.says(WANG, "10")


async def signed_both(village: Village) -> None:
    await none(village)
    await village.says(WANG, "10")
    await village.says(WANG, "报名11")


async def waiting(village: Village) -> None:
    """She waits for the one place of 10."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("李建国", LI))
    await village.says(WANG, "10")


async def promoted(village: Village) -> None:
    """She waited, and has moved up."""
    await waiting(village)
    await village.says(LI, "取消")


async def confirm(village: Village) -> None:
    await push(village)
    await village.says(WANG, "收到")


async def who(village: Village) -> None:
    """Two people use the phone; the answer to 10 asked which of them."""
    await village.neighbour("张秀兰", WANG, agreed=True)
    await village.neighbour("李建国", WANG, agreed=True)
    await _jobs(village)
    await village.says(WANG, "10")


async def birth(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, None)
    await _jobs(village)
    await village.says(WANG, "10")


async def stopped(village: Village) -> None:
    await push(village)
    await village.says(WANG, "TD")


def asked(kind: str) -> Callable[[Village], Awaitable[None]]:
    """A question whose feature is not built yet."""
    async def situation(village: Village) -> None:
        await none(village)
        async with village.database.session() as db:
            await outbox.queue(db, to="+86" + WANG, text="问一件事", purpose=Purpose.SERVICE, asks=kind)

    return situation


SITUATIONS: dict[str, Callable[[Village], Awaitable[None]]] = {
    "none": none, "stranger": stranger, "push": push, "pushes": pushes, "list": list_, "signed": signed,
    "signed_both": signed_both, "waiting": waiting, "promoted": promoted, "confirm": confirm, "who": who,
    "birth": birth, "stopped": stopped, "survey": asked("survey"), "bus": asked("bus"), "follow": asked("follow"),
    "points": asked("points"),
}


async def _jobs(village: Village) -> None:
    await village.job(starts_at=moment("2026-03-11 14:00"), meals=True)
    await village.job("织袜", starts_at=moment("2026-03-12 14:00"))


async def _pushed(village: Village, count: int) -> None:
    from app.jobs import jobs

    async with village.database.reading() as db:
        found = await jobs.open_in(db, village.area)
    for job in found[:count]:
        await village.push(job)
