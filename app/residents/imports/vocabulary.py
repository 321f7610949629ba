"""The words of a list's cells: work status, hardship, limits, skills and wishes, as people write them."""

import re
import unicodedata
from collections.abc import Iterable

from app.i18n import _
from app.residents.hardship import HardshipCategory
from app.residents.imports.bad import BadCell
from app.residents.residents import WorkStatus

NOTHING = frozenset({"无", "没有", "暂无", "无.", "-", "--", "—", "——", "/", "\\", "空", "none", "n/a", "na", "nil",
                     "未填", "不填"})
UNKNOWN_WORD = _("{text} is not a word of this list. Allowed are: {allowed}.")
_SPLIT = re.compile(r"[、，,；;/|\\\n+＋]+|\s+")
_TAIL = re.compile(r"(?:人员|家庭成员|家庭|户|人|对象|者)+$")

_STATUS = {
    WorkStatus.STEADY: "稳定就业 已就业 就业 在业 在职 在岗 上班 务工 外出务工 打工 正式工 合同工"
                       " 企业就业 单位就业 就业中 employed",
    WorkStatus.FLEXIBLE: "灵活就业 零工 打零工 临时工 散工 钟点工 小时工 临工 短工 零散就业 casual",
    WorkStatus.OWN_BUSINESS: "自主创业 创业 个体 个体户 个体经营 经商 做生意 自营 self-employed",
    WorkStatus.PUBLIC_POST: "公益性岗位 公益岗位 公益岗 公岗",
    WorkStatus.FARMING: "务农 种地 种田 在家务农 农业",
    WorkStatus.SEEKING: "求职中 求职 失业 待业 未就业 无业 登记失业 找工作 在找工作 待就业 想就业 unemployed",
    WorkStatus.UNWILLING: "暂无意愿 无意愿 无就业意愿 不想就业 暂无就业意愿 不愿就业 暂不就业",
    WorkStatus.UNABLE: "无劳动能力 丧失劳动能力 没有劳动能力 无劳力",
    WorkStatus.STUDYING: "在校 学生 在校学生 上学 在读 就读 在校生 读书 student",
    WorkStatus.SERVING: "参军 服役 当兵 现役 在部队 服兵役",
    WorkStatus.RETIRED: "超龄在业 退休 已退休",
    WorkStatus.LOST: "失联 联系不上 无法联系",
    WorkStatus.UNKNOWN: "未知 不详 不清楚 不明",
}
# What a body or a day cannot do, in the words that jobs use for what they ask.
_LIMITS = {
    "standing": "久站 站立 长时间站 不能久站 站久 站着",
    "heavy": "重活 重体力 体力活 搬重物 重物 不能干重活 干重活 力气活 不宜重活",
    "night": "夜班 上夜班 不宜夜班 晚班 熬夜 夜间",
    "outdoor": "户外 室外 露天 户外作业 外面干活",
    "far": "远 远处 离家远 太远 外出 出远门 远的",
    "full_day": "全天 整天 全日 一整天 全日制",
    "heights": "高处 登高 高空 爬高 高空作业 登高作业",
    "reading": "识字 读写 认字 看字 写字 不识字 文化",
}
TRADES = {
    "保洁": "清洁 打扫 保洁员 清洁工 打扫卫生 扫地 环卫",
    "缝纫": "裁缝 车工 缝纫工 踩缝纫机 做衣服",
    "看门": "保安 门卫 门岗 守门",
    "带娃": "带孩子 育儿 育婴 月嫂 保姆 带小孩 看孩子 育婴员",
    "香菇": "种香菇 分拣香菇 剪香菇 菌棒 食用菌",
    "装卸": "搬运 装卸工 搬运工",
    "手工": "手工活 串珠 来料加工 做手工",
    "做饭": "厨师 烹饪 炒菜 厨艺 帮厨 厨工 做菜",
    "洗碗": "洗碗工",
    "护理": "护工 陪护 养老护理 照护 护理员 照顾老人",
    "绿化": "园林 绿化工 修剪",
    "种菜": "蔬菜种植 大棚 种植",
    "采摘": "摘菜 摘果",
    "包装": "打包 包装工",
    "质检": "检验 质检员",
    "电工": "水电工 低压电工",
    "水暖": "水暖工 管道",
    "木工": "木匠",
    "瓦工": "泥瓦工 泥水匠 泥工 砌墙",
    "油漆": "油漆工 刷漆",
    "焊工": "电焊 焊接 电焊工",
    "司机": "开车 驾驶 驾驶员",
    "送货": "配送 快递 外卖 送外卖 快递员 骑手",
    "收银": "收银员",
    "导购": "销售 营业员 售货 售货员 促销",
    "服务员": "餐饮服务 端盘子",
    "仓库": "仓管 库管 仓库管理员 理货",
    "养殖": "养猪 养鸡 养羊 养牛",
    "修理": "维修 汽修 家电维修",
    "理发": "美发 理发师",
    "电商": "网店 淘宝 客服",
    "直播": "主播 带货 直播带货",
    "织袜": "袜厂 缝袜 袜业",
    "玩具": "玩具厂 做玩具",
    "制衣": "制衣厂 服装 服装厂",
    "编织": "草编 竹编 线编 刺绣",
    "巡逻": "义警 巡防",
    "家政": "家政服务 家政员 钟点保洁",
    "建筑": "工地 建筑工 小工 钢筋工",
    "零工": "杂工 打杂",
}


