"""The narrow rows beside open jobs: what a migration and a round make of older ones is what posting writes."""

from datetime import timedelta
from importlib import import_module

from sqlalchemy import delete, func, select, text, update

from app import clock
from app.db import Database
from app.jobs import catching_up, openings
from app.jobs.openings import Opening
from tests.stories import acts
from tests.village import Village


async def _openings(database: Database) -> list[tuple[object, ...]]:
    async with database.reading() as db:
        rows = await db.scalars(select(Opening).order_by(Opening.listing_id))
        return [(row.listing_id, row.area_id, row.number, row.day, row.starts_at, row.place, row.trade, row.marks,
                 row.words) for row in rows]


async def test_a_round_puts_together_what_is_missing_piece_by_piece(village: Village) -> None:
    for number in range(5):
        await village.job(f"活{number}", meals=number % 2 == 0)
    posted = await _openings(village.database)
    async with village.database.session() as db:
        await db.execute(update(Opening).values(words=None))
    done = []
    for _round in range(4):
        async with village.database.session() as db:
            done.append(await catching_up.catch_up(db, most=2))
    assert done == [2, 2, 1, 0]
    assert await _openings(village.database) == posted


async def test_the_migration_writes_what_posting_writes(village: Village, engine: str) -> None:
    """What it says of jobs that are open, said once more after their rows were thrown away."""
    tomorrow = clock.at(clock.today() + timedelta(days=1), openings.SCHOOL_BEGINS)
    wanted: list[tuple[float, float, dict[str, bool]]] = [
        (0, 8.5, {"meals": True}), (-0.5, 4, {"bus": True}), (15.5, 3, {}), (1, 30, {"paid_same_day": False})]
    for starts, hours, facts in wanted:
        begins = tomorrow + timedelta(hours=starts)
        await village.job("活", starts_at=begins, ends_at=begins + timedelta(hours=hours), **facts)
    posted = await _openings(village.database)
    assert [row[7] for row in posted] == [1 + 8 + 16, 8 + 32, 8, 0]
    async with village.database.session() as db:
        await db.execute(delete(Opening))
        await db.execute(text(import_module("migrations.0026_finding").filling(engine)))
        assert await db.scalar(select(func.count()).where(Opening.words.is_(None))) == len(posted)
        await catching_up.catch_up(db)
    assert await _openings(village.database) == posted


async def test_a_change_writes_the_row_anew_and_the_end_takes_it_away(village: Village) -> None:
    job = await village.job("香菇分拣", seated=True)
    [before] = await _openings(village.database)
    await acts.changes(village, job, title="剪线头", seated=False, at_home=True)
    [after] = await _openings(village.database)
    assert (int(str(before[7])) & ~1, int(str(after[7])) & ~1) == (8 + 2, 8 + 4)  # the hour of the day decides about 1
    assert "jianxiantou" in str(after[8])
    await acts.closes(village, job)
    assert await _openings(village.database) == []
