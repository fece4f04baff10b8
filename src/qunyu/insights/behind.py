"""Behind: the people a figure counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.metric import Metric, People, find_metric
from qunyu.insights.question import ALTOGETHER, Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

_KEPT: Remembered[frozenset[int]] = Remembered()


def may_see_behind(scope: Scope, metric: Metric) -> bool:
    """Whether `scope` may see anywhere who stands behind the metric; never where it is about no people."""
    narrow = scope.within("members.view")
    orders = "permission" not in metric.needs or narrow.may("orders.view")
    return metric.people is not None and narrow.may("communities.view") and orders


def behind(lake: Lake, scope: Scope, question: Question, key: str, start: date) -> frozenset[int]:
    """The members behind the figure of the metric `key` in the period that begins on `start`, everything asked taken together.

    Only as far as `scope` may see people: where its permissions lie in different units, the figure may count more. Empty where the
    period is not among those there are data of.

    Raises DomainError unknown_metric or no_people, Denied.
    """
    metric = find_metric(key)
    if metric.people is None:
        raise DomainError("no_people", _NO_PEOPLE.fill(title=metric.title), key=key)
    scope.require("members.view")
    if "permission" in metric.needs:
        scope.require("orders.view")
    narrow = scope.within("members.view")
    asked = replace(question, by="none", metrics=frozenset({key}))
    if question.grain != "all":
        # One period is wanted, whatever days bound the board it stands in; it is kept as a question about its first day.
        asked = replace(asked, first=start, last=start)
    people = metric.people
    return _KEPT.get(lake, narrow, asked, lambda: _behind(lake, narrow, asked, people, start))


def _behind(lake: Lake, scope: Scope, question: Question, people: People, start: date) -> frozenset[int]:
    whole = question if question.grain == "all" else replace(question, first=None, last=None)
    with lake.connect() as connection:
        asked = Asked(connection, scope, whole)
        if not asked.open():
            return frozenset()
        asked.make(people.uses)
        rows = connection.execute(
            f"SELECT DISTINCT member FROM ({people.sql}) WHERE key = {ALTOGETHER} AND period = ?", [start]
        )
        return frozenset(row[0] for row in rows.fetchall())


_NO_PEOPLE = Words("指标“{title}”不是按人统计的，没有名单", "the metric “{title}” counts no people; there is no list")
