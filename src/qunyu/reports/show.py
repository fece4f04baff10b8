"""Show: a figure in words a person reads: 1.2万, 34.5 %, ¥ 1,234.50, with its unit always written."""

from __future__ import annotations

from qunyu.insights.board import Figure
from qunyu.insights.metric import Metric, UnitOfValue
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words, language

UNKNOWN = Words("未知", "unknown")

_UNITS: dict[UnitOfValue, Words] = {
    "people": Words("人", ""),
    "messages": Words("条", ""),
    "orders": Words("单", ""),
    "times": Words("次", ""),
    "days": Words("天", "days"),
    "minutes": Words("分钟", "min"),
    "share": Words("", ""),
    "ratio": Words("", ""),
    "money": Words("", ""),
}
_HOURS = Words("小时", "h")
# Source: Unicode CLDR 46, narrow currency symbols; the others show their code.
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "JPY": "JP¥"}


def number(value: float, places: int = 0) -> str:
    """A count: grouped by thousands, in Chinese 万 and 亿 from 100,000 on, in English k and M never (exact)."""
    if language() == "zh":
        for size, word in ((10**8, "亿"), (10**4, "万")):
            if abs(value) >= size * (1 if size == 10**8 else 10):
                return f"{value / size:,.2f}".rstrip("0").rstrip(".") + f" {word}"
    return f"{value:,.{places}f}"


def money(minor: float, currency: str) -> str:
    """Minor units as an amount with its currency: ¥ 1,234.50."""
    places = exponent(currency)
    units = minor / 10**places
    sign = _SYMBOLS.get(currency, currency)
    return f"{sign} {number(units, 0 if abs(units) >= 10**5 and language() == 'zh' else places)}"


def show(metric: Metric, figure: Figure) -> str:
    """The figure as it stands on a card or in a table; "未知" / "unknown" where it is not known."""
    if figure.value is None:
        return str(UNKNOWN)
    if metric.unit == "share":
        return f"{figure.value * 100:.1f} %"
    if metric.unit == "money":
        return money(figure.value, figure.part)
    if metric.unit == "minutes" and figure.value >= 2 * 60:
        return f"{number(figure.value / 60, 1)} {_HOURS}"
    whole = metric.unit in ("messages", "orders", "times") or figure.value == int(figure.value)
    text = number(figure.value, 0 if whole and metric.unit != "ratio" else 1 if metric.unit == "minutes" else 2)
    return f"{text} {_UNITS[metric.unit]}".strip()


def change(now: Figure, before: Figure | None) -> float | None:
    """How much `now` is above `before`, as a share of it; None when either is unknown or there is nothing to divide by."""
    if before is None or not before.value or now.value is None:
        return None
    return now.value / before.value - 1
