"""Summary: the board as one JSON object, as `qunyu report --json` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qunyu.insights.board import Board
from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import metrics
from qunyu.insights.totals import OrderTotal, Totals
from qunyu.kernel.money import to_units
from qunyu.kernel.periods import Period


def summary(board: Board, totals: Totals, problems: int) -> dict[str, Any]:
    """Counts over all time, every metric per period (None = unknown, `unknown` says why), orders by state."""
    return {
        "messages": totals.kinds.get("message", 0),
        "actions": totals.kinds.get("action", 0),
        "joins": totals.kinds.get("joined", 0),
        "leaves": totals.kinds.get("left", 0),
        "removals": totals.kinds.get("removed", 0),
        "renames": totals.kinds.get("renamed", 0),
        "members": totals.members,
        "communities": totals.communities,
        "first_at": totals.first_at.isoformat() if totals.first_at else None,
        "last_at": totals.last_at.isoformat() if totals.last_at else None,
        "problems": problems,
        "currency": board.currencies[0] if board.currencies else None,
        "periods": [_period(board, period) for period in board.periods],
        "unknown": _unknown(board),
        "orders": _orders(totals) if totals.orders else None,
    }


def _period(board: Board, period: Period) -> dict[str, Any]:
    row: dict[str, Any] = {"period": period.label}
    for metric in metrics().values():
        figure = board.figure(metric.key, period)
        row[metric.key] = _plain(figure.value, metric.unit == "money", figure.part)
    return row


def _plain(value: float | None, money: bool, currency: str) -> float | int | None:
    if value is None:
        return None
    if money and value == int(value):
        return float(to_units(int(value), currency))
    if money:
        return round(float(to_units(1, currency)) * value, 6)
    return int(value) if value == int(value) else value


def _unknown(board: Board) -> dict[str, str]:
    """Metric -> why it is unknown in every period."""
    found: dict[str, str] = {}
    for metric in metrics().values():
        whys = {board.figure(metric.key, period).why for period in board.periods}
        if len(whys) == 1 and (why := whys.pop()) and why != "base":
            found[metric.key] = str(INPUTS[why])
    return found


def _orders(totals: Totals) -> dict[str, Any]:
    """Paid orders of known customers, and beside them every other state; sums per currency, `revenue` of the largest."""
    rows = totals.orders
    paid = [row for row in rows if row.state == "paid" and row.known]
    main = max(paid, key=lambda row: row.orders, default=None)
    return {
        "orders": sum(row.orders for row in paid),
        "buyers": totals.buyers,
        "revenue": float(to_units(main.amount - main.refund, main.currency)) if main else 0,
        "currency": main.currency if main else None,
        "by_currency": {row.currency: float(to_units(row.amount - row.refund, row.currency)) for row in paid},
        "customerless": _apart([row for row in rows if row.state == "paid" and not row.known]),
        **{state: _apart([row for row in rows if row.state == state]) for state in _APART},
    }


_APART = ("cancelled", "refunded", "unpaid", "free")


def _apart(rows: Sequence[OrderTotal]) -> dict[str, Any]:
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + float(to_units(row.amount, row.currency))
    return {"orders": sum(row.orders for row in rows), "amounts": sums}
