"""Staff enter where places, buildings and the station are."""

import pytest
from sqlalchemy import select

from app.nearby.spots import Spot
from app.org.areas import Area
from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def line(key: int, name: str, at: str, was: str = "", *, part: str = "spot") -> dict[str, str]:
    return {f"{part}-name-{key}": name, f"{part}-at-{key}": at, f"{part}-was-{key}": was}


def lines(*of: dict[str, str], part: str = "spot") -> dict[str, str | list[str]]:
    return {"area": "demo", f"{part}-line": [str(key) for key in range(len(of))],
            **{name: value for one in of for name, value in one.items()}}


async def _verbs(village: Village) -> list[str]:
    return list(await rows(village.database, select(Audit.verb).where(
        Audit.verb.in_(("put_spot", "remove_spot", "locate"))).order_by(Audit.id)))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_places_are_entered_changed_and_taken_away(desk: Desk, village: Village, clerk: object) -> None:
    await village.job(place="西门")
    await desk.log_in("clerk")
    page = await desk.open("/office/jobs")
    assert 'href="/office/spots"' in page
    page = await desk.open("/office/spots")
    assert "有1个正在招人的地点还没有填位置" in page
    await desk.send("/office/spots", **lines(line(0, "西门", "32.8312, 110.8123"), line(1, "幼儿园", "110.81,32.83"),
                                             line(2, "", "")))
    assert desk.path == "/office/spots?area=demo&said=corrected"
    assert 'value="32.8312, 110.8123"' in desk.page
    assert 'value="32.83, 110.81"' in desk.page
    assert "还没有填位置" not in desk.page
    await desk.send("/office/spots", **lines(
        line(0, "西门", "32.8313, 110.8123", "32.8312, 110.8123"), line(1, "幼儿园", "", "32.83, 110.81")))
    assert [(one.name, one.lat) for one in await rows(village.database, select(Spot))] == [("西门", 32.8313)]
    assert await _verbs(village) == ["put_spot", "put_spot", "put_spot", "remove_spot"]


async def test_what_was_not_touched_does_not_undo_somebody_elses_change(desk: Desk, village: Village) -> None:
    await desk.open("/office/spots")
    await desk.send("/office/spots", **lines(line(0, "西门", "32.83, 110.81")))
    await desk.send("/office/spots", **lines(line(0, "西门", "32.84, 110.81", "32.83, 110.81")))
    await desk.send("/office/spots", **lines(line(0, "西门", "32.83, 110.81", "32.83, 110.81")))
    assert [one.lat for one in await rows(village.database, select(Spot))] == [32.84]


async def test_errors_stand_beside_their_fields_and_nothing_is_lost(desk: Desk, village: Village) -> None:
    await desk.open("/office/spots")
    page = await desk.send("/office/spots", **lines(
        line(0, "西门", "32.83, 110.81"), line(1, "东门", "somewhere"), line(2, "", "32.83, 110.81"),
        line(3, "一个非常非常长的地点的名字", "32.83, 110.81")))
    assert desk.status == 409
    for wrong in ("spot-at-1-wrong", "spot-name-2-wrong", "spot-name-3-wrong"):
        assert f'id="{wrong}"' in page
    assert 'id="spot-at-0-wrong"' not in page
    assert 'value="somewhere"' in page
    assert 'value="32.83, 110.81"' in page
    assert await rows(village.database, select(Spot)) == []
    assert await _verbs(village) == []


async def test_buildings_and_the_station_are_entered(desk: Desk, village: Village) -> None:
    await desk.open("/office/spots")
    station, house = (line(0, "demo", "32.83, 110.81", part="house"), line(1, "demo-1", "32.84, 110.82", part="house"))
    await desk.send("/office/spots/buildings", **lines(station, house, part="house"))
    assert desk.status == 200
    known = {area.code: (area.lat, area.lng) for area in await rows(village.database, select(Area))}
    assert known["demo"] == (32.83, 110.81)
    assert known["demo-1"] == (32.84, 110.82)
    assert await _verbs(village) == ["locate", "locate"]
    page = await desk.send("/office/spots/buildings", **lines(
        line(0, "demo-1", "23.84, 110.82", "32.84, 110.82", part="house"), part="house"))
    assert desk.status == 409
    assert "公里" in page
    await desk.send("/office/spots/buildings", **lines(line(0, "demo-1", "", "32.84, 110.82", part="house"),
                                                       part="house"))
    assert {area.code: area.lat for area in await rows(village.database, select(Area))}["demo-1"] is None


async def test_a_head_and_another_community_do_not_reach_it(desk: Desk, village: Village, head: object,
                                                            elsewhere: Village) -> None:
    await desk.open("/office/spots?area=far")
    assert desk.status == 404
    await desk.open("/office/spots")
    await desk.send("/office/spots", **{**lines(line(0, "西门", "32.83, 110.81")), "area": "far"})
    assert desk.status == 404
    await desk.open("/office/spots")
    await desk.send("/office/spots/buildings", **lines(line(0, "far-1", "32.83, 110.81", part="house"), part="house"))
    assert desk.status == 404
    await desk.log_in("head")
    await desk.open("/office/spots")
    assert desk.status == 403
    assert await rows(village.database, select(Spot)) == []


@pytest.mark.parametrize("action", ["/office/spots", "/office/spots/buildings"])
async def test_an_odd_form_is_no_error(desk: Desk, village: Village, action: str) -> None:
    await desk.open("/office/spots")
    await desk.send(action, area="demo", **{"spot-line": ["x", "-1", "٣", "0"], "house-line": ["", "9"]})
    assert desk.status == 200
