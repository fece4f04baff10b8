"""Cohorts: of the members first seen in a period, how many are active in each period after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.periods import Period
from qunyu.kernel.scope import Scope

_COHORTS = """
SELECT f.period AS born, a.period, count(DISTINCT f.member) AS people
FROM first_seen f JOIN active a USING (key, member)
WHERE a.messages + a.actions > 0 AND a.period >= f.period GROUP BY ALL
"""

# Orders may begin long before the chats that were imported.
_BEGUN = "SELECT min(period) FROM active WHERE messages + actions > 0"


@dataclass(frozen=True)
class Cohort:
    """`size` members were first seen in `period`; `shares[n]` of them (0 to 1) were active n periods later."""

    period: Period
    size: int
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Cohorts:
    """Cohorts in the order of time; `ages` is the number of columns of the longest."""

    rows: tuple[Cohort, ...]

    @property
    def ages(self) -> int:
        """How many periods the oldest cohort has been seen over."""
        return max((len(row.shares) for row in self.rows), default=0)


def cohorts(lake: Lake, scope: Scope, question: Question, latest: int = 24) -> Cohorts:
    """The `latest` cohorts that have members, of those born in periods that reach into the days asked.

    None is born before the first talk: who was only listed as a member by then may have been active, which nobody knows.
    Empty when there is nothing in scope.
    """
    whole = Question(question.grain, communities=question.communities, metrics=_USED)
    found = _COHORTS_KEPT.get(lake, scope, whole, lambda: _cohorts(lake, scope, whole))
    first, last = question.first or date.min, question.last or date.max
    rows = [row for row in found.rows if row.period.last >= first and row.period.first <= last]
    return Cohorts(tuple(rows[-latest:]))


_COHORTS_KEPT: Remembered[Cohorts] = Remembered()


def _cohorts(lake: Lake, scope: Scope, question: Question) -> Cohorts:
    with lake.connect() as connection:
        asked = Asked(connection, scope, question)
        if not asked.open():
            return Cohorts(())
        asked.base_views()
        sizes = dict(connection.execute("SELECT period, count(*) FROM first_seen GROUP BY ALL").fetchall())
        people = {(born, period): n for born, period, n in connection.execute(_COHORTS).fetchall()}
        begun = connection.execute(_BEGUN).fetchall()[0][0] or date.max
    rows = [
        _cohort(place, asked.periods, sizes, people)
        for place, period in enumerate(asked.periods)
        if period.first >= begun
    ]
    return Cohorts(tuple(row for row in rows if row is not None))


_USED = frozenset({"new_member_retention"})


def _cohort(
    place: int, periods: tuple[Period, ...], sizes: Mapping[date, int], people: Mapping[tuple[date, date], int]
) -> Cohort | None:
    born = periods[place]
    size = sizes.get(born.first, 0)
    if not size:
        return None
    shares = tuple(people.get((born.first, later.first), 0) / size for later in periods[place:])
    return Cohort(born, size, shares)
