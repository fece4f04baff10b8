"""Charts: ECharts options made of a board; the same dictionary serves the console and the offline report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qunyu.insights.board import Board
from qunyu.insights.cohorts import Cohorts
from qunyu.insights.metric import Metric, metrics
from qunyu.insights.question import ALTOGETHER
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words

# One accent, calm greys, and a second hue where two series must be told apart; checked for colour-blind readers.
PALETTE = ("#206bc4", "#f59f00", "#2fb344", "#ae3ec9", "#6c7a91")
# Counts that differ by more than this many times cannot be read off one axis.
SCALE = 5
# Later periods' cells would be too narrow to read.
AGES = 24
# More rows or columns leave no room for figures in the cells.
WRITTEN = 13
RIGHT = Words("{name}（右轴）", "{name} (right axis)")


@dataclass(frozen=True)
class Chart:
    """`option` goes to ECharts as it is; `title` is the question it answers, `note` what a reader must know."""

    key: str
    title: Words
    option: dict[str, Any]
    note: Words | None = None


@dataclass(frozen=True)
class Plan:
    """Which metrics one chart shows, as bars or lines."""

    key: str
    title: Words
    bars: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


PLANS = (
    Plan("talk", Words("群里有多热闹？", "How lively is the talk?"), bars=("messages",), lines=("active_members",)),
    Plan(
        "faces",
        Words("新人来了，留下了吗？", "Newcomers come; do they stay?"),
        bars=("new_members", "retained_members"),
    ),
    Plan(
        "members", Words("人数怎样变化？", "How does membership develop?"), bars=("joins", "leaves"), lines=("members",)
    ),
    Plan(
        "interaction",
        Words("多少人真正参与？", "How many really take part?"),
        lines=("interaction_rate", "stickiness", "retention_rate"),
    ),
    Plan("sales", Words("带来多少成交？", "What is sold?"), bars=("orders",), lines=("revenue",)),
    Plan(
        "buying",
        Words("成员变成买家了吗？", "Do members become buyers?"),
        lines=("conversion", "buyer_share", "repurchase_rate"),
    ),
)


# What the board of newcomers, referral and selling draws beside its figures.
GROWTH_PLANS = (
    Plan(
        "waiting",
        Words("新人开口后要等多久？（分钟）", "How long do newcomers wait for an answer? (minutes)"),
        lines=("newcomer_wait",),
    ),
    Plan(
        "newcomers",
        Words("新人开口了吗，有人接话吗？", "Do newcomers speak, and are they answered?"),
        lines=("first_words_rate", "newcomers_answered"),
    ),
    Plan(
        "selling",
        Words("群里有多少是广告？", "How much of the talk is advertising?"),
        lines=("promotion_share", "staff_promotion_share"),
    ),
    Plan(
        "referral",
        Words("成员带来多少人，开口的有多少？", "How many do members bring in, and how many of them speak?"),
        bars=("invited_members", "successful_invitations"),
    ),
)


def board_charts(board: Board, key: int = ALTOGETHER, plans: Iterable[Plan] = PLANS) -> list[Chart]:
    """The charts of the plans whose metrics have at least one known figure."""
    charts = [_planned(plan, board, key) for plan in plans]
    return [chart for chart in charts if chart is not None]


def _planned(plan: Plan, board: Board, key: int) -> Chart | None:
    names = [name for name in (*plan.bars, *plan.lines) if _has_figures(board, name, key)]
    if not names:
        return None
    series = [_series(board, metrics()[name], key, "bar" if name in plan.bars else "line") for name in names]
    two_axes = {each["yAxisIndex"] for each in series} == {0, 1} or _part_scales(series)
    option = _frame([period.label for period in board.periods], series, [metrics()[name] for name in names], two_axes)
    return Chart(plan.key, plan.title, option, _other_currencies(board, names, key))


def _part_scales(series: Sequence[dict[str, Any]]) -> bool:
    """Whether counts drawn as lines got an axis of their own, being far larger or far smaller than those drawn as bars."""
    lines = [each for each in series if each["type"] == "line"]
    peaks = [_peak(each for each in series if each["type"] == kind) for kind in ("bar", "line")]
    if min(peaks) <= 0 or max(peaks) <= SCALE * min(peaks):
        return False
    for each in lines:
        each |= {"yAxisIndex": 1, "name": str(RIGHT.fill(name=each["name"]))}
    return True


def _peak(series: Iterable[dict[str, Any]]) -> float:
    return max((value for each in series for value in each["data"] if value is not None), default=0)


def _other_currencies(board: Board, names: Sequence[str], key: int) -> Words | None:
    """Amounts of several currencies cannot share an axis: the one with most orders is drawn, and this names the others."""
    others = sorted(
        {part for name in names if metrics()[name].unit == "money" for part in _known_parts(board, name, key)}
    )
    if not others:
        return None
    note = Words("图中金额只画 {first}；另有 {others}", "amounts are drawn in {first} only; there are {others} besides")
    return note.fill(first=board.currencies[0], others=", ".join(others))


def _known_parts(board: Board, name: str, key: int) -> list[str]:
    return [
        part
        for part in board.currencies[1:]
        if any(board.figure(name, period, key, part).value for period in board.periods)
    ]


def _has_figures(board: Board, name: str, key: int) -> bool:
    return any(board.figure(name, period, key).value is not None for period in board.periods)


def _series(board: Board, metric: Metric, key: int, kind: str) -> dict[str, Any]:
    data = [_point(board, metric, period, key) for period in board.periods]
    axis = 1 if metric.unit in ("share", "money") else 0
    shape = {"smooth": False, "showSymbol": len(data) < 40} if kind == "line" else {"barMaxWidth": 28}
    currency = f" ({board.currencies[0]})" if metric.unit == "money" and board.currencies else ""
    return {"name": f"{metric.title}{currency}", "type": kind, "data": data, "yAxisIndex": axis, **shape}


def _point(board: Board, metric: Metric, period: Any, key: int) -> float | None:
    figure = board.figure(metric.key, period, key)
    if figure.value is None:
        return None
    if metric.unit == "share":
        return round(figure.value * 100, 2)
    return round(figure.value / 10 ** exponent(figure.part), 2) if metric.unit == "money" else round(figure.value, 2)


def _frame(labels: list[str], series: list[dict[str, Any]], shown: Sequence[Metric], two: bool) -> dict[str, Any]:
    if not two:
        for each in series:
            each["yAxisIndex"] = 0
    share = [metric.unit == "share" for metric in shown]
    right = {"type": "value", "splitLine": {"show": False}}
    # There is no half message; shares have halves.
    left = {"type": "value", **({"axisLabel": {"formatter": "{value} %"}} if all(share) else {"minInterval": 1})}
    return {
        "color": list(PALETTE),
        "aria": {"enabled": True},
        # The last period's label is wider than its place, unless a second axis leaves it room.
        "grid": {"left": 8, "right": 8 if two else 36, "top": 44, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "type": "scroll"},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": [left, right] if two else [left],
        "series": series,
    }


def cohort_chart(cohorts: Cohorts) -> Chart | None:
    """A heat map: of the members new in a period (rows), the share active n periods later (columns); None without a later one."""
    if cohorts.ages < 2:
        return None
    cells = [
        [age - 1, row, round(share * 100, 1)]
        for row, cohort in enumerate(cohorts.rows)
        for age, share in enumerate(cohort.shares[: AGES + 1])
        if age > 0
    ]
    return Chart(
        "cohorts",
        Words("每批新成员留下多少？（%）", "Of each batch of newcomers, how many stay? (%)"),
        _heat_map(cohorts, cells),
        _ROWS_AND_COLUMNS if cohorts.ages <= AGES + 1 else _ONLY_FIRST.fill(ages=AGES),
    )


_ROWS_AND_COLUMNS = Words(
    "行是首次出现的时期（括号内为人数），列是此后第几期",
    "Rows: period first seen (how many); columns: periods later",
)
_ONLY_FIRST = Words(
    f"{_ROWS_AND_COLUMNS.zh}；只画出此后 {{ages}} 期", f"{_ROWS_AND_COLUMNS.en}, of which the first {{ages}} are drawn"
)


def _heat_map(cohorts: Cohorts, cells: list[list[float]]) -> dict[str, Any]:
    return {
        "color": list(PALETTE),
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 56, "containLabel": True},
        "tooltip": {"confine": True},
        "xAxis": {
            "type": "category",
            "data": [f"+{age}" for age in range(1, min(cohorts.ages, AGES + 1))],
            "splitArea": {"show": True},
        },
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [f"{cohort.period.label} ({cohort.size})" for cohort in cohorts.rows],
        },
        "visualMap": {
            "min": 0,
            "max": max([cell[2] for cell in cells], default=1) or 1,
            "calculable": False,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "inRange": {"color": ["#f1f5f9", "#206bc4"]},
            "formatter": "{value} %",
        },
        "series": [
            {
                "type": "heatmap",
                "data": cells,
                "label": {"show": max(cohorts.ages, len(cohorts.rows)) <= WRITTEN, "formatter": "{@[2]}"},
                "labelLayout": {"hideOverlap": True},
            }
        ],
    }
