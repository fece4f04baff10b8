"""Grouping: the segments that the made-up brand goes by."""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.scope import Scope
from qunyu.people.queries import root_unit
from qunyu.segments.actions import add_segment, count_all
from qunyu.segments.conditions import Speaker
from qunyu.segments.queries import segments
from qunyu.segments.starting import STARTS

TRIED = "低需求型"
SEGMENTS = (
    *((each.name.zh, each.use.zh, each.text) for each in STARTS),
    ("福利群里没下过单", "聊得起来，但还没买过", "spoke at least 3 times within 14 days where (type=welfare) and not ordered"),
    (TRIED, "用试用了解需求", "role is Member and user type is low_demand"),
)  # fmt: skip


def group(*, by: Scope, now: datetime) -> None:
    """Makes those that are not there yet, and counts all."""
    there = set(segments(by).values_list("name", flat=True))
    speaker = Speaker(by)
    for name, use, text in SEGMENTS:
        if name not in there:
            add_segment(by=by, unit=root_unit(), name=name, condition=speaker.from_text(text), now=now, note=use)
    count_all(now)
