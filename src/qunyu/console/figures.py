"""Figures: the board's cards in groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qunyu.insights.board import Board
from qunyu.insights.metric import Metric, metrics
from qunyu.insights.question import ALTOGETHER
from qunyu.kernel.periods import Period
from qunyu.kernel.words import Words
from qunyu.reports import cards
from qunyu.reports.cards import Card


@dataclass(frozen=True)
class Group:
    """Cards under one heading: the first few, and the others behind a click."""

    title: Words
    cards: Sequence[Card]
    more: Sequence[Card]


# Where the people behind a metric in a period are listed; "" where nobody may see them or there are none.
Link = Callable[[Metric, Period], str]
Plan = tuple[tuple[Words, tuple[str, ...], tuple[str, ...]], ...]

# AARRR. A metric that stands in none of these comes under the last heading by itself.
GROUPS: Plan = (
    (
        Words("拉新", "Acquisition"),
        ("members", "new_members", "joins", "join_rate"),
        ("exposures",),
    ),
    (
        Words("活跃", "Activity"),
        ("active_members", "messages", "interaction_rate", "stickiness"),
        ("first_words_rate", "newcomers_answered", "newcomer_wait", "dau", "wau", "mau", "speaking_members",
         "messages_per_active_member", "messages_per_member", "silent_share", "actions", "promotion_share",
         "staff_promotion_share"),
    ),
    (
        Words("留存", "Retention"),
        ("retention_rate", "new_member_retention", "leaves", "leave_rate"),
        ("retained_members", "satisfaction", "complaints", "complaint_rate", "net_promoters"),
    ),
    (
        Words("变现", "Revenue"),
        ("revenue", "orders", "conversion", "average_order_value"),
        ("buyers", "buyer_share", "order_value", "repurchase_rate", "repurchase_interval", "cost", "roi"),
    ),
    (
        Words("推荐", "Referral"),
        ("invited_members", "successful_invitations", "referral_factor", "inviting_members"),
        ("invited_buyers",),
    ),
)  # fmt: skip
OTHERS = Words("其他", "Others")
# The board's page answers at once over years of talk; what reads single messages again is on the growth page and asked for there.
ON_BOARD = frozenset(key for key, metric in metrics().items() if "first_words" not in metric.uses)


def groups(board: Board, focus: Period, people: Link) -> list[Group]:
    """Every metric of ON_BOARD as a card about `focus`."""
    known = {key for _, first, more in GROUPS for key in (*first, *more)}
    plan: Plan = tuple((title, _on_board(first), _on_board(more)) for title, first, more in GROUPS)
    others = _on_board(tuple(key for key in metrics() if key not in known))
    return planned(board, focus, (*plan, (OTHERS, others, ())) if others else plan, people)


def _on_board(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if key in ON_BOARD)


def planned(board: Board, focus: Period, plan: Plan, people: Link) -> list[Group]:
    """The metrics of `plan` as cards about `focus`."""
    return [
        Group(title, *([card(board, key, focus, people=people) for key in keys] for keys in (first, more)))
        for title, first, more in plan
    ]


def card(board: Board, name: str, focus: Period, key: int = ALTOGETHER, people: Link | None = None) -> Card:
    """The card of the metric `name` about `focus`, leading to the list of those it counts where `people` knows one."""
    found = cards.card(board, name, focus, key)
    listed = people(found.metric, focus) if people and found.figure.value else ""
    return replace(found, people=listed)
