"""Every text that the station can say fits into one segment with the longest values that are likely.

A text in English may take two: a title in Chinese makes the whole of it count 70 units, and English needs more of them.
"""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import app
from app import clock, i18n, words
from app.jobs import jobs, pushes
from app.jobs.jobs import PLACE_UNITS, TITLE_UNITS, Job, PayPer
from app.occasions.occasions import DESTINATION_UNITS
from app.sms import length, outbox

FOLDER = Path(app.__file__).parent / "templates" / "sms"
NAMES = {language: sorted(path.name for path in (FOLDER / language).glob("*.txt")) for language in i18n.LANGUAGES}
SIGNATURE = "青龙泉就业站"
STATION = "0719-7221234"
NAME, LONG_NAME = "欧阳秀兰", "阿卜杜拉·买买提"
WHY = "那个时间您已经报了210号。想换,先取消那个。"
STARTED = "210号已经开始了,请打就业站电话。"
NAMED_IF_IT_FITS = {"booked.txt", "waiting.txt", "cancelled.txt"}  # on a phone of several people
PUSHES = {"push.txt", "push_short.txt"}  # one or the other, see below
NOON = datetime.fromisoformat("2026-03-10T12:00:00+08:00")
TOMORROW, SOON, FAR = (datetime.fromisoformat(f"2026-{day}T11:45:00+08:00") for day in ("03-11", "03-30", "11-25"))


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.turn(NOON)


def _job(starts_at: datetime, **facts: Any) -> Job:
    return Job(**{"number": 210, "title": "字" * TITLE_UNITS, "place": "地" * PLACE_UNITS, "starts_at": starts_at,
                  "ends_at": starts_at + timedelta(hours=4), "pay_fen": 12000, "pay_per": PayPer.DAY,
                  "paid_same_day": True, **facts})


def _values(job: Job) -> dict[str, Any]:
    """The values of all templates; of what comes in lists, as many as always have to fit."""
    resident = SimpleNamespace(name=NAME)
    return {"job": job, "listing": job, "pay": jobs.pay(job), "left": 99, "resident": resident, "station": STATION,
            "number": 99999, "numbers": (210, 211, 212), "position": 299, "code": "482913", "minutes": 10,
            "people": [resident] * 4, "verb": "cancel", "already": "", "jobs": [(job, jobs.pay(job))],
            "several": False, "rest": 9, "short": False, "name": NAME, "phone": "14200000001", "text": "急" * 20,
            "about": "time", "detail": 0, "one": False, "taken": [("210号", job)], "kept": ["210号"],
            "waiting": [("211号", 99)], "refused": [("212号", STARTED)], "others": 9, "labels": ["210号" + job.title],
            "unheard": [], "before": [], "told": False, "kind": "push", "why": WHY, "held": False, "going": False,
            "reason": "health", "title": job.title, "choice": 3, "label": "选" * 12, "seats": 12, "most": 9,
            "link": f"https://doorstep.example/l/{'w' * 20}",
            "destination": "" if job.pay_per == PayPer.MONTH else "城" * DESTINATION_UNITS,
            "cost": "每人120元" if job.pay_per == PayPer.MONTH else ""}


def _said(language: str, template: str, job: Job, **others: Any) -> str:
    with i18n.speaking(language):
        signup = SimpleNamespace(listing=job, resident=SimpleNamespace(name=NAME))
        signups = [(signup, 99)] if template == "mine.txt" else [signup]
        values = {**_values(job), "signups": signups, "short": template == "mine.txt", **others}
        if template in NAMED_IF_IT_FITS and "name" not in others:
            del values["name"]
        return outbox.sign(words.text(template, **values), SIGNATURE)


@pytest.mark.parametrize("job", [_job(FAR), _job(FAR, pay_per=PayPer.MONTH, paid_same_day=False, pay_fen=1_200_000)],
                         ids=["day", "month"])
@pytest.mark.parametrize("template", sorted(set(NAMES["zh"]) - PUSHES))
def test_one_segment_in_chinese(template: str, job: Job) -> None:
    said = _said("zh", template, job)
    assert length.measure(said).segments == 1, f"{length.utf16(said)} units: {said}"


