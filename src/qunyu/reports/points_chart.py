"""Points as a chart: what came and went, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart

TITLE = Words("积分从哪里来，到哪里去？", "Where do points come from, and where do they go?")
SERIES: tuple[tuple[Words, tuple[str, ...], str], ...] = (
    (Words("发放", "Issued"), ("earn", "give", "refund", "settle", "reverse"), PALETTE[0]),
    (Words("兑换与扣减", "Redeemed and taken"), ("redeem", "cancel", "take"), PALETTE[1]),
    (Words("过期", "Expired"), ("expire", "close"), PALETTE[4]),
)


def points_chart(found: Mapping[str, Mapping[str, int]]) -> Chart | None:
    """Kind -> month -> points as bars, what goes below zero; None where there is nothing to draw."""
    months = sorted({month for each in found.values() for month in each})
    if not months:
        return None
    series: list[dict[str, Any]] = [
        {
            "name": str(name),
            "type": "bar",
            "stack": "points",
            "color": colour,
            "data": [sum(found.get(kind, {}).get(month, 0) for kind in kinds) for month in months],
        }
        for name, kinds, colour in SERIES
    ]
    option = {
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 8, "top": 44, "bottom": 8, "containLabel": True},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "category", "data": months},
        "yAxis": [{"type": "value"}],
        "series": series,
    }
    return Chart("points", TITLE, option)