def plain(text: str) -> str:
    """Full-width letters and blanks put right, small letters."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).lower()


def pieces(text: str) -> list[str]:
    """The words of a cell: 保洁、做饭 / 保洁，做饭 / 保洁 做饭. 无 is none."""
    return [word for word in _SPLIT.split(plain(text)) if word and word not in NOTHING]


def status(text: str) -> str:
    """The work status that the word means, empty where the list says that it does not know. Raises BadCell, naming
    the allowed ones."""
    found = _STATUSES.get(plain(text).replace(" ", "").replace("_", "").replace("-", ""))
    if found is None:
        raise BadCell(UNKNOWN_WORD, text=text[:20], allowed="、".join(said.split()[0] for said in _STATUS.values()))
    return "" if found == WorkStatus.UNKNOWN else found


def limits(text: str) -> tuple[str, ...]:
    """What the person cannot do. Raises BadCell, naming the allowed words: a limit is not lost in silence."""
    found = []
    for word in pieces(text):
        bare = re.sub(r"^(?:不能|不宜|不可|不要|不想|怕|不)(?:上|干|做|太)?", "", word)
        limit = _LIMIT_WORDS.get(word) or _LIMIT_WORDS.get(bare)
        if limit is None:
            raise BadCell(UNKNOWN_WORD, text=word[:20],
                          allowed="、".join(said.split()[0] for said in _LIMITS.values()))
        found.append(limit)
    return tuple(sorted(set(found)))


def trades(text: str) -> tuple[str, ...]:
    """Skills or wishes: the plain word for work where one is known, otherwise the person's own word."""
    words = [_TRADE_WORDS.get(word, word) for word in pieces(text)]
    for word in words:
        if len(word) > 20:
            raise BadCell(_("{text}… is too long for one word. Please write single words such as {examples}, with 、 "
                            "between them."), text=word[:10], examples="保洁、做饭")
    return tuple(sorted(set(words)))


class Categories:
    """The hardship categories of the day, by code, name and the usual ways of saying them."""

    def __init__(self, rows: Iterable[HardshipCategory]) -> None:
        self._codes: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for row in rows:
            self.names[row.code] = row.name
            parts = re.split(r"[、，,/]", row.name)
            for said in (row.code, row.name, row.name_en, *parts, *_HARDSHIPS.get(row.code, "").split()):
                if said:
                    self._codes.setdefault(_TAIL.sub("", plain(said)) or plain(said), row.code)

    def read(self, text: str) -> tuple[str, ...]:
        """The codes. Raises BadCell, naming the allowed ones."""
        whole = self._code(plain(text))
        if whole:
            return (whole,)
        found = []
        for word in pieces(text):
            code = self._code(word)
            if code is None:
                allowed = "、".join(f"{code} {name}" for code, name in self.names.items())
                raise BadCell(UNKNOWN_WORD, text=word[:20], allowed=allowed)
            found.append(code)
        return tuple(sorted(set(found)))

    def _code(self, said: str) -> str | None:
        return self._codes.get(said) or self._codes.get(_TAIL.sub("", said) or said)


_HARDSHIPS = {
    "DL": "大龄失业 4050 4050人员 大龄就业困难",
    "CJ": "残疾人 持残疾证",
    "DB": "低保户 低收入 最低生活保障",
    "CQ": "长期失业者 连续失业一年以上 失业一年以上",
    "LJ": "零就业 城镇零就业家庭 城镇零就业",
    "SD": "失地 被征地农民",
    "NL": "零转移就业 零转移",
    "TP": "脱贫 脱贫户 监测户 监测对象 防返贫监测 建档立卡 贫困户 已脱贫",
    "BY": "毕业生 高校毕业生 未就业毕业生 离校未就业",
    "TY": "退役军人 退伍军人 退伍",
    "XM": "刑满释放 戒毒康复 刑释",
    "DQ": "单亲 单亲家庭",
    "ZB": "赡养重病 照顾病人",
}


def _turned(words: dict[str, str]) -> dict[str, str]:
    return {plain(said): meant for meant, all_said in words.items() for said in (meant, *all_said.split())}


_STATUSES = {said.replace("_", "").replace("-", ""): meant
             for said, meant in _turned({str(status): said for status, said in _STATUS.items()}).items()}
_LIMIT_WORDS = _turned(_LIMITS)
_TRADE_WORDS = _turned(TRADES)

