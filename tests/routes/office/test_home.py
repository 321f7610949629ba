"""The first page: today at a glance, in both languages."""

from app.calls import calls
from app.calls.calls import Why
from app.listings import signups
from app.listings.signups import Via
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG = "14200000001"


async def test_today_shows_what_is_missing_who_wrote_and_whom_to_call(desk: Desk, village: Village) -> None:
    job = await village.job(places=3)
    full = await village.job("装卸白菜", places=1)
    wang = await village.neighbour("王桂香", WANG)
    li = await village.neighbour("李大山")
    async with village.database.session() as db:
        await signups.sign_up(db, full, li, via=Via.STAFF)
        await calls.ask(db, Why.ASKED, resident=wang)
    await village.says(WANG, str(job.number))
    page = await desk.open("/office/")
    assert "<b>2</b>" in page
    assert "香菇分拣" in page
    assert "装卸白菜" not in page
    assert "王*香" in page
    assert "<b>1</b>" in page


async def test_the_same_page_speaks_english(desk: Desk) -> None:
    page = await desk.open("/office/?lang=en")
    assert "Calls to make" in page
    assert 'lang="en"' in page
    assert "Jobs that still need people" in await desk.open("/office/")


async def test_the_head_of_a_building_sees_what_the_own_people_wrote(
        desk: Desk, village: Village, head: object) -> None:
    await village.job()
    await village.neighbour("王桂香", WANG)
    await village.says(WANG, "10")
    await desk.log_in("head")
    assert "王*香" in desk.page
    assert "/office/import" not in desk.page
    assert "/office/employers" not in desk.page
