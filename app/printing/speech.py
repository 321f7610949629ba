"""Chinese as somebody reads it aloud: hours without colons, telephone numbers digit by digit in groups."""

import re

from app.words import part_of_day

# 幺 in telephone numbers, because 一 and 七 sound alike over a loudspeaker.
PHONE_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九")
DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_DASH = r"\s*[-–—~～]\s*"
_LINK = re.compile(r"https?://[\w./?=&%#:~+-]+")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(010|02\d|0[3-9]\d\d)[ -]?(\d{3,4})(\d{4})(?!\d)")
_SERVICE = re.compile(r"(?<!\d)([48]00)[ -]?(\d{3})[ -]?(\d{4})(?!\d)")
_LOCAL = re.compile(r"(?<![\d.])(?!20\d{6})([2-9]\d{2,3})-?(\d{4})(?![\d元])")
_HOTLINE = re.compile(r"((?:电话|热线|拨打?|打)[:：\s]*)(\d{3,6})(?!\d)")
_NAMED_PART = r"(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|[今明]早|[今明]晚)?\s*"
_HOUR = rf"{_NAMED_PART}(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?!\d)"
_HOURS = re.compile(rf"{_HOUR}(?:(?:{_DASH}|\s*[至到]\s*){_HOUR})?")
_RANGE = re.compile(rf"(?<![\d-])(\d+){_DASH}(\d+)(?![\d-])")
_PER = re.compile(r"/\s*(天|日|小?时|件|个|月|年|人|斤|公斤|趟|次|班|晚|户)")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
LONGEST = 24  # characters that one breath carries


def aloud(text: str) -> str:
    """The text with everything that a tongue would stumble over written out; a link is left out."""
    text = _LINK.sub("", text)
    for pattern in (_MOBILE, _SERVICE, _LANDLINE, _LOCAL):
        text = pattern.sub(lambda found: _grouped(*found.groups()), text)
    text = _HOTLINE.sub(lambda found: found[1] + found[2].translate(PHONE_DIGITS), text)
    text = _HOURS.sub(_hours, text)
    text = re.sub(r"(\d+(?:\.\d+)?)\s*[%％]", r"百分之\1", text)
    text = _RANGE.sub(lambda found: f"{found[1]}到{found[2]}" if int(found[1]) < int(found[2]) else found[0], text)
    text = re.sub(r"(\d{4})(?=年)", lambda found: found[1].translate(DIGITS), text)
    text = re.sub(r"(\d{1,2}月\d{1,2})日", r"\1号", text)
    text = re.sub(r"周(?=[一二三四五六日](?!年))", "星期", text)
    text = _PER.sub(lambda found: "一" + {"时": "小时"}.get(found[1], found[1]), text)
    return re.sub(r"[（(]([^）)]*)[）)]", r"，\1，", text).replace(" ", "")


def phone(number: str) -> str:
    """A telephone number by itself: 0700-7221234 → 零七零零，七二二，幺二三四."""
    said = aloud(number)
    return said if said != number else number.translate(PHONE_DIGITS)


def digits(number: int) -> str:
    """One digit after the other, as somebody types them: 23 → 二，三."""
    return "，".join(str(number).translate(DIGITS))


def hour(hours: int, minutes: int) -> str:
    """上午8点, 下午1点半, 晚上7点零5分."""
    return part_of_day(hours) + _clock(hours, minutes)


def sentences(text: str) -> list[str]:
    """One for each breath; a longer one is cut at its commas."""
    return [piece for found in _SENTENCE.finditer(text) if (sentence := found[0].strip("，, "))
            for piece in _breaths(sentence)]


def _breaths(sentence: str) -> list[str]:
    breaths = [""]
    for clause in re.findall(r"[^，,]+[，,]?", sentence):
        if breaths[-1] and len(breaths[-1]) + len(clause) > LONGEST:
            breaths.append("")
        breaths[-1] += clause
    return [_ended(breath) for breath in breaths]


def _ended(sentence: str) -> str:
    """With a stop at its end, for which the speaker's voice falls."""
    sentence = sentence.replace(",", "，").strip("，；; ")
    return sentence.replace("?", "？").replace("!", "！") + ("" if sentence[-1:] in "。！？!?" else "。")


def _grouped(*groups: str) -> str:
    return "，".join(groups).translate(PHONE_DIGITS)


def _hours(found: re.Match[str]) -> str:
    part, hours, minutes, last_part, last_hours, last_minutes = found.groups()
    said = (part or part_of_day(int(hours))) + _clock(int(hours), int(minutes))
    if last_hours is None:
        return said
    same = not last_part and (part or part_of_day(int(hours))) == part_of_day(int(last_hours))
    until = "" if same else last_part or part_of_day(int(last_hours))
    return f"{said}到{until}{_clock(int(last_hours), int(last_minutes))}"


def _clock(hours: int, minutes: int) -> str:
    past = {0: "", 30: "半"}.get(minutes, f"零{minutes}分" if minutes < 10 else f"{minutes}分")
    return f"{hours if hours <= 12 else hours - 12}点{past}"
