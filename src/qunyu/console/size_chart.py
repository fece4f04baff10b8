"""Size chart: how many people were in a segment, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart

TITLE = Words("这个人群怎样变化？", "How does this segment develop?")
NAME = Words("人数", "People")


def size_chart(line: Sequence[tuple[date, int]]) -> Chart | None:
    """The chart of (day, size); None of fewer than two days. A day without a count breaks nothing: the line says what was counted."""
    if len(line) < 2:
        return None
    option = {
        "color": [PALETTE[0]],
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "minInterval": 1, "scale": True},
        "series": [
            {
                "name": str(NAME),
                "type": "line",
                "showSymbol": len(line) < 30,
                "data": [[day.isoformat(), size] for day, size in line],
            }
        ],
    }
    return Chart("segment-size", TITLE, option)
