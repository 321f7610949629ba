"""Whom the rows of a list mean: a number tells, a name only helps, and nothing is guessed in silence."""

from typing import Any

from app import clock, i18n
from app.audience import lists, matches
from app.audience.matches import Kind, Row
from app.residents import vault
from app.residents.imports import contacts, registry
from tests.residents.lists import text
from tests.stories.acts import LI, STRANGER, WANG, ZHAO
from tests.village import Village, settle

FIRST_ID, SECOND_ID, THIRD_ID = "42038119680312004X", "420381196803120023", "420381196803120066"


async def _match(village: Village, *rows: list[Any]) -> list[Row]:
    keys = vault.with_key(village.database.settings.data_key)
    found = contacts.read(text(["姓名", "手机", "身份证号"], *rows), keys, most=10_000)
    async with village.database.reading() as db:
        return matches.match(found, await matches.people_like(db, village.area, found))


async def _kinds(village: Village, *rows: list[Any]) -> list[tuple[Kind, list[int]]]:
    return [(row.kind, row.people) for row in await _match(village, *rows)]


def _mark(village: Village, number: str) -> str:
    return vault.with_key(village.database.settings.data_key).mark(number)


async def test_the_id_number_comes_first(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, id_number_hash=_mark(village, FIRST_ID))
    await village.neighbour("李建国", LI)
    assert await _kinds(village, ["王秀兰", LI, FIRST_ID]) == [(Kind.MATCHED, [wang.id])]  # the registry's phone counts
    assert await _kinds(village, ["", "", FIRST_ID]) == [(Kind.MATCHED, [wang.id])]
    assert await _kinds(village, ["王桂兰", "", FIRST_ID]) == [(Kind.DOUBTFUL, [wang.id])]