@pytest.mark.parametrize("template", NAMES["en"])
def test_two_segments_at_the_most_in_english(template: str) -> None:
    said = _said("en", template, _job(FAR))
    assert length.measure(said).segments <= 2, f"{length.utf16(said)} units: {said}"


@pytest.mark.parametrize("template", sorted(NAMED_IF_IT_FITS))
def test_with_a_name_and_usual_words_it_is_one_segment(template: str) -> None:
    said = _said("zh", template, _job(SOON, title="字" * 8, place="地" * 6), name=NAME)
    assert length.measure(said).segments == 1, said


@pytest.mark.parametrize("kind", ["none", "push", "who", "birth", "confirm", "cancel", "survey"])
def test_every_question_is_asked_again_in_one_segment(kind: str) -> None:
    said = _said("zh", "not_understood.txt", _job(FAR), kind=kind)
    assert length.measure(said).segments == 1, said


@pytest.mark.parametrize("reason", ["", "far", "has_job", "health", "family"])
def test_every_no_is_taken_in_one_segment(reason: str) -> None:
    said = _said("zh", "declined.txt", _job(FAR), reason=reason)
    assert length.measure(said).segments == 1, said


@pytest.mark.parametrize("about", ["time", "place", "pay", "meals", "transport"])
@pytest.mark.parametrize("template", ["booked.txt", "waiting.txt"])
def test_a_place_and_a_fact_are_said_in_one_segment(template: str, about: str) -> None:
    job = _job(SOON, title="字" * 8, place="地" * 8)
    place, fact = (_said("zh", name, job, short=True, about=about) for name in (template, "facts.txt"))
    assert length.utf16(f"{place}。{fact}") - length.utf16(f"【{SIGNATURE}】") <= 70, (place, fact)


def test_both_languages_have_the_same_texts() -> None:
    assert NAMES["zh"] == NAMES["en"]


@pytest.mark.parametrize("people", [6, 2])
def test_a_family_on_one_phone_is_asked_in_one_segment(people: int) -> None:
    who = [SimpleNamespace(name=NAME if people > 2 else LONG_NAME)] * people
    for verb in ("sign_up", "cancel"):
        said = _said("zh", "who.txt", _job(FAR), people=who, verb=verb, numbers=(210,))
        assert length.measure(said).segments == 1, said
    said = _said("zh", "who.txt", _job(FAR), people=who[:4], verb="sign_up", already=NAME, numbers=(210,))
    assert length.measure(said).segments == 1, said


@pytest.mark.parametrize("template", ["booked.txt", "promoted.txt", "changed.txt", "occasion_changed.txt",
                                      "called_off.txt", "reminder.txt", "taken_off.txt", "waiting.txt"])
def test_news_to_a_shared_phone_has_room_for_the_name(template: str) -> None:
    said = _said("zh", template, _job(TOMORROW, title="字" * 9, place="地" * 8))
    assert length.utf16(f"{LONG_NAME}:{said}") <= 70, said


@pytest.mark.parametrize("names", [[], [NAME], [NAME, LONG_NAME], [NAME] * 6], ids=len)
@pytest.mark.parametrize("starts_at", [TOMORROW, SOON], ids=["tomorrow", "soon"])
@pytest.mark.parametrize("pay", [{}, {"pay_per": PayPer.MONTH, "paid_same_day": False, "pay_fen": 1_200_000}],
                         ids=["day", "month"])
def test_a_push_fits_in_one_wording_or_the_other(starts_at: datetime, pay: dict[str, Any], names: list[str]) -> None:
    job = _job(starts_at, **pay)
    with i18n.speaking("zh"):
        wordings = [outbox.sign(words.text(name, job=job, pay=jobs.pay(job), left=99), SIGNATURE)
                    for name in ("push.txt", "push_short.txt")]
    assert length.utf16(wordings[1]) <= 70, wordings[1]
    said = pushes._fitting((wordings[0], wordings[1]), names, SIGNATURE)
    assert all(part in said for part in (job.title, job.place, "210", "120", "99", "TD"))
    if not names:
        assert length.measure(said).segments == 1
    elif length.measure(said).segments > 1:  # nothing more can be left out
        assert f"{names[0]}{f'等{len(names)}人' if len(names) > 1 else ''}:" in said
