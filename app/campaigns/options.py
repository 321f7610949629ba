"""The numbered answers that a text offers: "回1想外出 2想就近 3暂不". Found as residents read them, so that what is
counted is what was asked."""

import re
from dataclasses import dataclass

FEWEST, MOST = 2, 9  # a number of two digits names a listing


@dataclass(frozen=True)
class Option:
    """One answer: the digit that people send, and what it means."""

    digit: int
    label: str


@dataclass(frozen=True)
class _Mark:
    """A number in the text that could name an answer. `firm` when something sets it off from what stands before."""

    number: int
    start: int
    end: int
    firm: bool


_ROUND = {ord(sign): f" {number}." for signs in ("①②③④⑤⑥⑦⑧⑨⑩", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽", "❶❷❸❹❺❻❼❽❾❿")
          for number, sign in enumerate(signs, 1)}
_PLAIN = _ROUND | {ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９", "0123456789", strict=True)}
_ANSWER = "(?:请?(?:直接)?(?:(?<![来每上这那一返])回复?|按|选|(?<![出转])发送?)(?:数字)?)"
_BREAK = r"[\s,，。．.、;；:：!！?？/|(（\[“\"'】]"  # what may stand before an answer's number
# A number before one of these counts or dates something: "3月5日", "2人一车", "3家企业". Not "1年后", "2公益岗".
_COUNTS = re.compile(
    "点(?!餐|赞)|时(?!间|常|薪)|分(?!散|开|居|批|配)|秒|刻|月(?!结|薪|嫂|子)|日(?!结|班|常|托)|号(?!码)|年(?![前后底初轻龄薪])"
    "|天(?!天)|周(?![末边日一二三四五六])|星期|岁|元(?!旦|宵)|块|毛钱|角|人(?![不在事力工已还没])|个(?!体)|名|位(?!置|于)"
    "|口(?!头)|户(?!外|口|籍)|家(?=[企公工厂单店人超])|楼(?!长)|栋|幢|层|单元|室(?!内|外)|门课|路(?!上|过|费)|条|张(?=票|表|卡|纸|证)"
    "|米(?!饭|线)|公[里斤分顷尺升]|里路|斤|吨|度(?!假)|[%％℃]|折(?!叠)|次(?!日|要|月)|期(?!间|望|待)|批(?!发)|件|辆|台(?!下)"
    "|份(?!子)|套(?!装)|袋|箱|间(?!隔|接)|趟|倍|成(?=工|左)|级风|季度|届|组人|小时|班[倒岗轮]|场(?!地|内|外)|节(?=课|车)"
    "|[万千亿](?!一)|百(?!货)|十|把|双|瓶|床|本(?!地|人|社|市|县|村)|根|顿|亩|座|顿|堂课")
_BEFORE_A_COUNT = frozenset("第初周期高大满共缺招限约每带至到住乘坐来十余")
_MARK = re.compile(r"(?<![\dA-Za-z])(?<!\d[.:：/\-])[(（\[]?(\d{1,2})(?![\dA-Za-z%])"
                   r"(?P<sign>\s*(?:[.．、)）\]:：=＝,，]|[-－—]+|表示|代表)+)?\s*(?=[^\W\d_]|[“\"「《])")
_ASKED = re.compile(rf"{_ANSWER}\s*[“\"']?\s*$")
# The other way round: "想外出回1,想就近回2".
_BEHIND = re.compile(rf"(?P<label>[^\s,，。;；:：!！?？、]*?)的?{_ANSWER}\s*[“\"']?(\d{{1,2}})[”\"']?"
                     r"(?=\s*[.,，。;；!！?？、]|\s+|$)")
_END = re.compile(r"[。;；!！?？,，\n]|(?<![A-Za-z])\s|\s(?![A-Za-z])")
_ANOTHER = re.compile(r"回复?\d")  # an answer inside a label: it was not understood
_TAIL = re.compile(r"[\s、或(（\[“\"/|]+$")


def of(text: str) -> list[Option]:
    """The answers that the text offers, 1 to at most 9 in their order; none where it offers fewer than two, more than
    nine, or asks two questions at once: then an answer's digit would not say what was meant."""
    plain = text.translate(_PLAIN)
    return _behind(plain) or _in_front(plain)


def counted(text: str, listing_id: int | None) -> list[Option]:
    """The answers that are counted: of a text about a listing none, for there a number is that of the listing."""
    return of(text) if listing_id is None else []


def _in_front(text: str) -> list[Option]:
    """Numbers before their labels. Those that are set off count first; "回1去2不去" only where they do not suffice."""
    marks = _marks(text)
    chains = _chains([mark for mark in marks if mark.firm])
    everything = _chains(marks)
    if max(map(len, everything), default=0) > max(map(len, chains), default=0):
        chains = everything
    if not chains or sum(len(chain) >= FEWEST for chain in chains) != 1:
        return []
    chain = max(chains, key=len)
    ends = [mark.start for mark in chain[1:]] + [len(text)]
    return _made([(mark.number, _label(text[mark.end:end])) for mark, end in zip(chain, ends, strict=True)])


def _behind(text: str) -> list[Option]:
    """Numbers behind their labels."""
    found = [(int(one[2]), one["label"].strip("的请“\"")) for one in _BEHIND.finditer(text)]
    return _made(found) if [number for number, _label in found] == list(range(1, len(found) + 1)) else []


def _made(found: list[tuple[int, str]]) -> list[Option]:
    if not FEWEST <= len(found) <= MOST or any(not label or _ANOTHER.search(label) for _number, label in found):
        return []
    return [Option(number, label) for number, label in found]


def _marks(text: str) -> list[_Mark]:
    found = []
    for mark in _MARK.finditer(text):
        number, start = int(mark[1]), mark.start()
        asked = _ASKED.search(text, 0, start)
        if asked and (number == 1 or _apart(text, asked.start())):
            start = asked.start()
        else:
            asked = None
        signed = mark["sign"] is not None and mark["sign"].strip() not in (",", "，")
        if not asked and not signed and _COUNTS.match(text, mark.end()):
            continue
        firm = bool(asked) or signed or _apart(text, start) or mark[0][0] in "(（["
        if firm or text[start - 1] not in _BEFORE_A_COUNT:
            found.append(_Mark(number, start, mark.end(), firm))
    return found


def _apart(text: str, place: int) -> bool:
    """Whether something sets it off from what stands before."""
    return place == 0 or re.match(_BREAK, text[place - 1]) is not None


def _chains(marks: list[_Mark]) -> list[list[_Mark]]:
    """Runs of 1, 2, 3 …: each begins at a 1 and takes the next number wherever it comes before another 1."""
    chains: list[list[_Mark]] = []
    for mark in marks:
        if mark.number == 1:
            chains.append([mark])
        elif chains and mark.number == chains[-1][-1].number + 1:
            chains[-1].append(mark)
    return chains


def _label(text: str) -> str:
    """What stands between two numbers, without what joins them or comes after it."""
    text = _TAIL.sub("", text.strip().strip("“\"「」”"))
    end = _END.search(text)
    return _TAIL.sub("", text[:end.start()] if end else text).strip("“”\"「」 ")
