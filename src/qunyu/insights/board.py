"""Board: the answer to a question, computed by DuckDB over the lake under a scope."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import duckdb
import pyarrow as pa

from qunyu.events.lake.states import LATEST_ORDERS
from qunyu.events.lake.store import Lake
from qunyu.insights import newcomers, views
from qunyu.insights.identities import make_identities
from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import Metric, metrics, with_uses
from qunyu.insights.providers import dimension
from qunyu.insights.question import ALTOGETHER, Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.periods import Period, period_start, periods_between
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Figure:
    """One value: None is unknown, `why` then says how to supply what is missing. `n` is the count behind it, `part` a currency."""

    value: float | None
    n: int = 0
    part: str = ""
    why: str = ""

    @property
    def reason(self) -> Words | None:
        """Why the value is unknown; None when it is known."""
        return INPUTS[self.why] if self.why else None


Place = tuple[str, int, date, str]


@dataclass(frozen=True)
class Column:
    """One metric's answer: its rows (key, period, part, value, n), and for keys that lack an input which one."""

    metric: Metric
    table: pa.Table
    missing: Mapping[int, str]
    parts: tuple[str, ...]

    @cached_property
    def rows(self) -> dict[tuple[int, date, str], tuple[float | None, int]]:
        """(value, n) by key, period and part."""
        keys, periods, parts, values, counts = (column.to_pylist() for column in self.table.columns)
        return dict(zip(zip(keys, periods, parts, strict=True), zip(values, counts, strict=True), strict=True))


class Figures(Mapping[Place, Figure]):
    """Figures by (metric, key, first day of the period, currency), made as they are asked for: a board may have millions."""

    def __init__(self, columns: Mapping[str, Column], keys: Collection[int], periods: tuple[Period, ...]) -> None:
        self.columns, self.keys_asked, self.periods = columns, keys, periods
        self.starts = frozenset(period.first for period in periods)

    def __getitem__(self, place: Place) -> Figure:
        name, key, start, part = place
        column = self.columns[name]
        if key not in self.keys_asked or start not in self.starts or part not in column.parts:
            raise KeyError(place)
        return _figure(column.metric, column.rows.get((key, start, part)), part, column.missing.get(key, ""))

    def __iter__(self) -> Iterator[Place]:
        for name, column in self.columns.items():
            for key in self.keys_asked:
                yield from ((name, key, period.first, part) for period in self.periods for part in column.parts)

    def __len__(self) -> int:
        return len(self.keys_asked) * len(self.periods) * sum(len(column.parts) for column in self.columns.values())


@dataclass(frozen=True)
class Board:
    """Figures by metric, key and period; `keys` names the keys in order, `as_of` is the last day there are data of."""

    periods: tuple[Period, ...]
    keys: Mapping[int, str]
    currencies: tuple[str, ...]
    as_of: date | None
    figures: Figures

    def figure(self, metric: str, period: Period, key: int = ALTOGETHER, part: str = "") -> Figure:
        """The figure of a metric in a period; a money metric's is in the currency `part`, the first one when empty."""
        if metrics()[metric].unit == "money" and not part:
            part = self.currencies[0] if self.currencies else ""
        return self.figures[(metric, key, period.first, part)]

    def between(self, first: date | None, last: date | None) -> Board:
        """The same board with only the periods that reach into the days from `first` to `last` (None: no bound)."""
        shown = tuple(
            each
            for each in self.periods
            if (first is None or each.last >= first) and (last is None or each.first <= last)
        )
        return replace(self, periods=shown, figures=Figures(self.figures.columns, self.figures.keys_asked, shown))


NOTHING = Board((), {}, (), None, Figures({}, (), ()))


