"""Page: a board as one HTML file that opens offline, charts inside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from qunyu.insights.board import Board, Figure
from qunyu.insights.cohorts import Cohorts
from qunyu.insights.metric import Metric, catalogue, metrics
from qunyu.insights.question import ALTOGETHER
from qunyu.insights.totals import OrderTotal, Totals
from qunyu.kernel.words import Words, language
from qunyu.reports.cards import Card, card, focus_of, is_whole
from qunyu.reports.charts import Chart, board_charts, cohort_chart
from qunyu.reports.drawing import charts_program
from qunyu.reports.show import UNKNOWN, money, number, show

HEADLINE = (
    "members",
    "active_members",
    "new_members",
    "retention_rate",
    "interaction_rate",
    "messages",
    "orders",
    "revenue",
    "conversion",
    "roi",
)
ROWS = 400


@dataclass(frozen=True)
class Content:
    """Everything a report shows: figures about `key` of the board; `by_community` answers the same question per community.

    `shown` says in words what was chosen (name, value), `headline` which metrics stand on cards.
    """

    title: str
    board: Board
    by_community: Board
    cohorts: Cohorts
    totals: Totals
    made_at: datetime
    zone: ZoneInfo
    problems: Sequence[str] = ()
    problem_count: int = 0
    shown: Sequence[tuple[str, str]] = ()
    headline: Sequence[str] = HEADLINE
    key: int = ALTOGETHER

    def charts(self) -> list[Chart]:
        """The board's charts, then the cohorts'."""
        kept = cohort_chart(self.cohorts)
        return [*board_charts(self.board, self.key), *([kept] if kept else [])]

    def cards(self) -> list[Card]:
        """The headline's cards about the board's last whole period (else its last); none for an empty board."""
        if not self.board.periods:
            return []
        return [card(self.board, name, focus_of(self.board), self.key) for name in self.headline]


def render(content: Content) -> str:
    """The page, in the active language.

    Raises DomainError no_front_end when the charts' program is not installed.
    """
    return render_to_string("reports/page.html", _context(content, content.charts()))


def _context(content: Content, charts: list[Chart]) -> dict[str, Any]:
    return {
        "language": "zh-CN" if language() == "zh" else "en",
        "words": {name: str(words) for name, words in _WORDS.items()},
        "title": content.title,
        "facts": _facts(content),
        "cards": [_shown(card, content.board) for card in content.cards()],
        "charts": charts,
        "options": json.dumps({chart.key: chart.option for chart in charts}, ensure_ascii=False).replace(
            "<", "\\u003c"
        ),
        "echarts": _echarts(),
        "orders": [_order_row(row) for row in content.totals.orders],
        "table": _table(content),
        "communities": _communities(content.by_community),
        "more": max(0, len(content.by_community.keys) - ROWS),
        "catalogue": [_explained(metric, content) for metric in catalogue()],
        "problems": content.problems,
        "problem_count": content.problem_count,
    }


def _facts(content: Content) -> list[tuple[str, str]]:
    totals = content.totals
    span = [
        moment.astimezone(content.zone).strftime("%Y-%m-%d %H:%M") if moment else str(UNKNOWN)
        for moment in (totals.first_at, totals.last_at)
    ]
    kinds = {
        "message": _WORDS["messages"],
        "action": _WORDS["actions"],
        "joined": _WORDS["joins"],
        "left": _WORDS["leaves"],
    }
    return [
        *content.shown,
        (str(_WORDS["communities"]), number(totals.communities)),
        (str(_WORDS["people"]), number(totals.members)),
        *((str(words), number(totals.kinds[kind])) for kind, words in kinds.items() if totals.kinds.get(kind)),
        (str(_WORDS["from_to"]), f"{span[0]} – {span[1]}"),
        (str(_WORDS["zone"]), content.zone.key),
        (str(_WORDS["made_at"]), content.made_at.astimezone(content.zone).strftime("%Y-%m-%d %H:%M")),
    ]


@dataclass(frozen=True)
class ShownCard:
    """One headline number with how it moved since the period before."""

    title: str
    value: str
    moved: str
    good: str
    help: str


def _shown(card: Card, board: Board) -> ShownCard:
    focus = focus_of(board)
    text = f"{focus.label}{'' if is_whole(focus, board.as_of) else _WORDS['so_far']}"
    if card.change is not None:
        text += f" · {moved(card)}"
    value = " + ".join((card.text, *card.others))
    return ShownCard(str(card.metric.title), value, text, card.sense, _help(card.metric, card.figure))


def moved(card: Card) -> str:
    """▲ 12.3 % or ▼ 4.5 %, "–" for no change; "" where there is nothing to compare with."""
    if card.change is None:
        return ""
    if abs(card.change) < 0.0005:
        return "–"
    return f"{'▲' if card.change > 0 else '▼'} {number(abs(card.change) * 100, 1)} %"


def _help(metric: Metric, figure: Figure) -> str:
    reason = figure.reason
    base = f"{metric.definition} [{metric.source}; n = {figure.n:,}]"
    return f"{reason}" if reason else base


def _order_row(row: OrderTotal) -> tuple[str, str, str, str]:
    name = str(_STATES[row.state] if row.known or row.state != "paid" else _WORDS["customerless"])
    if row.state != "paid" and not row.known:
        name = f"{name} · {_WORDS['customerless']}"
    amount = money(row.amount - row.refund, row.currency)
    return name, number(row.orders), number(row.buyers) if row.known else str(UNKNOWN), amount


def _table(content: Content) -> dict[str, Any]:
    board, key = content.board, content.key
    known = [
        metric
        for metric in catalogue()
        if any(board.figure(metric.key, period, key).value is not None for period in board.periods)
    ]
    rows = [
        (period.label, [_cell(metric, board.figure(metric.key, period, key)) for metric in known])
        for period in reversed(board.periods[-ROWS:])
    ]
    return {"heads": [str(metric.title) for metric in known], "rows": rows}


def _cell(metric: Metric, figure: Figure) -> str:
    return "–" if figure.value is None else show(metric, figure)


COLUMNS = ("members", "active_members", "messages", "interaction_rate", "retention_rate", "orders", "revenue")


def _communities(board: Board) -> dict[str, Any]:
    columns = [metrics()[key] for key in COLUMNS]
    if not board.periods:
        return {"title": "", "heads": [], "rows": []}
    (period,) = board.periods
    title = _BY_COMMUNITY.fill(first=period.first, last=min(period.last, board.as_of or period.last))
    order = sorted(board.keys, key=lambda key: -(board.figure("messages", period, key).value or 0))
    rows = [
        (board.keys[key], [_cell(metric, board.figure(metric.key, period, key)) for metric in columns])
        for key in order[:ROWS]
    ]
    return {"title": title, "heads": [str(metric.title) for metric in columns], "rows": rows}


def _explained(metric: Metric, content: Content) -> tuple[str, str, str, str]:
    board = content.board
    last = board.figure(metric.key, board.periods[-1], content.key) if board.periods else Figure(None)
    return str(metric.title), str(metric.definition), metric.source, str(last.reason or "")


def _echarts() -> str:
    return charts_program().read_text(encoding="utf-8").replace("</script", "<\\/script")


_STATES = {
    "paid": Words("已付款", "Paid"),
    "free": Words("零元", "Free of charge"),
    "unpaid": Words("待付款", "Unpaid"),
    "cancelled": Words("已取消", "Cancelled"),
    "refunded": Words("已退款", "Refunded"),
}

_BY_COMMUNITY = Words("各社群（{first} 至 {last}）", "Community by community ({first} to {last})")

_WORDS = {
    "communities": Words("社群", "Communities"),
    "people": Words("出现过的人", "People seen"),
    "messages": Words("消息", "Messages"),
    "actions": Words("动作", "Actions"),
    "joins": Words("入群提示", "Joins told of"),
    "leaves": Words("退群提示", "Leaves told of"),
    "from_to": Words("记录范围", "From – to"),
    "zone": Words("时区", "Time zone"),
    "made_at": Words("生成时间", "Made at"),
    "customerless": Words("未知买家", "Unknown customer"),
    "state": Words("订单状态", "State"),
    "orders": Words("订单", "Orders"),
    "buyers": Words("买家", "Buyers"),
    "amount": Words("金额（已减退款）", "Amount (less refunds)"),
    "periods": Words("各期数据", "Period by period"),
    "period": Words("时期", "Period"),
    "community": Words("社群", "Community"),
    "more": Words("未列出的社群：", "communities not listed: "),
    "catalogue": Words("指标说明", "What the numbers mean"),
    "metric": Words("指标", "Metric"),
    "definition": Words("定义", "Definition"),
    "source": Words("依据", "Source"),
    "unknown": Words("未知的原因与补充办法", "Why unknown, and how to supply it"),
    "so_far": Words("（未满期）", " (so far)"),
    "problems": Words("未能读取的内容", "What could not be read"),
    "footer": Words(
        "由 Qunyu 群域 生成；所有图表与数字都在本文件内，可离线打开。",
        "Made by Qunyu 群域; every chart and number is inside this file, which opens offline.",
    ),
    "talk": Words(
        "这份报告由聊天记录和订单算出；算不出的写“未知”，不写 0。",
        "Computed from chats and orders; what cannot be known says unknown, never 0.",
    ),
}
