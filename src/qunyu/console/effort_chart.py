"""Effort chart: what an operator said day by day, and how much of it repeats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart

# More bars cannot be told apart.
MOST_DAYS = 92

TITLE = Words("每天说了多少，其中多少是重复？", "How much was said each day, and how much of it repeats?")
SERIES = (Words("其他消息", "Other messages"), Words("重复", "Repeats"), Words("重复且没人理", "Repeats, unheard"))


def effort_chart(told: Mapping[date, tuple[int, int, int]], first: date, last: date) -> Chart | None:
    """(messages, repeats, unheard) by day as stacked bars from `first` to `last`; None without any, or over too many days."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if not told or len(days) > MOST_DAYS:
        return None
    rows = [told.get(day, (0, 0, 0)) for day in days]
    parts = [
        [said - repeats for said, repeats, _ in rows],
        [repeats - unheard for _, repeats, unheard in rows],
        [unheard for _, _, unheard in rows],
    ]
    option = {
        "color": [PALETTE[0], PALETTE[1], PALETTE[4]],
        "aria": {"enabled": True, "decal": {"show": True}},
        "legend": {"top": 0, "data": [str(words) for words in SERIES]},
        "grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "category", "data": [day.isoformat() for day in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": str(words), "type": "bar", "stack": "said", "barMaxWidth": 28, "data": counts}
            for words, counts in zip(SERIES, parts, strict=True)
        ],
    }
    return Chart("effort-days", TITLE, option)
