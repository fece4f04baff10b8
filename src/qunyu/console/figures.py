"""Figures: the board's cards in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qunyu.insights.board import Board
from qunyu.insights.metric import metrics
from qunyu.kernel.periods import Period
from qunyu.kernel.words import Words
from qunyu.reports.cards import Card, card


@dataclass(frozen=True)
class Group:
    """Cards under one heading: the first few, and the others behind a click."""

    title: Words
    cards: Sequence[Card]
    more: Sequence[Card]


# AARRR. A metric that stands in none of these comes under the last heading by itself.
GROUPS: tuple[tuple[Words, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        Words("拉新", "Acquisition"),
        ("members", "new_members", "joins", "join_rate"),
        ("exposures",),
    ),
    (
        Words("活跃", "Activity"),
        ("active_members", "messages", "interaction_rate", "stickiness"),
        ("dau", "wau", "mau", "speaking_members", "messages_per_active_member", "messages_per_member", "silent_share",
         "actions"),
    ),
    (
        Words("留存", "Retention"),
        ("retention_rate", "new_member_retention", "leaves", "leave_rate"),
        ("retained_members",),
    ),
    (
        Words("变现", "Revenue"),
        ("revenue", "orders", "conversion", "average_order_value"),
        ("buyers", "buyer_share", "order_value", "repurchase_rate", "repurchase_interval", "cost", "roi"),
    ),
)  # fmt: skip
OTHERS = Words("其他", "Others")


def groups(board: Board, focus: Period) -> list[Group]:
    """Every metric of the board as a card about `focus`."""
    placed = [(title, first, more) for title, first, more in GROUPS]
    known = {key for _, first, more in placed for key in (*first, *more)}
    others = tuple(key for key in metrics() if key not in known)
    if others:
        placed.append((OTHERS, others, ()))
    return [
        Group(title, [card(board, key, focus) for key in first], [card(board, key, focus) for key in more])
        for title, first, more in placed
    ]
