"""Cards: a metric's figure with its change since the period before and its course, and which period is spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from qunyu.insights.board import Board, Figure
from qunyu.insights.metric import Metric, metrics
from qunyu.insights.question import ALTOGETHER
from qunyu.kernel.periods import Period
from qunyu.reports.show import change, show

# How many periods are shown unless days are named.
SPANS: dict[str, int] = {"day": 30, "week": 16, "month": 12}
SPARK_WIDTH, SPARK_HEIGHT = 120, 32


@dataclass(frozen=True)
class Card:
    """One metric in one period. `sense` is "good", "bad" or "" for what the change means; `spark` an SVG path, "" if too short.

    `others` is the amounts in further currencies, which `text`, `change` and `spark` leave out. `people` is the address of the list
    of those it counts, "" where there is none to be seen.
    """

    metric: Metric
    figure: Figure
    text: str
    change: float | None
    sense: str
    spark: str
    others: tuple[str, ...] = ()
    people: str = ""

    @property
    def change_text(self) -> str:
        """+12.3 %, with its sign."""
        return "" if self.change is None else f"{self.change * 100:+.1f} %"

    @property
    def arrow(self) -> str:
        """The icon of the change's direction, so that colour is not the only sign."""
        if self.change is None or abs(self.change) < 0.0005:
            return "minus"
        return "trending-up" if self.change > 0 else "trending-down"


def card(board: Board, name: str, focus: Period, key: int = ALTOGETHER) -> Card:
    """The card of the metric `name` about `focus`, compared with the period before it."""
    metric = metrics()[name]
    place = board.periods.index(focus)
    figure = board.figure(name, focus, key)
    before = board.figure(name, board.periods[place - 1], key) if place else None
    grown = change(figure, before) if is_whole(focus, board.as_of) else None
    values = [board.figure(name, period, key).value for period in board.periods[: place + 1]]
    others = _others(board, metric, focus, key)
    return Card(metric, figure, show(metric, figure), grown, _sense(metric, grown), spark_path(values), others)


def _others(board: Board, metric: Metric, focus: Period, key: int) -> tuple[str, ...]:
    if metric.unit != "money":
        return ()
    figures = [board.figure(metric.key, focus, key, part) for part in board.currencies[1:]]
    return tuple(show(metric, figure) for figure in figures if figure.value)


def is_whole(period: Period, as_of: date | None) -> bool:
    """Whether the data reach to the period's end; a part of a period cannot be compared with a whole one."""
    return as_of is not None and period.last <= as_of


def focus_of(board: Board) -> Period:
    """The period the cards speak of: the last whole one shown, else the last."""
    whole = [period for period in board.periods if is_whole(period, board.as_of)]
    return (whole or list(board.periods))[-1]


def latest(board: Board, count: int) -> Board:
    """The same board with only its last `count` periods."""
    return replace(board, periods=board.periods[-count:])


def _sense(metric: Metric, grown: float | None) -> str:
    if grown is None or not metric.good or abs(grown) < 0.0005:
        return ""
    return "good" if (grown > 0) == (metric.good == "up") else "bad"


def spark_path(values: Sequence[float | None]) -> str:
    """A line through the known values; a gap where one is unknown."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    path, drawing = [], False
    for place, value in enumerate(values):
        if value is not None:
            height = SPARK_HEIGHT - 2 - (value - low) / span * (SPARK_HEIGHT - 4)
            path.append(f"{'L' if drawing else 'M'}{place * step:.1f} {height:.1f}")
        drawing = value is not None
    return " ".join(path)