def board(lake: Lake, scope: Scope, question: Question) -> Board:
    """Answers `question` with what `scope` may see; an empty board (no periods) when there is nothing to see."""
    if question.grain == "all":
        return _BOARDS.get(lake, scope, question, lambda: _board(lake, scope, question))
    # What is known before the days asked counts, so everything is computed whatever they are, and remembered for other days.
    whole = replace(question, first=None, last=None)
    found = _BOARDS.get(lake, scope, whole, lambda: _board(lake, scope, whole))
    return found.between(question.first, question.last)


_BOARDS: Remembered[Board] = Remembered()


def _board(lake: Lake, scope: Scope, question: Question) -> Board:
    with lake.connect() as connection:
        asked = Asked(connection, scope, question)
        if not asked.open():
            return NOTHING
        return asked.answer()


class Asked:
    """One question being answered over one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scope: Scope, question: Question) -> None:
        self.connection, self.scope, self.question = connection, scope, question
        self.wanted = with_uses(question.metrics or frozenset(metrics()))
        self.keys: dict[int, str] = {}
        self.periods: tuple[Period, ...] = ()
        self.shown: tuple[Period, ...] = ()
        self.first = self.last = date.min

    def open(self) -> bool:
        """Makes the scoped views; False when there is nothing in scope."""
        if self.question.communities is not None and not self.question.communities:
            # Unlike a community without sales, none at all has no figures: they would be zero.
            return False
        self._keyed(dimension("communities", self.scope))
        make_identities(self.connection, self.scope)
        units = ", ".join(str(unit) for unit in sorted(self.scope.units("orders.view"))) or "NULL"
        orders = "true" if self.scope.everything else f"unit IN ({units})"
        self.connection.execute(_ORDERS.format(latest=LATEST_ORDERS, orders=orders))
        self.connection.execute(views.VISITS)
        return self._calendar()

    def _keyed(self, table: pa.Table) -> None:
        only = self.question.communities
        rows = [row for row in table.to_pylist() if only is None or row["community"] in only]
        ids = self._key_ids(rows)
        keyed = pa.table(
            {
                "community": pa.array([row["community"] for row in rows], pa.int64()),
                "key": pa.array(ids, pa.int64()),
            }
        )
        self.connection.register("keyed_given", keyed)
        self.connection.execute("CREATE TEMP TABLE keyed AS FROM keyed_given")

    def _key_ids(self, rows: list[dict[str, object]]) -> list[int]:
        by = self.question.by
        if by == "none":
            self.keys = {ALTOGETHER: ""}
            return [ALTOGETHER] * len(rows)
        if by == "community":
            self.keys = {int(str(row["community"])): str(row["name"]) for row in rows}
            return list(self.keys)
        names = sorted({str(row[by]) for row in rows})
        self.keys = dict(enumerate(names, 1))
        places = {name: key for key, name in self.keys.items()}
        return [places[str(row[by])] for row in rows]

    def _calendar(self) -> bool:
        lively, first, last = self.connection.execute(_RANGE.format(whole=self._whole())).fetchall()[0]
        if first is None:
            return False
        grain = self.question.grain
        if lively is not None and grain != "all":
            first = max(first, period_start(lively, grain))
        self.first, self.last = first, last
        self.periods = self.shown = tuple(periods_between(first, last, grain))
        if grain == "all" and (self.question.first or self.question.last):
            self.periods = _free_periods(first, self.question.first or first, self.question.last or last)
            self.shown = self.periods[-1:]
            if self.shown[0].first > last or self.shown[0].last < first:
                return False
        table = _period_table(self.periods, first, last)
        self.connection.register("periods_given", table)
        self.connection.execute("CREATE TEMP TABLE periods AS FROM periods_given")
        self.connection.execute(
            "CREATE TEMP TABLE days AS SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day, "
            "period FROM periods"
        )
        return True

    def answer(self) -> Board:
        """Computes every metric asked for."""
        self.base_views()
        for metric in self.wanted:
            self.connection.execute(f"CREATE TEMP TABLE {metric.key} AS {metric.sql}")
        present = self._present()
        currencies = self._currencies()
        asked = self.question.metrics or metrics().keys()
        columns = {each.key: self._column(each, present, currencies) for each in self.wanted if each.key in asked}
        return Board(self.shown, self.keys, currencies, self.last, Figures(columns, self.keys, self.shown))

    def base_views(self) -> None:
        """Makes the views the wanted metrics use, and those these use."""
        self.make({name for metric in self.wanted for name in metric.uses})

    def make(self, used: Set[str]) -> None:
        """Makes the views called `used`, and those these use."""
        if "opinions" in used:
            self.connection.register("opinions_given", dimension("opinions", self.scope))
        for name, sql in self._statements():
            if used & _SERVES.get(name, {name}):
                self.connection.execute(sql)

    def _statements(self) -> list[tuple[str, str]]:
        by_community = self.question.by != "none"
        altogether = "false" if by_community or self.question.communities is not None else "true"
        whole = self._whole()
        limited = by_community or self.question.communities is not None
        join = (
            "JOIN keyed k ON k.community = f.community" if limited else "LEFT JOIN keyed k ON k.community = f.community"
        )
        seen = "true" if limited else f"(k.community IS NOT NULL OR f.community IS NULL AND {whole})"
        key = "k.key" if limited else "0"
        longest = _LONGEST.get(self.question.grain)
        return [
            ("calendar", views.CALENDAR),
            ("active", views.ACTIVE if longest else views.LONG_ACTIVE),
            ("active_days", views.ACTIVE_DAYS.format(longest=longest) if longest else views.LONG_ACTIVE_DAYS),
            ("first_seen", views.FIRST_SEEN),
            ("stays", views.STAYS),
            ("headcount", views.HEADCOUNT),
            ("sales", views.SALES.format(altogether=altogether)),
            ("costs", views.COSTS.format(key=key, join=join, seen=seen)),
            ("entry_exposures", views.EXPOSURES.format(key=key, join=join, seen=seen)),
            ("opinions", views.OPINIONS),
            *newcomers.STATEMENTS,
        ]

    def _whole(self) -> str:
        """The condition that picks what belongs to a whole unit in scope; nothing when only some communities are asked for."""
        if self.question.communities is not None:
            return "false"
        units = ", ".join(str(unit) for unit in sorted(self.scope.units("communities.view"))) or "NULL"
        return "true" if self.scope.everything else f"f.unit IN ({units})"

    def _present(self) -> dict[str, frozenset[int]]:
        """The keys that have each input."""
        found = {
            name: frozenset(row[0] for row in self.connection.execute(sql).fetchall())
            for name, sql in _PRESENT.items()
            if self._made(name)
        }
        everywhere = frozenset(self.keys)
        has_orders = self.connection.execute("SELECT 1 FROM latest_orders LIMIT 1").fetchall()
        found["orders"] = everywhere if has_orders else frozenset()
        found["permission"] = everywhere if self.scope.may("orders.view") else frozenset()
        return found

    def _made(self, name: str) -> bool:
        needed = {need for metric in self.wanted for need in metric.needs}
        return name in needed

    def _currencies(self) -> tuple[str, ...]:
        """The currencies that occur, the one with most orders first."""
        tables = [name for name in ("sales", "costs") if any(name in metric.uses for metric in self.wanted)]
        union = " UNION ALL ".join(f"SELECT currency FROM {name}" for name in tables)
        if not union:
            return ()
        rows = self.connection.execute(
            f"SELECT currency FROM ({union}) GROUP BY ALL ORDER BY count(*) DESC, 1"
        ).fetchall()
        return tuple(row[0] for row in rows)

    def _column(self, metric: Metric, present: Mapping[str, frozenset[int]], currencies: tuple[str, ...]) -> Column:
        money = metric.unit == "money"
        missing = {
            key: lacking
            for key in self.keys
            if (lacking := next((need for need in metric.needs if key not in present[need]), ""))
        }
        part = "part" if money else "''"
        sql = (
            f"SELECT key, period, {part} AS part, value::DOUBLE AS value, coalesce(n, 0)::BIGINT AS n FROM {metric.key}"
        )
        return Column(
            metric, self.connection.sql(sql).to_arrow_table(), missing, (currencies or ("",)) if money else ("",)
        )


def _figure(metric: Metric, row: tuple[float | None, int] | None, part: str, missing: str) -> Figure:
    if missing:
        return Figure(None, 0, part, missing)
    value, n = row if row is not None else (metric.empty, 0)
    return Figure(value, n, part, "" if value is not None else "base")


def _free_periods(data_from: date, first: date, last: date) -> tuple[Period, ...]:
    """The days asked for, after a period as long before them to compare with, after all the days before that."""
    start = first - (last - first) - timedelta(days=1) if (first - date.min) > (last - first) else date.min
    parts = ((data_from, start), (max(start, data_from), first))
    before = [Period(begin, end - timedelta(days=1), "all") for begin, end in parts if begin < end]
    return (*before, Period(first, last, "all"))


def _period_table(periods: tuple[Period, ...], first: date, last: date) -> pa.Table:
    starts = [each.first for each in periods]
    firsts = [max(each.first, first) for each in periods]
    lasts = [min(each.last, last) for each in periods]
    before = [
        earlier if each.grain == "all" else period_start(date.fromordinal(each.first.toordinal() - 1), each.grain)
        for earlier, each in zip((None, *starts), periods, strict=False)
    ]
    days = [(b - a).days + 1 for a, b in zip(firsts, lasts, strict=True)]
    day = pa.date32()
    return pa.table(
        {
            "period": pa.array(starts, day),
            "first_day": pa.array(firsts, day),
            "last_day": pa.array(lasts, day),
            "previous": pa.array(before, day),
            "days": pa.array(days, pa.int64()),
        }
    )


# `lively` is the first day of talk or orders: a member list may reach back years before it.
_RANGE = """
SELECT min(lively), min(first), max(last) FROM (
  SELECT min(day) FILTER (messages + actions > 0) AS lively, min(day) AS first, max(day) AS last FROM visits
  UNION ALL SELECT min(local_day), min(local_day), max(local_day) FROM latest_orders
  UNION ALL SELECT NULL, min(local_day), max(local_day) FROM facts f
  WHERE kind IN ('cost', 'exposed') AND (community IN (SELECT community FROM keyed) OR community IS NULL AND {whole})
)
"""

_ORDERS = """
CREATE TEMP TABLE latest_orders AS
SELECT fact_id, occurred_at, local_day, identity, subject, amount, currency, quantity FROM ({latest}) WHERE {orders}
"""

# How many days a period has at most, where that is known.
_LONGEST = {"day": 1, "week": 7, "month": 31}

_PRESENT = {
    "chats": "SELECT DISTINCT key FROM visits",
    "joins": "SELECT DISTINCT key FROM visits WHERE joins + leaves > 0",
    "staff": "SELECT DISTINCT key FROM visits WHERE role = 'staff'",
    "exposures": "SELECT DISTINCT key FROM entry_exposures",
    "costs": "SELECT DISTINCT key FROM costs",
    "matched_orders": "SELECT DISTINCT key FROM sales WHERE member",
    "one_currency": "SELECT DISTINCT key FROM costs SEMI JOIN sales USING (key, currency) "
    "UNION SELECT DISTINCT key FROM costs ANTI JOIN sales USING (key)",
    "opinions": "SELECT DISTINCT key FROM opinions",
    "recommending": "SELECT DISTINCT key FROM opinions WHERE likely IS NOT NULL",
    **newcomers.PRESENT,
}

# Which views each base table is needed for, where not for itself alone.
_SERVES: dict[str, frozenset[str]] = {
    "calendar": frozenset({"calendar", "headcount"}),
    "active": frozenset({"active", "active_days"}),
    "stays": frozenset({"stays", "headcount", "sales", "opinions"}),
}
