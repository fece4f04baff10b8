"""What some people buy, beside everybody: one pair of bars a price band."""

from __future__ import annotations

from qunyu.insights.tastes import BANDS, Taste
from qunyu.kernel.words import Words
from qunyu.reports.charts import PALETTE, Chart

TITLE = Words("{name}：买哪个价位？", "{name}: which prices do they pay?")
NOTE = Words(
    "占付款订单的百分比；价位相对于全体订单金额的中位数",
    "per cent of paid orders; bands are relative to the median amount of all orders",
)
MINE, BASE = Words("他们", "They"), Words("全体", "Everybody")


def taste_chart(taste: Taste, name: str) -> Chart:
    """The chart of the price bands."""
    shares = [taste.shares.get(("price", code)) for code in BANDS]
    mine = [round(100 * (each.mine.share or 0), 1) if each else 0 for each in shares]
    base = [round(100 * (each.base.share or 0), 1) if each else 0 for each in shares]
    option = {
        "color": [PALETTE[0], PALETTE[4]],
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 16, "top": 44, "bottom": 8, "containLabel": True},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "category", "data": ["≤ 0.5×", "0.5–1.5×", "1.5–3×", "> 3×"]},
        "yAxis": [{"type": "value", "min": 0, "axisLabel": {"formatter": "{value} %"}}],
        "series": [{"type": "bar", "name": str(MINE), "data": mine}, {"type": "bar", "name": str(BASE), "data": base}],
    }
    return Chart("taste", TITLE.fill(name=name), option, NOTE)
