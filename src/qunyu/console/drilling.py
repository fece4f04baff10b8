"""Drilling: from a figure to the list of the people it counts."""

from __future__ import annotations

from django.urls import reverse

from qunyu.console.figures import Link
from qunyu.console.narrowing import Narrowing
from qunyu.insights.behind import may_see_behind
from qunyu.insights.metric import Metric
from qunyu.kernel.periods import Period
from qunyu.kernel.scope import Scope


def people_of(scope: Scope, asked: Narrowing) -> Link:
    """Where the people behind the figures of what is asked are listed."""

    def link(metric: Metric, period: Period) -> str:
        if not may_see_behind(scope, metric):
            return ""
        query = asked.query(period=period.first.isoformat())
        return f"{reverse('console:behind', args=[metric.key])}?{query}"

    return link
