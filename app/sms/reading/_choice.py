"""Which listing numbers were said, wanted or not: 23, 二十三号, 第二个, 1和3, 不要1要2, the last one."""

import re
from dataclasses import dataclass

from app.sms.reading import _numbers as numbers
from app.sms.reading._coming import CHOSEN

_HAN = r"[零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖幺十拾百佰]{1,5}"
_NOT_COUNTED = r"(?![点月日楼栋单岁块元天小分班样次年斤里路人位口名多几万千百毛角期排车层室门队组院线个])"
_NOT_A_DATE = r"(?![楼栋院线门]|以[前后]|上午|下午|早|晚)"
_NO = r"(?:(?:不|别|莫|甭)(?:是|要|报名?|去|选|想去?|想要?|参加|干|考虑)*|除了?)"
_LATER_NO = (r"(?:那个|的|活|岗位?|工作|这个)*我?(?:就|都)?"
             r"(?:不(?:要|去|报|选|行|考虑)|太[远累少]|远|算)了?(?![\d第]|名)")
_ORDINAL = r"(?:个活?|份|项|条|号)(?![人月小钟多老])"
_SAID = re.compile(
    rf"(?P<no>{_NO})?(?:第(?P<nth>\d{{1,2}}|{_HAN})(?:{_ORDINAL}|(?=$|吧|的|那))"
    rf"|(?<![\d:])(?<!今年)(?<!属)(?<!满)(?<!快)(?<!虚岁)(?<!周岁)(?P<digits>\d{{1,5}})(?![\d:%了])(?:号{_NOT_A_DATE}|个(?=活|岗|工作)|{_NOT_COUNTED})"
    rf"|(?P<han>{_HAN})号{_NOT_A_DATE}"
    rf"|(?:(?<=报)|(?<=报名)|(?<=选)|(?<=[和跟与+])|^)(?P<alone>{_HAN})(?=$|[和跟与吧了])"
    rf"|(?P<first>最?(?:头|前|上)(?:一|面|边|头)?(?:的?那?一?个|(?<=面)的?$)|开头那?个|打头的)"
    rf"|(?P<last>(?:最后(?:面|头|边)?|末尾|末了|最末|最下(?:面|头|边)|倒数第[一1]|尾巴上?|后(?:面|头)|下面)的?那?(?:一|1)?个?(?:活|岗位)?)"
    rf"|(?P<before_last>倒数第[二两2]个?)"
    rf"|(?P<middle>(?:当中|中间|正中)(?:的?那?一?个|$)))"
    rf"(?P<later>{_LATER_NO})?")


@dataclass(frozen=True)
class Clause:
    """A part of a message: `rest` has CHOSEN in the place of every number; `no` are those that are not wanted."""

    wanted: tuple[int, ...]
    no: tuple[int, ...]
    rest: str


def of(clause: str, listed: tuple[int, ...]) -> Clause:
    """The numbers in a clause that can be listings'; any other number stays in the rest."""
    wanted: list[int] = []
    refused: list[int] = []

    def _taken(said: re.Match[str]) -> str:
        number = _number(said, listed)
        if number is None or not (number in listed or number >= 10):
            return said[0]
        (refused if said["no"] or said["later"] else wanted).append(number)
        return CHOSEN

    rest = _SAID.sub(_taken, clause)
    return Clause(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(refused)), rest)


def _number(said: re.Match[str], listed: tuple[int, ...]) -> int | None:
    """The listing that is meant: by its number, or by its place in the list."""
    places = {"first": 0, "last": -1, "before_last": -2, "middle": len(listed) // 2}
    for name, place in places.items():
        if said[name]:
            return listed[place] if len(listed) > 1 and (name != "middle" or len(listed) % 2) else None
    number = numbers.value(said["nth"] or said["digits"] or said["han"] or said["alone"])
    if said["nth"] and number is not None and number not in listed and 1 <= number <= len(listed):
        return listed[number - 1]
    return number
