"""The metric catalogue, the board and cohorts."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, PeriodOut, Text
from qunyu.api.schemas.members import MemberOut
from qunyu.insights.metric import UnitOfValue
from qunyu.insights.question import Breakdown
from qunyu.kernel.periods import Grain

Cell = int | float | str | bool | None


class Table(Schema):
    """Rows under named columns; days are ISO dates."""

    columns: list[str]
    rows: list[list[Cell]]


class Need(Schema):
    """An input without which a figure is unknown, and how to supply it."""

    code: str
    text: str


class MetricExample(Schema):
    """A worked example: what stands in each input and what comes out. `period` is the first day of one."""

    given: dict[str, Table]
    gives: Table


class MetricOut(Schema):
    """One number the product computes."""

    key: str
    title: str
    question: str
    definition: str
    unit: UnitOfValue = Field(description="money is whole minor units of a currency, a share lies between 0 and 1")
    good: Literal["up", "down", ""] = Field(description="the direction that is an improvement, where there is one")
    source: str = Field(description="the row of the method that asks for it")
    needs: list[Need]
    example: MetricExample


class BoardQuery(Schema):
    """Whose numbers are asked, in which periods, broken down by what."""

    grain: Grain = "month"
    by: Breakdown = "none"
    first: Day | None = Field(None, description="the first day shown; all there are when absent")
    last: Day | None = Field(None, description="the last day shown, included")
    communities: list[Text] = Field([], description="ids of communities; all you may see when absent")
    metrics: list[Text] = Field([], description="keys of metrics; all when absent")


class Reason(Schema):
    """Why a figure is unknown, and how to supply what is missing."""

    code: str
    text: str


class FigureOut(Schema):
    """One figure: `value` is null when it is unknown, and `reason` then says why.

    Under a metric of unit money there is one figure for each currency, and `value` is whole minor units of `currency`.
    """

    metric: str
    key: str
    period: str = Field(description="the label of the period")
    value: int | float | None
    currency: str | None
    n: int = Field(description="the count behind the value")
    reason: Reason | None


class KeyOut(Schema):
    """One row of the breakdown: a community's or unit's id, a platform, type or theme; "" for everything together."""

    key: str
    title: str


class BoardOut(Schema):
    """Figures by metric, key and period. `as_of` is the last day there are data of; null when there are none."""

    grain: Grain
    by: Breakdown
    as_of: date | None
    currencies: list[str]
    periods: list[PeriodOut]
    keys: list[KeyOut]
    figures: list[FigureOut]


class BehindQuery(Schema):
    """Which figure is meant: that of `metric` in the period that begins on `period`, all that is asked taken together."""

    metric: Text
    period: Day = Field(description="the first day of the period")
    grain: Literal["day", "week", "month"] = "month"
    communities: list[Text] = Field([], description="ids of communities; all you may see when absent")
    limit: Limit = 50
    cursor: Cursor = ""


class BehindOut(Schema):
    """The people behind one figure. `total` counts them all; it can be less than the figure where you may not see everybody."""

    metric: str
    period: PeriodOut
    who: str = Field(description="which people these are")
    total: int
    figure: FigureOut
    items: list[MemberOut]
    next: str | None = Field(description="the address of the next page; null on the last one")


class CohortOut(Schema):
    """`size` members were first seen in `period`; `shares[n]` of them (0 to 1) were active n periods later."""

    period: PeriodOut
    size: int
    shares: list[float]


class CohortsOut(Schema):
    """Cohorts in the order of time; `ages` is how many periods the oldest was seen over."""

    grain: Grain
    ages: int
    cohorts: list[CohortOut]
