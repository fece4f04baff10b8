"""Chances: who is likely to order within the next days, measured from what people with the same signals did on earlier days.

Everything known of a person on a day is computed from what had happened by then. Each step is one set operation over the rollup and the
orders: people are never looked at one by one, and the model is fitted on counts of people by their signals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.grounds import lay
from qunyu.insights.odds import Counted, Odds, Rate, fit, rates, summed
from qunyu.insights.signal import invitations, signals
from qunyu.kernel.scope import Scope

# So many past spans of the horizon are looked at; the newest is held out when the list is judged.
SPANS = 6
# Signals look back so far: a day nearer to the first one of the data would know too little.
LOOKS_BACK = 30
# The list is judged by its first so many.
FIRST = 50
CONTACTS = pa.schema([("member", pa.int64()), ("day", pa.date32()), ("incoming", pa.bool_())])


@dataclass(frozen=True)
class Wanted:
    """For whom and over how many days: `units` are those whose communities and orders count, `kept` how many people the list keeps.

    `contacts` tells (as CONTACTS) who was spoken with one by one from a day on.
    """

    units: frozenset[int]
    horizon: int
    kept: int
    contacts: Callable[[date], pa.Table] = lambda since: CONTACTS.empty_table()


@dataclass(frozen=True)
class Judged:
    """How well the list of `day`, made without what came later, would have done: its first FIRST, its first tenth, and those in neither.

    `latest` is the first tenth of the list ordered by nothing but who was active last.
    """

    day: date
    first: Rate
    tenth: Rate
    others: Rate
    latest: Rate


@dataclass(frozen=True)
class Likely:
    """One person of the list; `chance`, `low` and `high` are None where nothing could be measured. `spoken` counts what they ever said."""

    member: int
    signals: tuple[str, ...]
    chance: float | None
    low: float | None
    high: float | None
    last_active: date | None
    spoken: int


NOBODY_YET = Rate()


@dataclass(frozen=True)
class Chances:
    """The list as of `as_of` (None without any data), and what it was measured from: `past` (the people of every past span together).

    Past spans end with the day of the latest order, `ordered_until` (None without any): of later days it is not known who ordered.
    `with_signal` gives those with and without each signal. `odds` is None where too little is known: the list is then in the order of the
    signals' places. `judged` is None where no span could be held out. `contacted` compares, in the held-out span and among the first
    tenth, those who were spoken with and those who were not.
    """

    as_of: date | None
    ordered_until: date | None = None
    people: int = 0
    past: Rate = NOBODY_YET
    spans: int = 0
    odds: Odds | None = None
    with_signal: Mapping[str, tuple[Rate, Rate]] = field(default_factory=dict)
    judged: Judged | None = None
    contacted: tuple[Rate, Rate] | None = None
    likely: Sequence[Likely] = ()


def chances(lake: Lake, scope: Scope, wanted: Wanted) -> Chances:
    """The people most likely to order next, by what happened in `wanted.units` alone."""
    with lake.connect() as connection:
        return _Work(connection, scope, wanted).done()


class _Work:
    def __init__(self, connection: duckdb.DuckDBPyConnection, scope: Scope, wanted: Wanted) -> None:
        self.connection, self.scope, self.wanted = connection, scope, wanted

    def done(self) -> Chances:
        self._give()
        ((as_of, began, ordered),) = self.connection.execute(_DAYS).fetchall()
        if as_of is None:
            return Chances(None)
        cuts = self._cuts(ordered, began) if ordered else []
        self._know([as_of, *cuts])
        past = [self._counted(cut) for cut in cuts]
        every = [each for span in past for each in span]
        keys = tuple(signals())
        odds, before = fit(every, keys), fit([each for span in past[1:] for each in span], keys)
        judged = self._judged(cuts[0], before) if cuts and before else None
        return Chances(
            as_of,
            ordered,
            self._one("SELECT count(*) FROM known WHERE cut = ?", as_of),
            summed(every),
            len(cuts),
            odds,
            {key: rates(every, key) for key in keys},
            judged,
            self._contacted(cuts[0]) if judged else None,
            self._likely(as_of, odds),
        )

    def _give(self) -> None:
        lay(self.connection, self.scope, self.wanted.units)

    def _cuts(self, ordered: date, began: date) -> list[date]:
        """The last days of the past, the newest first, each a horizon before the next."""
        found = [ordered - timedelta(days=self.wanted.horizon * (number + 1)) for number in range(SPANS)]
        return [each for each in found if each - timedelta(days=LOOKS_BACK) >= began]

    def _know(self, cuts: Sequence[date]) -> None:
        self.connection.register("contacts", self.wanted.contacts(min(cuts) - timedelta(days=LOOKS_BACK)))
        self.connection.register("given_cuts", pa.table({"cut": pa.array(cuts, pa.date32())}))
        self.connection.execute("CREATE TEMP TABLE cuts AS FROM given_cuts")
        for statement in (_TALK, _TYPICAL, _BOUGHT, _THERE, _KNOWN):
            self.connection.execute(statement)
        listed = ", ".join(f"CASE WHEN {each.when} THEN '{key}' END" for key, each in signals().items())
        self.connection.execute(
            f"CREATE TEMP TABLE marked AS SELECT cut, member, last_active, spoken, list_filter([{listed}], lambda x: x IS NOT NULL) AS has,"
            f" EXISTS (FROM sold s WHERE s.member = k.member AND s.day > k.cut AND s.day <= k.cut + {int(self.wanted.horizon)}) AS ordered"
            " FROM known k"
        )

    def _counted(self, cut: date) -> list[Counted]:
        sql = "SELECT has, count(*), count(*) FILTER (ordered) FROM marked WHERE cut = ? GROUP BY has ORDER BY has"
        return [Counted(frozenset(has), n, k) for has, n, k in self.connection.execute(sql, [cut]).fetchall()]

    def _rank(self, cut: date, odds: Odds | None) -> None:
        """Makes `ranked`: the people of the day in the list's order, with their chance."""
        patterns = self.connection.execute("SELECT DISTINCT has FROM marked WHERE cut = ?", [cut]).fetchall()
        found = [(has, odds.chance(has) if odds else None, _by_place(has)) for (has,) in patterns]
        rows = {
            "has": pa.array([has for has, _, _ in found], pa.list_(pa.string())),
            **{
                name: pa.array([getattr(each, name) if each else None for _, each, _ in found], pa.float64())
                for name in ("value", "low", "high")
            },
            "place": pa.array([place for _, _, place in found], pa.float64()),
        }
        self.connection.register("chance_of", pa.table(rows))
        self.connection.execute(_RANKED, [cut])

    def _judged(self, cut: date, before: Odds) -> Judged:
        self._rank(cut, before)
        tenth = max(1, self._one("SELECT count(*) FROM ranked") // 10)
        first, others = self._rate(f"n <= {FIRST}"), self._rate(f"n > {max(tenth, FIRST)}")
        return Judged(cut, first, self._rate(f"n <= {tenth}"), others, self._rate(f"latest <= {tenth}"))

    def _contacted(self, cut: date) -> tuple[Rate, Rate]:
        spoken = (
            f"EXISTS (FROM contacts c WHERE c.member = r.member AND NOT c.incoming AND c.day > DATE '{cut}'"
            f" AND c.day <= DATE '{cut}' + {int(self.wanted.horizon)} AND (r.bought_on IS NULL OR c.day <= r.bought_on))"
        )
        tenth = max(1, self._one("SELECT count(*) FROM ranked") // 10)
        return self._rate(f"n <= {tenth} AND {spoken}"), self._rate(f"n <= {tenth} AND NOT {spoken}")

    def _rate(self, which: str) -> Rate:
        sql = f"SELECT count(*), count(*) FILTER (ordered) FROM ranked r WHERE {which}"
        ((people, ordered),) = self.connection.execute(sql).fetchall()
        return Rate(people, ordered)

    def _likely(self, as_of: date, odds: Odds | None) -> list[Likely]:
        self._rank(as_of, odds)
        sql = f"SELECT member, has, value, low, high, last_active, spoken FROM ranked ORDER BY n LIMIT {int(self.wanted.kept)}"
        return [Likely(row[0], tuple(row[1]), *row[2:]) for row in self.connection.execute(sql).fetchall()]

    def _one(self, sql: str, *values: object) -> int:
        ((found,),) = self.connection.execute(sql, list(values)).fetchall()
        return int(found)


def _by_place(has: Sequence[str]) -> float:
    """Without a model: the first reason to write to somebody decides, then how many there are; the smaller comes first."""
    reasons = [each.place for key, each in invitations().items() if key in has]
    return min(reasons) - len(reasons) / 100 if reasons else 1_000.0


_DAYS = """
SELECT max(day), min(day), (SELECT max(day) FROM sold) FROM (
  SELECT max(day) AS day FROM sold UNION ALL SELECT min(day) FROM sold UNION ALL
  SELECT max(local_day) FROM activity SEMI JOIN places USING (community) UNION ALL
  SELECT min(local_day) FROM activity SEMI JOIN places USING (community)
)
"""

_TALK = """
CREATE TEMP TABLE talk AS
SELECT c.cut, v.member, max(v.day) FILTER (v.active) AS last_active,
  count(DISTINCT v.day) FILTER (v.active AND v.day > c.cut - 28) AS days_28,
  sum(v.questions) FILTER (v.day > c.cut - 7) AS asked_7
FROM visits v JOIN cuts c ON v.day <= c.cut AND v.day > c.cut - 90
WHERE v.day > (SELECT min(cut) FROM cuts) - 90 GROUP BY c.cut, v.member
"""

_TYPICAL = """
CREATE TEMP TABLE typical AS
SELECT c.cut, s.currency, median(s.amount) AS usual FROM sold s JOIN cuts c ON s.day <= c.cut GROUP BY ALL
"""

_BOUGHT = """
CREATE TEMP TABLE bought_by AS
SELECT t.cut, s.member, count(*) AS orders, min(s.day) AS first_order, max(s.day) AS last_order, max(s.amount / nullif(t.usual, 0)) AS largest
FROM sold s JOIN typical t ON t.currency = s.currency AND s.day <= t.cut GROUP BY t.cut, s.member
"""

# In a community and not seen leaving all of them, or known by orders alone.
_THERE = """
CREATE TEMP TABLE there AS
SELECT c.cut, h.member, min(h.first_day) AS first_day, any_value(h.spoken) AS spoken
FROM (SELECT * REPLACE (sum(spoken) OVER (PARTITION BY member)::BIGINT AS spoken) FROM homes) h JOIN cuts c ON h.first_day <= c.cut
LEFT JOIN goings g ON g.identity = h.identity AND g.community = h.community AND g.day <= c.cut AND (g.back IS NULL OR g.back > c.cut)
WHERE g.identity IS NULL GROUP BY c.cut, h.member
UNION ALL
SELECT b.cut, b.member, b.first_order, 0 FROM bought_by b
WHERE NOT EXISTS (FROM homes h WHERE h.member = b.member AND h.first_day <= b.cut)
"""

# One row a person and day: what was known by the end of that day.
_KNOWN = """
CREATE TEMP TABLE known AS
SELECT t.cut, t.member, t.spoken, (t.cut - t.first_day + 1)::BIGINT AS known_days, k.last_active, (t.cut - k.last_active)::BIGINT AS silent_days,
  coalesce(k.days_28, 0) AS days_28, coalesce(k.asked_7, 0)::BIGINT AS asked_7, coalesce(b.orders, 0) AS orders,
  (t.cut - b.last_order)::BIGINT AS since_order, (b.last_order - b.first_order) / nullif(b.orders - 1, 0) AS mean_gap, b.largest,
  coalesce(w.wrote, false)::BIGINT AS wrote_30, coalesce(g.buyer, false) AS brought_by_buyer, coalesce(i.invited, 0) AS invited
FROM there t LEFT JOIN talk k USING (cut, member) LEFT JOIN bought_by b USING (cut, member)
LEFT JOIN (SELECT c.cut, n.member, true AS wrote FROM contacts n JOIN cuts c ON n.incoming AND n.day <= c.cut AND n.day > c.cut - 30 GROUP BY ALL) w
  USING (cut, member)
LEFT JOIN (SELECT c.cut, n.member, bool_or(s.first_order <= c.cut) AS buyer FROM guests n JOIN cuts c ON n.day <= c.cut
  LEFT JOIN (SELECT member, min(day) AS first_order FROM sold GROUP BY member) s ON s.member = n.host GROUP BY ALL) g USING (cut, member)
LEFT JOIN (SELECT c.cut, n.host AS member, count(DISTINCT n.member) AS invited FROM guests n JOIN cuts c ON n.day <= c.cut GROUP BY ALL) i
  USING (cut, member)
"""

# The columns of KNOWN that signals compare, and what is so of somebody of whom nothing is known.
NOBODY: Mapping[str, str] = {
    "known_days": "400", "silent_days": "NULL", "days_28": "0", "asked_7": "0", "orders": "0", "since_order": "NULL", "mean_gap": "NULL",
    "largest": "NULL", "wrote_30": "0", "brought_by_buyer": "false", "invited": "0",
}  # fmt: skip

_RANKED = """
CREATE OR REPLACE TEMP TABLE ranked AS
SELECT m.*, c.value, c.low, c.high,
  row_number() OVER (ORDER BY c.value DESC NULLS LAST, c.place, m.last_active DESC NULLS LAST, m.member) AS n,
  row_number() OVER (ORDER BY m.last_active DESC NULLS LAST, m.member) AS latest,
  (SELECT min(s.day) FROM sold s WHERE s.member = m.member AND s.day > m.cut) AS bought_on
FROM marked m JOIN chance_of c USING (has) WHERE m.cut = ?
"""
