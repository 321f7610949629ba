"""Whatever residents' pages show changes the version, as soon as it is committed, and nothing else does."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, text, update

from app import clock, versions
from app.db import Database, core
from app.employers.employers import Employer
from app.jobs.jobs import Job
from app.listings.listings import Listing
from app.listings.signups import Signup
from app.org.areas import Area
from app.versions import PageVersion, Version
from tests.village import Village


@pytest.fixture
def clock_of_looks(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A stopwatch that goes only when it is told, so many seconds; looks a second apart."""
    now = [1_000.0]
    monkeypatch.setattr(versions, "LOOK_SECONDS", 1.0)
    monkeypatch.setattr(versions, "monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


async def _version(village: Village) -> int:
    return await Version(village.database).now()


async def test_each_table_that_pages_show_counts(village: Village) -> None:
    job = await village.job()
    person = await village.neighbour("王秀英", "14200000001")
    before = await _version(village)
    for statement in (
        update(core(Area)).values(name="另一个社区"), update(core(Employer)).values(name="另一家"),
        update(core(Listing)).values(places=3), update(core(Job)).values(pay_fen=9_000),
        insert(core(Signup)).values(listing_id=job.id, resident_id=person.id, place="taken", via="page",
                                    created_at=clock.now()),
        update(core(Signup)).values(place="cancelled"), delete(core(Signup)),
    ):
        async with village.database.session() as db:
            await db.execute(statement)
        after = await _version(village)
        assert after > before, statement
        before = after


async def test_what_is_undone_or_shown_nowhere_does_not_count(village: Village) -> None:
    before = await _version(village)
    await village.neighbour("王秀英", "14200000001")
    with pytest.raises(ZeroDivisionError):
        async with village.database.session() as db:
            await db.execute(update(core(Area)).values(name="另一个社区"))
            raise ZeroDivisionError
    assert await _version(village) == before


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_nobody_waits_for_anybody(village: Village) -> None:
    """A transaction that has changed something and goes on holds up nobody who changes something else."""
    await village.job()
    before = await _version(village)
    async with village.database.session() as one:
        await one.execute(update(core(Listing)).values(places=3))
        async with village.database.session() as other:
            await other.execute(update(core(Employer)).values(name="另一家"))
        assert await _version(village) == before + 1
    assert await _version(village) == before + 2


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_connections_that_are_gone_are_forgotten_and_the_version_stays(village: Village) -> None:
    await village.job()
    async with village.database.session() as db:
        await db.execute(text("INSERT INTO page_version VALUES (-1, 30), (-2, 12)"))
    before = await _version(village)
    for _again in range(2):
        async with village.database.session() as db:
            await versions.forget_gone(db)
        assert await _version(village) == before
    async with village.database.reading() as db:
        rows = dict((await db.execute(select(PageVersion.connection, PageVersion.changes))).all())
    assert rows[0] >= 42
    assert not {-1, -2} & set(rows)


async def test_a_process_sees_its_own_changes_at_once_and_those_of_others_within_the_second(
        village: Village, clock_of_looks: Callable[[float], None]) -> None:
    elsewhere = Database(village.database.settings)
    version = Version(village.database)
    first = await version.now()
    async with elsewhere.session() as db:
        await db.execute(update(core(Area)).values(name="另一个社区"))
    assert version.known == first
    clock_of_looks(1.0)
    assert version.known is None
    second = await version.now()
    assert second > first
    async with village.database.session() as db:
        await db.execute(update(core(Area)).values(name="青龙泉社区"))
    assert version.known is None
    assert await version.now() > second
    await elsewhere.close()


async def test_a_look_that_began_before_a_change_does_not_count_as_one_after_it(
        village: Village, clock_of_looks: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> None:
    version, slow = Version(village.database), asyncio.Event()
    looks, real = [0], Version._look

    async def look(self: Version) -> None:
        looks[0] += 1
        if looks[0] == 1:
            commits = self._database.commits
            await slow.wait()
            self._version, self._commits, self._looked_at = -1, commits, 1_000.0
        else:
            await real(self)

    monkeypatch.setattr(Version, "_look", look)
    early = asyncio.create_task(version.now())
    await asyncio.sleep(0)
    async with village.database.session() as db:
        await db.execute(update(core(Area)).values(name="另一个社区"))
    late = asyncio.create_task(version.now())
    await asyncio.sleep(0)
    slow.set()
    assert await early == -1
    assert await late > 0
