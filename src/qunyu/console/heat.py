"""Heat: at which hours of the week a community talks, as a chart."""

from __future__ import annotations

from collections.abc import Iterable

from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart

WEEK = tuple(
    Words(*pair)
    for pair in (
        ("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"), ("周六", "Sat"), ("周日", "Sun"),
    )
)  # fmt: skip


def hour_chart(hours: Iterable[tuple[int, int, int]]) -> Chart:
    """A heat map of (day of the week from 1, hour, messages); hours without any are shown as zero."""
    counted = {(day, hour): count for day, hour, count in hours}
    cells = [[hour, day - 1, counted.get((day, hour), 0)] for day in range(1, 8) for hour in range(24)]
    option = {
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 56, "containLabel": True},
        "tooltip": {"confine": True},
        "xAxis": {"type": "category", "data": [f"{hour}" for hour in range(24)], "splitArea": {"show": True}},
        "yAxis": {"type": "category", "inverse": True, "data": [str(day) for day in WEEK]},
        "visualMap": {
            "min": 0,
            "max": max(counted.values(), default=0) or 1,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "inRange": {"color": ["#f1f5f9", PALETTE[0]]},
        },
        "series": [{"type": "heatmap", "name": str(Words("消息", "Messages")), "data": cells}],
    }
    title = Words("一周里什么时候最热闹？（消息条数）", "When in the week is it lively? (messages)")
    return Chart(
        "hours", title, option, Words("横轴是当地小时，纵轴是星期", "Across: local hour; down: day of the week")
    )
