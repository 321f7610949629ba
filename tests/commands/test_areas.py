import pytest

from app.org.areas import Level
from tests.commands.conftest import Doorstep


def test_a_new_station_begins_with_its_community_and_an_admin(doorstep: Doorstep, database_url: str) -> None:
    at = {"DATABASE_URL": database_url}
    community = ("areas", "add", "spring", "清泉社区", "--level", "community", "--phone", "0700-7221234")
    assert doorstep(*community, **at).status == 0
    assert doorstep("areas", "add", "spring-1", "1号楼", "--level", "building", "--inside", "spring", **at).status == 0
    assert doorstep("staff", "add", "wang", "--role", "admin", "--area", "spring", **at).status == 0
    assert doorstep("staff", "add", "li", "--role", "head", "--area", "spring-1", **at).status == 0


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("words", "sentence"), [
    (("spring", "一", "--level", "community"), "The area code spring is taken."),
    (("x", "一", "--level", "building", "--inside", "nowhere"), "There is no area with the code nowhere."),
    (("x", "一", "--level", "city", "--inside", "spring"), "A city cannot lie inside a community."),
    (("x", "一", "--level", "community", "--inside", "spring"), "A community cannot lie inside a community."),
    (("", "一", "--level", "city"), "The code has 1 to 40 characters."),
    (("x", "一" * 61, "--level", "city"), "The name has 1 to 60 characters."),
])
def test_what_cannot_be_is_said_in_one_sentence(doorstep: Doorstep, database_url: str, words: tuple[str, ...],
                                                sentence: str) -> None:
    doorstep("areas", "add", "spring", "清泉社区", "--level", "community", DATABASE_URL=database_url)
    said = doorstep("areas", "add", *words, DATABASE_URL=database_url)
    assert (said.status, said.out, said.err.strip()) == (1, "", sentence)


def test_the_levels_of_the_command_are_those_of_the_tree() -> None:
    from app.commands.areas import LEVELS

    assert [*LEVELS] == [str(level) for level in Level]
