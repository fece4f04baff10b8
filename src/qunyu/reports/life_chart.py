"""A community's life as a chart: how many speak and how much, week by week, with the lulls of the whole matrix."""

from __future__ import annotations

from typing import Any

from qunyu.insights.health import Curve
from qunyu.insights.states import ILL
from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart

TITLE = Words("这个群是在成长还是在衰退？", "Is this community growing or fading?")
NOTE = Words(
    "每周一点，已按全部社群共同的节假日修正；灰底是全部社群都安静的周，红底是衰退或沉寂的周",
    "One point a week, corrected for holidays common to all communities; grey: weeks in which all were quiet, red: fading or dead",
)
TALK = Words("成员每天消息", "Messages of members a day")
PEOPLE = Words("一周内发言的成员（右轴）", "Active in the week (right)")


def life_chart(curve: Curve) -> Chart | None:
    """The chart; None with fewer than two weeks to draw."""
    if len(curve.days) < 2:
        return None
    labels = [day.isoformat() for day in curve.days]
    talk: dict[str, Any] = {
        "name": str(TALK),
        "type": "line",
        "data": list(curve.talk),
        "yAxisIndex": 0,
        "showSymbol": False,
    }
    talk["markArea"] = {"silent": True, "data": [*_areas(curve, labels)]}
    people = {"name": str(PEOPLE), "type": "line", "data": list(curve.people), "yAxisIndex": 1, "showSymbol": False}
    right = {"type": "value", "min": 0, "splitLine": {"show": False}}
    option = {
        "color": [PALETTE[0], PALETTE[1]],
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 8, "top": 44, "bottom": 8, "containLabel": True},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "category", "data": labels, "boundaryGap": False},
        "yAxis": [{"type": "value", "min": 0}, right],
        "series": [talk, people],
    }
    return Chart("life", TITLE, option, NOTE)


def _areas(curve: Curve, labels: list[str]) -> list[list[dict[str, Any]]]:
    """Each run of quiet or ill weeks as an area from its first to its last point."""
    quiet = [each and state not in ILL for each, state in zip(curve.quiet, curve.states, strict=True)]
    ill = [state in ILL for state in curve.states]
    marks = ((quiet, "rgba(108,122,145,.18)"), (ill, "rgba(214,57,57,.12)"))
    return [
        [{"xAxis": labels[max(0, first - 1)], "itemStyle": {"color": colour}}, {"xAxis": labels[last]}]
        for flags, colour in marks
        for first, last in _runs(flags)
    ]


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place, flag in enumerate(flags):
        if flag and found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        elif flag:
            found.append((place, place))
    return found
