"""Texts to begin with where a station has kept none of its own yet: each is one segment with a signature of eight
characters, asks one thing only, and says how to answer without reading."""

from dataclasses import dataclass

from app.campaigns.campaigns import Kind


@dataclass(frozen=True)
class Beginning:
    name: str
    text: str


OFFERED: dict[Kind, tuple[Beginning, ...]] = {
    Kind.JOB: (
        Beginning("招人", "{编号}号活:{活},{时间},{地点},{工钱}。想去回{编号},退订回TD"),
        Beginning("急招", "急招人:{活},{时间}在{地点},{工钱}。先报先得,想去回{编号},退订回TD"),
    ),
    Kind.MOBILISE: (
        Beginning("节后出去干活", "{姓名}您好,节后想出去干活吗?想看活回\"找活\",要人帮忙回\"电话\",退订回TD"),
        Beginning("来站里看看", "{姓名}您好,站里有新活,在家门口就能干。想看回\"找活\",或打{电话},退订回TD"),
    ),
    Kind.SURVEY: (
        Beginning("节后打算", "节后想干活吗?回1想外出 2想就近 3暂不。看不清字请家人代回,或打{电话}"),
        Beginning("在外怎么样", "您在外还好吗?回1还在干 2换了厂 3已回家。工资没发回\"工资\",我们帮您"),
    ),
    Kind.NOTICE: (
        Beginning("开会", "{楼栋}的{姓名}您好,明天上午9点在社区一楼讲找活和补贴,欢迎来听。有事打{电话}"),
        Beginning("办事", "{姓名}您好,站里可以帮您办失业登记和社保补贴,带上身份证来就行。有事打{电话}"),
    ),
    Kind.TRANSPORT: (
        Beginning("返岗专车", "{姓名}您好,返岗专车后天早上6点在社区门口上车,不收钱。坐车回1,不坐回2。有事打{电话}"),
        Beginning("还有空位", "返岗专车还有空位,后天早上6点在社区门口上车。坐车回1,不坐回2。看不清字请家人代回"),
    ),
}
