"""The AARRR board: acquisition, activation, retention, revenue, referral on one page, each figure with the people behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.drilling import people_of
from qunyu.console.figures import Plan, planned
from qunyu.console.narrowing import BREAKDOWN_NAMES, GRAIN_NAMES, Narrowing
from qunyu.console.pages import funnel, growth, leaving
from qunyu.console.pages.breakdown import breakdown
from qunyu.flows.place import lake
from qunyu.insights.board import board
from qunyu.kernel.periods import Period
from qunyu.kernel.words import Words
from qunyu.reports.cards import focus_of, is_whole
from qunyu.reports.charts import GROWTH_PLANS, board_charts

# One column for each letter: the figures that always show, and the further ones.
LETTERS: Plan = (
    (
        Words("拉新", "Acquisition"),
        ("new_members", "joins", "join_rate", "exposures", "members"),
        (),
    ),
    (
        Words("激活", "Activation"),
        ("first_words_rate", "newcomers_answered", "newcomer_wait", "active_members", "interaction_rate"),
        ("speaking_members", "messages", "messages_per_member", "silent_share"),
    ),
    (
        Words("留存", "Retention"),
        ("retention_rate", "new_member_retention", "stickiness", "leave_rate", "promotion_share"),
        (
            "retained_members",
            "leaves",
            "wau",
            "mau",
            "staff_promotion_share",
            "satisfaction",
            "complaint_rate",
            "net_promoters",
        ),
    ),
    (
        Words("变现", "Revenue"),
        ("revenue", "buyers", "conversion", "average_order_value", "repurchase_rate"),
        ("orders", "buyer_share", "order_value", "repurchase_interval", "cost", "roi"),
    ),
    (
        Words("推荐", "Referral"),
        ("invited_members", "inviting_members", "successful_invitations", "invited_buyers", "referral_factor"),
        (),
    ),
)
SHOWN = frozenset(key for _, first, more in LETTERS for key in (*first, *more))
# What stands side by side where the page is broken down: two figures of each letter, the members first.
SIDE_BY_SIDE = (
    "members", "new_members", "first_words_rate", "active_members", "retention_rate", "leave_rate", "buyers", "revenue",
    "invited_members", "referral_factor",
)  # fmt: skip


def show_aarrr(request: Ask) -> HttpResponse:
    """The page, or the part below its controls."""
    request.scope.require("communities.view")
    asked = Narrowing.of(request.GET, request.scope)
    context: dict[str, Any] = {
        "asked": asked,
        "grains": GRAIN_NAMES.items(),
        "breakdowns": BREAKDOWN_NAMES.items(),
        "filters": asked.filters(),
        **_figures(request, asked),
    }
    return answer(request, "aarrr", context, part="_aarrr")


def _figures(request: Ask, asked: Narrowing) -> dict[str, Any]:
    if not communities(request.scope).exists():
        return {"empty": "none"}
    published = lake()
    found = asked.shown(board(published, request.scope, asked.question(metrics=SHOWN)))
    if not found.periods:
        return {"empty": "narrow"}
    focus = focus_of(found)
    return {
        "groups": planned(found, focus, LETTERS, people_of(request.scope, asked)),
        "focus": focus,
        "is_whole": is_whole(focus, found.as_of),
        "as_of": found.as_of,
        "widened": asked.widened(found),
        "charts": board_charts(found, plans=GROWTH_PLANS),
        "parts": _parts(asked, focus, found.as_of or focus.last),
        "breakdown": breakdown(request, asked, SIDE_BY_SIDE),
    }


@dataclass(frozen=True)
class Part:
    """An analysis that the page takes in when it is there."""

    title: Words
    intro: Words
    address: str


def _parts(asked: Narrowing, focus: Period, as_of: date) -> list[Part]:
    """The analyses of the days that the cards speak of."""
    days = {"first": focus.first.isoformat(), "last": min(focus.last, as_of).isoformat()}
    found = (("funnel", funnel), ("growth", growth), ("leaving", leaving))
    return [Part(page.TITLE, page.INTRO, f"{reverse(f'console:{name}')}?{asked.query(**days)}") for name, page in found]
