"""Employers on the page."""

from sqlalchemy import select

from app.employers.employers import Employer
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village


async def test_an_employer_is_added_by_a_clerk_and_verified_by_a_supervisor(
        desk: Desk, village: Village, clerk: object) -> None:
    await desk.log_in("clerk")
    await desk.open("/office/employers")
    page = await desk.send("/office/employers", area=village.area.code, name="清泉织袜坊", contact="周姐")
    assert "清泉织袜坊" in page
    [employer] = [one for one in await rows(village.database, select(Employer)) if not one.verified]
    await desk.send(f"/office/employers/{employer.id}/verify", document="营业执照 1")
    assert desk.status == 403

    await desk.log_in(village.second.username)
    await desk.open("/office/employers")
    page = await desk.send(f"/office/employers/{employer.id}/verify", document=" ")
    assert desk.status == 409
    assert f'id="document-{employer.id}-wrong"' in page
    page = await desk.send(f"/office/employers/{employer.id}/verify", document="营业执照 1")
    assert "营业执照 1" in page
    assert all(one.verified for one in await rows(village.database, select(Employer)))


async def test_an_employer_needs_a_name(desk: Desk, village: Village) -> None:
    await desk.open("/office/employers")
    page = await desk.send("/office/employers", area=village.area.code, name=" ", contact="周姐")
    assert desk.status == 409
    assert 'id="name-wrong"' in page
    assert 'value="周姐"' in page


async def test_another_communitys_employer_does_not_exist(desk: Desk, village: Village, elsewhere: Village) -> None:
    assert elsewhere.area.name not in await desk.open("/office/employers")
    await desk.send(f"/office/employers/{elsewhere.employer.id}/verify", document="x")
    assert desk.status == 404
    await desk.open("/office/employers")
    await desk.send("/office/employers", area="far", name="x")
    assert desk.status == 404
