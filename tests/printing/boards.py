"""Boards to try things with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.printing.board import Board, Offer

DAY = datetime.fromisoformat("2026-03-11T00:00:00+08:00")


def offer(number: int = 23, **facts: Any) -> Offer:
    starts_at = DAY + timedelta(hours=facts.pop("hour", 7))
    return Offer(**{"number": number, "title": "香菇分拣", "pay": "80元/天", "place": "西门", "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(hours=4.5), "left": 12, **facts})


def longest(number: int) -> Offer:
    """As long as a job's words may be."""
    return offer(number, title="字" * 12, pay="12000元/月", place="地" * 12, hour=11.75, left=9999, minutes=38,
                 paid_same_day=True)


def board(offers: Sequence[Offer], coming: Sequence[Offer] = (), **facts: Any) -> Board:
    return Board(**{"community": "青龙泉社区", "building": "12号楼", "day": DAY, "offers": offers, "coming": coming,
                    "phone": "0700-7221234", "text_to": "+8614200000099",
                    "address": "https://jobs.example/jobs?area=demo&from=demo-12",
                    "printed_at": DAY + timedelta(hours=6), **facts})