async def test_then_the_phone_with_the_name(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    zhao = await village.neighbour("赵大爷", WANG)
    assert await _kinds(village, ["王 秀兰", WANG, ""]) == [(Kind.MATCHED, [wang.id])]
    assert await _kinds(village, ["赵大爷", "+86 142 0000 0001", SECOND_ID]) == [(Kind.MATCHED, [zhao.id])]


async def test_then_a_phone_that_one_person_alone_has(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI)
    await village.neighbour("李小花", LI)
    assert await _kinds(village, ["", WANG, ""]) == [(Kind.MATCHED, [wang.id])]


async def test_what_the_name_does_not_tell_is_for_staff(village: Village) -> None:
    people = [await village.neighbour(name, LI) for name in ("李建国", "李小花", "李建国")]
    ids = [person.id for person in people]
    assert await _kinds(village, ["", LI, ""]) == [(Kind.SHARED, ids)]
    assert await _kinds(village, ["孙一", LI, ""]) == [(Kind.SHARED, ids)]
    assert await _kinds(village, ["李建国", LI, ""]) == [(Kind.SHARED, [ids[0], ids[2]])]


async def test_another_name_is_a_doubt_and_says_which(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    rows = await _match(village, ["王秀蓝", WANG, ""], ["王兰", WANG, ""], ["孙一", WANG, ""])
    assert [(row.kind, row.people) for row in rows] == [(Kind.DOUBTFUL, [wang.id])] * 3
    assert [i18n.say(row.note) for row in rows] == [
        "姓名跟登记的差一个字。", "姓名跟登记的差一个字。", "这个号码登记在另一个姓名下。"]


async def test_two_id_numbers_are_two_people(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, id_number_hash=_mark(village, FIRST_ID))
    same_name, other_name = await _match(village, ["王秀兰", WANG, SECOND_ID], ["孙一", WANG, THIRD_ID])
    assert (same_name.kind, same_name.people) == (Kind.DOUBTFUL, [wang.id])  # one of the two is mistyped
    assert i18n.say(same_name.note) == "登记的身份证号跟这里的不一样。"
    assert (other_name.kind, other_name.people) == (Kind.UNKNOWN, [])


async def test_a_name_alone_never_matches_by_itself(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    rows = await _match(village, ["王秀兰", STRANGER, ""], ["王秀兰", "1420", ""], ["孙一", "1420", ""])
    assert [(row.kind, row.people) for row in rows] == [
        (Kind.NAMESAKE, [wang.id]), (Kind.NAMESAKE, [wang.id]), (Kind.UNUSABLE, [])]
    assert lists.people(rows, kinds=[Kind.MATCHED]) == ()
    assert "11 位" in i18n.say(rows[2].note, **rows[2].values)


async def test_a_name_is_looked_for_where_the_number_has_become_anothers(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI, left_at=clock.now())
    await village.neighbour("赵大妈", ZHAO, id_number_hash=_mark(village, FIRST_ID))
    assert await _kinds(village, ["王秀兰", LI, ""], ["王秀兰", ZHAO, SECOND_ID]) == [(Kind.NAMESAKE, [wang.id])] * 2


async def test_of_many_namesakes_none_is_offered(village: Village) -> None:
    for _ in range(matches.MOST_NAMESAKES + 1):
        await village.neighbour("王伟")
    assert await _kinds(village, ["王伟", STRANGER, ""]) == [(Kind.UNKNOWN, [])]


async def test_a_number_of_a_crowd_is_nobodys(village: Village) -> None:
    for number in range(matches.MOST_SHARING + 1):
        await village.neighbour(f"王{number}", WANG)
    [row] = await _match(village, ["", WANG, ""])
    assert (row.kind, row.people) == (Kind.UNUSABLE, [])
    assert i18n.say(row.note, **row.values) == "底册里用这个号码的超过12人。"


async def test_whoever_moved_away_is_said_and_left_out(village: Village) -> None:
    await village.neighbour("李建国", LI, left_at=clock.now())
    await village.neighbour("赵大妈", ZHAO, left_at=clock.now(), id_number_hash=_mark(village, FIRST_ID))
    sun = await village.neighbour("孙一", ZHAO)
    assert await _kinds(village, ["李建国", LI, ""], ["", "", FIRST_ID], ["孙一", ZHAO, ""], ["周二", LI, ""]) == [
        (Kind.MOVED, []), (Kind.MOVED, []), (Kind.MATCHED, [sun.id]), (Kind.UNKNOWN, [])]


async def test_what_stands_more_than_once_counts_once(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    rows = await _match(village, ["王秀兰", WANG, ""], ["王秀兰", WANG, ""], ["", WANG, ""], ["孙一", STRANGER, ""],
                        ["孙一", STRANGER, ""], ["周二", STRANGER, ""])
    assert [(row.kind, row.earlier) for row in rows] == [
        (Kind.MATCHED, 0), (Kind.REPEATED, 2), (Kind.REPEATED, 2), (Kind.UNKNOWN, 0), (Kind.REPEATED, 5),
        (Kind.UNKNOWN, 0)]
    assert lists.people(rows, kinds=[Kind.MATCHED]) == (wang.id,)


async def test_a_row_that_means_somebody_of_a_row_above_counts_once(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, id_number_hash=_mark(village, FIRST_ID))
    rows = await _match(village, ["", "", FIRST_ID], ["王秀兰", WANG, ""])
    assert [(row.kind, row.earlier) for row in rows] == [(Kind.MATCHED, 0), (Kind.REPEATED, 2)]


async def test_people_of_another_community_are_not_in_the_registry(village: Village) -> None:
    elsewhere = await settle(village.database, "far", "别的社区")
    await elsewhere.neighbour("赵大妈", ZHAO, id_number_hash=_mark(village, FIRST_ID))
    rows = await _match(village, ["赵大妈", ZHAO, ""], ["赵大妈", "", FIRST_ID], ["赵大妈", STRANGER, ""])
    assert [(row.kind, row.people) for row in rows] == [(Kind.UNKNOWN, [])] * 3


async def test_names_and_phones_are_whole_only_where_staff_need_them(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    matched, unknown = await _match(village, ["王秀兰", WANG, ""], ["孙一", STRANGER, SECOND_ID])
    assert (matched.name, matched.phone, matched.id_number) == ("王*兰", "142****0001", "")
    assert (unknown.name, unknown.phone, unknown.id_number) == ("孙一", "+86" + STRANGER, SECOND_ID)


async def test_staff_take_kinds_and_single_people(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    first, second = [await village.neighbour(name, LI) for name in ("李建国", "李小花")]
    zhao = await village.neighbour("赵大妈", ZHAO)
    rows = await _match(village, ["", WANG, ""], ["", LI, ""], ["赵大娘", ZHAO, ""])
    for kinds, ticked, people in (
            (["matched"], [], [wang]), ([], ["3.1"], [second]), (["matched"], ["3.0", "4.0"], [wang, first, zhao]),
            (["shared"], ["4.0"], [first, second, zhao]), (["nonsense", "unknown"], ["2.0", "9.9", "x"], [])):
        found = lists.people(rows, kinds=kinds, ticked=ticked)
        assert found == tuple(sorted(one.id for one in people)), (kinds, ticked)


async def test_a_list_longer_than_one_statement(village: Village) -> None:
    wang = await village.neighbour("王秀兰", "14200009999")
    rows = await _match(village, *(["", 14200000000 + number, ""] for number in range(registry.PIECE + 2)),
                        ["", 14200009999, ""])
    assert [row.people for row in rows if row.kind == Kind.MATCHED] == [[wang.id]]
    assert matches.counts(rows)[Kind.UNKNOWN] == registry.PIECE + 2
