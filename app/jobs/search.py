"""What somebody typed into the search box, as conditions that a text of app/jobs/_sounds.py meets or not.

Typed is anything: 看门, kanmen, km, 门卫, "看门 西门", 我想找看门的活, a number. Pure: knows no database.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.jobs._sounds import folded, plain, text_of
from app.residents.imports.vocabulary import TRADES as _IN_LISTS

LONGEST, MOST_TERMS = 40, 5
_RUNS = re.compile(r"[a-z]+|[0-9]+|[^\W\d_a-z]+")
_FILLING = frozenset(("的", "活", "活儿", "工作", "岗位", "找", "想", "我", "我想", "我要", "想找", "我想找", "有没有",
                      "有", "做", "干", "附近", "招工", "招聘"))
# How people here call work, beside the words that lists from other offices use.
_SAID = {
    "看门": "看大门 守大门 值班 守夜 保安员",
    "保洁": "搞卫生 做卫生 打扫卫生 扫地 拖地 保洁工",
    "带娃": "看娃 带小孩 月嫂 保姆",
    "香菇": "剪香菇 摘香菇 蘑菇 菌子 木耳",
    "装卸": "搬货 卸货 上货 搬东西 力气活",
    "手工": "串珠子 做花 绢花 手工活 在家做",
    "做饭": "煮饭 烧饭 厨房 切菜 择菜 食堂",
    "洗碗": "刷碗 洗菜 后厨",
    "护理": "照顾病人 照顾老人 陪床",
    "绿化": "种树 栽树 除草 拔草 浇水",
    "种菜": "种地 栽菜 栽苗 大棚",
    "采摘": "摘茶叶 摘果子 摘桃 摘橘子 摘辣椒 收菜",
    "包装": "装袋 贴标签 装箱",
    "质检": "检查 验货",
    "缝纫": "踩机子 缝衣服 缝包",
    "服务员": "端菜 端盘子 饭馆 传菜",
    "仓库": "理货 分拣 分快递 快递",
    "电工": "水电",
    "水暖": "水电 修水管",
    "瓦工": "砌墙 刮墙",
    "油漆": "刷墙 粉刷",
    "织袜": "袜子 翻袜子",
    "制衣": "做衣服 剪线头",
    "编织": "织毛衣 钩毛线 草鞋",
    "建筑": "搬砖 工地活",
    "零工": "短工 日结 临时",
}


@dataclass(frozen=True)
class Term:
    """One thing that has to be found: `needle` in the text of a job, or one of these `trades`, or this `number`."""

    needle: str
    trades: frozenset[str] = frozenset()
    number: int | None = None


def terms(typed: str) -> tuple[Term, ...]:
    """All of which have to be found; none where nothing was typed that could be."""
    runs = list(dict.fromkeys(_RUNS.findall(plain(typed[:LONGEST]))))
    telling = [run for run in runs if run not in _FILLING] or runs
    return tuple(_term(run) for run in telling[:MOST_TERMS])


def looser(typed: str) -> tuple[Term, ...]:
    """For a whole sentence in which a kind of work is named, where its words alone are found nowhere."""
    sentence = plain(typed[:LONGEST])
    named = frozenset(trade for trade, words in _words_of_trades().items() if any(word in sentence for word in words))
    return (Term("", named),) if named else ()


def words_of(trade: str) -> list[str]:
    """The trade and all that it is called."""
    return list(dict.fromkeys([trade, *_IN_LISTS.get(trade, "").split(), *_SAID.get(trade, "").split()]))


def sound_lines() -> list[str]:
    """The lines of trade_sounds.txt, which is made beforehand, so that pages need not load the sounds."""
    return [f"{trade}={text_of(words_of(trade))}" for trade in _IN_LISTS]


def _term(run: str) -> Term:
    needle = f" {folded(run)}" if run.isascii() and run.isalpha() else run
    trades = frozenset(trade for trade, text in _texts_of_trades().items() if needle in text)
    return Term(needle, trades, int(run[:6]) if run.isascii() and run.isdigit() else None)


@cache
def _words_of_trades() -> dict[str, list[str]]:
    return {trade: [word for word in words_of(trade) if len(word) > 1] for trade in _IN_LISTS}


@cache
def _texts_of_trades() -> dict[str, str]:
    lines = (Path(__file__).parent / "trade_sounds.txt").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))
