"""A number with its normal range, day by day."""

from __future__ import annotations

from typing import Any

from qunyu.insights.alerts import History
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart

TITLE = Words("{name}：什么时候超出了正常范围？", "{name}: when did it leave its normal range?")
NOTE = Words(
    "灰带是正常范围：由此前各天的水平、星期和全部社群当天的共同涨落推算，不用事后的数据",
    "The band is the normal range: told from the days before, the weekday and what all communities did that day, without hindsight",
)
RANGE, EXPECTED = Words("正常范围", "Normal range"), Words("预期", "Expected")


def range_chart(history: History, name: Words, first: str, last: str, currency: str = "") -> Chart:
    """The chart; the days from `first` to `last`, which the history holds, are marked."""
    units = 10 ** exponent(currency) if currency else 1
    low, high, values, expected = (
        [round(each / units, 2) for each in line]
        for line in (history.low, history.high, history.values, history.expected)
    )
    labels = [day.isoformat() for day in history.days]
    band = [round(top - bottom, 2) for top, bottom in zip(high, low, strict=True)]
    bare = {"type": "line", "showSymbol": False}
    hidden = {**bare, "silent": True, "lineStyle": {"opacity": 0}, "stack": "range", "tooltip": {"show": False}}
    option = {
        "color": [PALETTE[0], PALETTE[4]],
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 16, "top": 44, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "data": [str(name), str(EXPECTED)]},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": [{"type": "value", "min": 0}],
        "series": [
            {**bare, "data": values, "name": str(name), "markArea": _mark(labels, first, last)},
            {**bare, "data": expected, "name": str(EXPECTED), "lineStyle": {"type": "dashed", "width": 1}},
            {**hidden, "name": " ", "data": low},
            {**hidden, "name": str(RANGE), "data": band, "areaStyle": {"color": "rgba(108,122,145,.2)"}},
        ],
    }
    return Chart("range", TITLE.fill(name=name), option, NOTE)


def _mark(labels: list[str], first: str, last: str) -> dict[str, Any]:
    """The days as an area between their neighbours: a day of its own has no width."""
    before, after = max(0, labels.index(first) - 1), min(len(labels) - 1, labels.index(last) + 1)
    area = [[{"xAxis": labels[before]}, {"xAxis": labels[after]}]]
    return {"silent": True, "itemStyle": {"color": "rgba(214,57,57,.14)"}, "data": area}
