"""One person is put into the registry and corrected by hand; a call from a phone that nobody knows leads there."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

from sqlalchemy import select

from app import clock
from app.calls import calls
from app.calls.calls import Call, Why
from app.residents import residents
from app.residents.hardship import Hardship
from app.residents.households import Household
from app.residents.id_numbers import check_character
from app.residents.residents import Resident, WorkStatusChange
from app.sms import consent
from app.sms.consent import Consent, ConsentRecord
from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI, STRANGER = "14200000001", "14200000002", "14200000009"
NEW = "/office/residents/new"


def _id_number(born: str = "19680312", order: str = "002") -> str:
    first = f"420304{born}{order}"
    return first + check_character(first)


async def _person(village: Village, name: str = "王桂香") -> Resident:
    [found] = await rows(village.database, select(Resident).where(Resident.name == name))
    assert isinstance(found, Resident)
    return found


async def _audits(village: Village, verb: str) -> list[Audit]:
    return [one for one in await rows(village.database, select(Audit)) if one.verb == verb]


def _value(page: str, name: str) -> str:
    """What stands in a field of the page."""
    tag = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', page)
    assert tag, name
    found = re.search(r'value="([^"]*)"', tag[0])
    assert found, tag[0]
    return unescape(found[1])


def _filled(page: str, **typed: Any) -> dict[str, Any]:
    """The form of the page as a browser would send it, with some of it typed over."""
    form = page.split('class="job-form person-form"')[1].split("</form>", maxsplit=1)[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="(\w+)"', tag)
        if name and value and name[1] != "_csrf_token" and (
                not kind or kind[1] not in ("checkbox", "radio") or " checked" in tag):
            sent.setdefault(name[1], []).append(unescape(value[1]))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = [chosen[1] if chosen else ""]
    return {**sent, **typed}


async def test_a_clerk_puts_somebody_into_the_registry(desk: Desk, village: Village, clerk: Any) -> None:
    await desk.log_in("clerk")
    assert f'href="{NEW}"' in await desk.open("/office/residents")
    page = await desk.open(NEW)
    number = _id_number()
    page = await desk.send(NEW, **_filled(
        page, name=" 王 桂香 ", phone="142 0000 0001", area="demo-1", unit="2单元", room="301室", id_number=number,
        work_status="seeking", wish=["香菇", "保洁"], skill=["缝纫"], skill_more="糊灯笼", limit=["heavy"],
        word="agreed", source="form", on="2026-01-05", ground="12号表"))
    person = await _person(village)
    assert desk.path == f"/office/residents/{person.id}?said=registered"
    assert (person.phone, person.sex, person.born_on, person.area_id) == (
        "+8614200000001", "female", date(1968, 3, 12), village.building.id)
    assert person.id_number is not None
    assert number not in person.id_number
    assert WANG not in page
    assert number not in page
    assert "4203**********" in page
    [home] = await rows(village.database, select(Household))
    assert (home.id, home.unit, home.room) == (person.household_id, "2", "301")
    async with village.database.reading() as db:
        assert await residents.words_of(db, person) == {
            "skill": ["糊灯笼", "缝纫"], "wish": ["保洁", "香菇"], "limit": ["heavy"]}
    [status] = await rows(village.database, select(WorkStatusChange))
    assert (status.work_status, status.source) == ("seeking", "staff")
    [record] = await rows(village.database, select(ConsentRecord))
    assert (record.word, record.source, record.ground, clock.local(record.at).date()) == (
        "agreed", "form", "12号表", date(2026, 1, 5))
    assert [one.detail for one in await _audits(village, "add_resident")] == [{}]


async def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(desk: Desk, village: Village) -> None:
    await desk.open(NEW)
    good = {"name": "王桂香", "area": "demo-1"}
    for field, wrong in {"name": {"name": " "}, "phone": {"phone": "0719-7221234"}, "area": {"area": ""},
                         "born_on": {"born_on": (clock.today() + timedelta(days=2)).isoformat()},
                         "id_number": {"id_number": "420304196803120021"}, "unit": {"unit": "一" * 20},
                         "skill": {"skill_more": "会" * 30}, "work_status": {"work_status": "lazy"},
                         "word": {"word": "agreed", "source": "form"},
                         "source": {"phone": WANG, "word": "agreed", "source": "guess"},
                         "on": {"phone": WANG, "word": "agreed", "source": "form", "on": "2999-01-01"},
                         "ground": {"phone": WANG, "word": "agreed", "source": "other"}}.items():
        page = await desk.send(NEW, **{**good, "room": "301", **wrong})
        assert desk.status == 409, field
        assert f'id="{field}-wrong"' in page, field
        assert _value(page, "room") == "301"
    for field, wrong in {"born_on": {"born_on": "1968-03-13"}, "sex": {"sex": "male"}}.items():
        page = await desk.send(NEW, **good, id_number=_id_number(), **wrong)
        assert f'id="{field}-wrong"' in page, field
    assert await rows(village.database, select(Resident)) == []
    assert await rows(village.database, select(ConsentRecord)) == []


async def test_a_call_from_an_unknown_phone_leads_to_a_place(desk: Desk, village: Village, clerk: Any) -> None:
    job = await village.job()
    await village.says(STRANGER, "报名 10")
    [call] = await rows(village.database, select(Call))
    await desk.log_in("clerk")
    page = await desk.open("/office/calls")
    assert f'href="{NEW}?call={call.id}"' in page
    page = await desk.open(f"{NEW}?call={call.id}")
    assert _value(page, "phone") == "142****0009"
    assert STRANGER not in page
    page = await desk.send(f"{NEW}?call={call.id}", **_filled(page, name="张三妹", area="demo-1", born_on="1970-05-01"))
    person = await _person(village, "张三妹")
    assert person.phone == "+86" + STRANGER
    assert STRANGER not in desk.path
    assert "报名10号" in page
    [call] = await rows(village.database, select(Call))
    assert (call.resident_id, call.area_id, call.done_at) == (person.id, village.building.id, None)
    await desk.send(f"/office/jobs/{job.id}/signups", resident=person.id)
    assert await village.places(job) == [("张三妹", "taken")]
    assert NEW not in await desk.open("/office/calls")


async def test_the_station_registers_for_its_own_calls_only(desk: Desk, village: Village, elsewhere: Village) -> None:
    async with village.database.session() as db:
        far = await calls.ask(db, Why.UNKNOWN_PHONE, phone="+86" + STRANGER, area_id=elsewhere.area.id)
    await desk.open(f"{NEW}?call={far.id}")
    assert desk.status == 404
    await desk.open(NEW)
    await desk.send(NEW, name="王桂香", area=elsewhere.building.code)
    assert desk.status == 404
    assert await rows(village.database, select(Resident)) == []


async def test_a_correction_changes_what_was_typed_over_and_nothing_else(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, wishes=["香菇"], skills=["糊灯笼"], limits=["night"],
                                   wrong_phone_at=clock.now())
    page = await desk.open(f"/office/residents/{wang.id}/change")
    assert WANG not in page
    await desk.send(f"/office/residents/{wang.id}/change", **_filled(page))
    assert await _audits(village, "change_resident") == []
    kept = await _person(village)
    assert (kept.phone, kept.wrong_phone_at is None) == ("+86" + WANG, False)

    await desk.open(f"/office/residents/{wang.id}/change")
    await desk.send(f"/office/residents/{wang.id}/change",
                    **_filled(page, phone=LI, room="502", unit="1", work_status="flexible", wish=["保洁"]))
    assert desk.path.endswith("said=corrected")
    changed = await _person(village)
    assert (changed.phone, changed.wrong_phone_at, changed.work_status) == ("+86" + LI, None, "flexible")
    async with village.database.reading() as db:
        assert await residents.words_of(db, changed) == {"skill": ["糊灯笼"], "wish": ["保洁"], "limit": ["night"]}
    [noted] = await _audits(village, "change_resident")
    assert noted.detail == {"fields": ["door", "phone", "wish", "work_status"]}


async def test_a_wrong_correction_keeps_the_old_words(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    page = await desk.open(f"/office/residents/{wang.id}/change")
    page = await desk.send(f"/office/residents/{wang.id}/change", **_filled(page, name="王桂花", phone="123"))
    assert desk.status == 409
    assert _value(page, "name") == "王桂花"
    assert 'id="phone-wrong"' in page
    assert (await _person(village)).phone == "+86" + WANG


async def test_an_id_number_is_one_persons(desk: Desk, village: Village, elsewhere: Village) -> None:
    number = _id_number()
    await desk.open(NEW)
    await desk.send(NEW, name="王桂香", area="demo-1", id_number=number)
    page = await desk.send(NEW, name="李大山", area="demo-1", id_number=number)
    assert desk.status == 409
    assert "王*香（1栋）" in page
    assert "王桂香" not in page
    await desk.log_in(elsewhere.boss.username)  # who cannot see her is not told of her
    await desk.open(NEW)
    await desk.send(NEW, name="李大山", area=elsewhere.building.code, id_number=number)
    assert (await _person(village, "李大山")).area_id == elsewhere.building.id


async def test_the_whole_id_number_is_opened_with_a_note(desk: Desk, village: Village, head: Any) -> None:
    number = _id_number()
    await desk.open(NEW)
    await desk.send(NEW, name="王桂香", area="demo-1", id_number=number)
    wang = await _person(village)
    await desk.log_in("head")
    assert number not in await desk.open(f"/office/residents/{wang.id}")
    assert number in await desk.send(f"/office/residents/{wang.id}/id-number")
    [noted] = await _audits(village, "open_id_number")
    assert (noted.subject_id, noted.detail) == (wang.id, {})
    assert number not in str([one.detail for one in await rows(village.database, select(Audit))])


async def test_an_id_number_is_kept_changed_and_taken_away(desk: Desk, village: Village) -> None:
    await desk.open(NEW)
    await desk.send(NEW, name="王桂香", area="demo-1", id_number=_id_number())
    first = await _person(village)
    where = f"/office/residents/{first.id}/change"
    page = await desk.open(where)
    await desk.send(where, **_filled(page, born_on="1970-01-01"))
    assert 'id="born_on-wrong"' in desk.page
    page = await desk.open(where)
    await desk.send(where, **_filled(page))
    assert (await _person(village)).id_number == first.id_number
    page = await desk.open(where)
    await desk.send(where, **_filled(page, id_number=_id_number("19700101"), born_on="1970-01-01"))
    assert (await _person(village)).id_number_hash != first.id_number_hash
    page = await desk.open(where)
    await desk.send(where, **_filled(page, id_number=""))
    last = await _person(village)
    assert (last.id_number, last.id_number_hash, last.born_on) == (None, None, date(1970, 1, 1))


async def test_the_same_person_is_not_added_twice_but_two_of_one_name_are(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG)
    await desk.open(NEW)
    typed = {"name": "王桂香", "area": "demo-1", "born_on": "1968-03-12"}
    page = await desk.send(NEW, **typed)
    assert desk.status == 409
    assert "王*香（1栋）" in page
    await desk.send(NEW, **typed, namesake="1")
    assert len(await rows(village.database, select(Resident))) == 2
    await desk.open(NEW)
    await desk.send(NEW, **{**typed, "born_on": "1999-01-01", "phone": WANG})  # a granddaughter at the same phone
    assert len(await rows(village.database, select(Resident))) == 3


async def test_a_stop_is_lifted_only_with_words_that_say_who_asked(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, "退订")
    where = f"/office/residents/{wang.id}/consent"
    await desk.open(f"/office/residents/{wang.id}")
    today = clock.today().isoformat()
    page = await desk.send(where, word="agreed", source="spoken", on=today)
    assert desk.status == 409
    assert 'id="ground-wrong"' in page
    await desk.send(where, word="agreed", source="form", on="2020-01-01", ground="老表")
    assert 'id="on-wrong"' in desk.page
    assert await _word(village) == "stopped"
    await desk.send(where, word="agreed", source="spoken", on=today, ground="本人今天在窗口说可以再发")
    assert await _word(village) == "agreed"
    [noted] = await _audits(village, "record_consent")
    assert noted.detail == {"word": "agreed", "source": "spoken"}


async def test_a_spoken_no_is_a_no(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    where = f"/office/residents/{wang.id}/consent"
    await desk.open(f"/office/residents/{wang.id}")
    await desk.send(where)
    assert desk.status == 409
    await desk.send(where, word="stopped", source="spoken", on=clock.today().isoformat())
    assert await _word(village) == "stopped"
    async with village.database.reading() as db:
        assert await consent.stopped(db, "+86" + WANG)


async def test_a_hardship_category_is_noted_and_ended(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    where = f"/office/residents/{wang.id}/hardship"
    await desk.open(f"/office/residents/{wang.id}")
    for field, wrong in {"code": {"code": "XX"}, "ground": {"ground": " "}, "until": {"until": "2019-01-01"}}.items():
        page = await desk.send(where, **{"code": "DB", "ground": "低保证", "since": "2020-01-01", **wrong})
        assert f'id="{field}-wrong"' in page
    page = await desk.send(where, code="DB", ground="低保证", since="2020-01-01", until="")
    assert "低保证" in page
    await desk.send(where, code="DB", ground="低保证")
    assert 'id="code-wrong"' in desk.page
    [row] = await rows(village.database, select(Hardship))
    assert (row.code, row.since, row.until, row.officer_id) == ("DB", date(2020, 1, 1), None, village.boss.id)
    await desk.send(f"{where}/{row.id}/end", until="2019-12-31")
    assert desk.status == 409
    await desk.send(f"{where}/{row.id}/end", until="2020-12-31")
    [row] = await rows(village.database, select(Hardship))
    assert row.until == date(2020, 12, 31)
    li = await village.neighbour("李大山", LI)
    await desk.send(f"/office/residents/{li.id}/hardship/{row.id}/end", until="2021-12-31")
    assert desk.status == 404


async def test_who_moved_away_is_found_no_more_and_can_come_back(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    await desk.open(f"/office/residents/{wang.id}/change")
    page = await desk.send(f"/office/residents/{wang.id}/leave")
    assert "已搬走" in page
    assert f"/office/residents/{wang.id}" not in await desk.send("/office/residents", q="王桂香")
    await desk.open(f"/office/residents/{wang.id}")
    await desk.send(f"/office/residents/{wang.id}/come-back")
    assert (await _person(village)).left_at is None
    assert len(await _audits(village, "resident_left")) == len(await _audits(village, "resident_back")) == 1


async def test_a_head_looks_and_does_not_edit(desk: Desk, village: Village, head: Any) -> None:
    wang = await village.neighbour("王桂香", WANG)
    await desk.log_in("head")
    page = await desk.open(f"/office/residents/{wang.id}")
    assert "/change" not in page
    assert "/consent" not in page
    assert NEW not in await desk.open("/office/residents")
    await desk.send(f"/office/residents/{wang.id}/consent", word="agreed", source="form")
    assert desk.status == 403
    assert await rows(village.database, select(Consent)) == []


async def _word(village: Village) -> str:
    [row] = await rows(village.database, select(Consent))
    return str(row.word)
