"""Doing: who did what how often, counted over the rollup in one scan for all that is asked, and over the facts for words alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope

Ids = npt.NDArray[np.int64]
# The identities (None: all there are) with the member that each belongs to.
Heads = Callable[[Collection[int] | None], tuple[Ids, Ids]]
# What a day of the rollup counts; "active_days" are days with a message or an action, "text" messages that hold a text.
MEASURES = ("messages", "actions", "spoken", "questions", "answers", "promotions", "joins", "leaves")
ACTIVE_DAYS, TEXT = "active_days", "text"
# Up to so many identities it is quicker to ask for their members one by one than for everybody's.
FEW = 20_000


@dataclass(frozen=True, slots=True)
class Deed:
    """`measure` at least `count` times from `first` to `last` (None: open), in `communities` (None: in any); `text` for TEXT alone."""

    measure: str
    count: int
    first: date | None = None
    last: date | None = None
    communities: frozenset[int] | None = None
    text: str = ""


def doers(lake: Lake, scope: Scope, deeds: Sequence[Deed], heads: Heads) -> list[Ids]:
    """Of each deed the members who did it (sorted, each once), in communities that `scope` may see; one scan for all of the rollup.

    Raises ValueError for a measure there is not.
    """
    for deed in deeds:
        if deed.measure not in (*MEASURES, ACTIVE_DAYS, TEXT) or deed.count < 1:
            raise ValueError(f"nobody counts {deed.measure} {deed.count} times")
    seen = frozenset(dimension("communities", scope)["community"].to_pylist())
    if not deeds or not seen:
        return [np.array([], np.int64) for _ in deeds]
    with lake.connect() as connection:
        work = _Work(connection, deeds, seen, heads)
        return work.found()


class _Work:
    def __init__(
        self, connection: duckdb.DuckDBPyConnection, deeds: Sequence[Deed], seen: frozenset[int], heads: Heads
    ) -> None:
        self.connection, self.deeds, self.heads = connection, deeds, heads
        places = [seen if each.communities is None else seen & each.communities for each in deeds]
        columns = {f"p{number}": pa.array([id in held for id in sorted(seen)]) for number, held in enumerate(places)}
        connection.register("places", pa.table({"community": pa.array(sorted(seen), pa.int64()), **columns}))

    def found(self) -> list[Ids]:
        self.connection.execute(f"CREATE TEMP TABLE counted AS {self._counted()}")
        for number, deed in enumerate(self.deeds):
            if deed.measure in (ACTIVE_DAYS, TEXT):
                self.connection.execute(f"CREATE TEMP TABLE extra{number} AS {self._extra(number, deed)}")
        self._resolve()
        return [self._of(number, deed) for number, deed in enumerate(self.deeds)]

    def _counted(self) -> str:
        """One row for each identity with a count of every deed that the rollup's days add up to."""
        plain = [(number, deed) for number, deed in enumerate(self.deeds) if deed.measure in MEASURES]
        if not plain:
            return "SELECT NULL::BIGINT AS identity WHERE false"
        whole = [
            f"coalesce(sum(a.{deed.measure}) FILTER (p.p{number} AND {_days(deed)}), 0)::BIGINT AS c{number}"
            for number, deed in plain
        ]
        asked = " OR ".join(f"(p.p{number} AND {_days(deed)} AND a.{deed.measure} > 0)" for number, deed in plain)
        return (
            f"SELECT a.identity, {', '.join(whole)} FROM activity a JOIN places p USING (community) "
            f"WHERE {_span([deed for _, deed in plain])} AND ({asked}) GROUP BY a.identity"
        )

    def _extra(self, number: int, deed: Deed) -> str:
        """The days of each identity, or how often it mentioned the text."""
        if deed.measure == ACTIVE_DAYS:
            return (
                f"SELECT DISTINCT a.identity, a.local_day AS day FROM activity a JOIN places p USING (community) "
                f"WHERE {_span([deed])} AND p.p{number} AND {_days(deed)} AND a.messages + a.actions > 0"
            )
        text = deed.text.lower().replace("'", "''")
        return (
            f"SELECT a.identity, count(*)::BIGINT AS times FROM facts a JOIN places p USING (community) "
            f"WHERE {_span([deed])} AND p.p{number} AND {_days(deed)} AND a.kind = 'message' "
            f"AND a.identity IS NOT NULL AND contains(lower(a.text), '{text}') GROUP BY a.identity"
        )

    def _resolve(self) -> None:
        """Makes the table `heads` (identity, member) of whom anything was counted."""
        parts = ["SELECT identity FROM counted"]
        parts += [
            f"SELECT identity FROM extra{n}" for n, each in enumerate(self.deeds) if each.measure in (ACTIVE_DAYS, TEXT)
        ]
        union = " UNION ".join(parts)
        few = self.connection.sql(f"SELECT identity FROM ({union}) LIMIT {FEW + 1}").fetchnumpy()["identity"]
        identity, member = self.heads(None if len(few) > FEW else [int(each) for each in few])
        self.connection.register("heads", pa.table({"identity": identity, "member": member}))

    def _of(self, number: int, deed: Deed) -> Ids:
        if deed.measure in MEASURES:
            total, source = f"sum(c{number})", f"counted WHERE c{number} > 0"
        elif deed.measure == ACTIVE_DAYS:
            total, source = "count(DISTINCT day)", f"extra{number}"
        else:
            total, source = "sum(times)", f"extra{number}"
        members = f"SELECT member FROM (FROM {source}) JOIN heads USING (identity) GROUP BY member"
        rows = self.connection.sql(f"{members} HAVING {total} >= {int(deed.count)} ORDER BY member")
        return np.asarray(rows.fetchnumpy()["member"], np.int64)


def _days(deed: Deed) -> str:
    return _between(deed.first, deed.last)


def _between(first: date | None, last: date | None) -> str:
    bounds = [f"a.local_day >= DATE '{first}'" if first else "", f"a.local_day <= DATE '{last}'" if last else ""]
    return " AND ".join(each for each in bounds if each) or "true"


def _span(deeds: Sequence[Deed]) -> str:
    """The months and days that any of the deeds looks at: files of other months are not opened."""
    first = None if any(each.first is None for each in deeds) else min(each.first for each in deeds if each.first)
    last = None if any(each.last is None for each in deeds) else max(each.last for each in deeds if each.last)
    months = [f"a.month >= '{first:%Y-%m}'" if first else "", f"a.month <= '{last:%Y-%m}'" if last else ""]
    return " AND ".join(each for each in (*months, _between(first, last)) if each and each != "true") or "true"
