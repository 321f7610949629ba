import json

from tests.commands.conftest import Doorstep


def test_segments_needs_neither_settings_nor_database(doorstep: Doorstep) -> None:
    said = doorstep("segments", "去" * 71, SECRET_KEY="", DATA_KEY="", DATABASE_URL="nonsense")
    assert said.status == 0
    assert json.loads(said.out) == {"encoding": "ucs2", "units": 71, "segments": 2, "left": 63}
    assert said.err == ""


def test_a_text_in_the_alphabet_of_old_phones_is_counted_so(doorstep: Doorstep) -> None:
    assert json.loads(doorstep("segments", "Yes {1}").out) == {
        "encoding": "gsm7", "units": 9, "segments": 1, "left": 151}


def test_segments_without_a_text_is_wrong_usage(doorstep: Doorstep) -> None:
    said = doorstep("segments")
    assert said.status == 2
    assert "TEXT" in said.err
