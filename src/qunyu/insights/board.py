"""Board: the answer to a question, computed by DuckDB over the lake under a scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from qunyu.events.lake.states import LATEST_ORDERS
from qunyu.events.lake.store import Lake
from qunyu.insights import views
from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import Metric, metrics, with_uses
from qunyu.insights.providers import dimension
from qunyu.insights.question import ALTOGETHER, Question
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


@dataclass(frozen=True)
class Board:
    """Figures by metric, key and period; `keys` names the keys in order, `as_of` is the last day there are data of."""

    periods: tuple[Period, ...]
    keys: Mapping[int, str]
    currencies: tuple[str, ...]
    as_of: date | None
    figures: Mapping[tuple[str, int, date, str], Figure]

    def figure(self, metric: str, period: Period, key: int = ALTOGETHER, part: str = "") -> Figure:
        """The figure of a metric in a period; a money metric's is in the currency `part`, the first one when empty."""
        if metrics()[metric].unit == "money" and not part:
            part = self.currencies[0] if self.currencies else ""
        return self.figures[(metric, key, period.first, part)]


def board(lake: Lake, scope: Scope, question: Question) -> Board:
    """Answers `question` with what `scope` may see; an empty board (no periods) when there is nothing to see."""
    with lake.connect() as connection:
        asked = Asked(connection, scope, question)
        if not asked.open():
            return Board((), {}, (), None, {})
        return asked.answer()


class Asked:
    """One question being answered over one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scope: Scope, question: Question) -> None:
        self.connection, self.scope, self.question = connection, scope, question
        self.wanted = with_uses(question.metrics or frozenset(metrics()))
        self.keys: dict[int, str] = {}
        self.periods: tuple[Period, ...] = ()
        self.first = self.last = date.min

    def open(self) -> bool:
        """Makes the scoped views; False when there is nothing in scope."""
        self._keyed(dimension("communities", self.scope))
        self.connection.register("identities_given", dimension("identities", self.scope))
        self.connection.execute("CREATE TEMP TABLE identities AS FROM identities_given")
        units = ", ".join(str(unit) for unit in sorted(self.scope.units("orders.view"))) or "NULL"
        orders = "true" if self.scope.everything else f"unit IN ({units})"
        self.connection.execute(f"CREATE TEMP VIEW latest_orders AS SELECT * FROM ({LATEST_ORDERS}) WHERE {orders}")
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
        rows = self.connection.execute(_RANGE).fetchall()
        first, last = rows[0]
        if first is None:
            return False
        self.first, self.last = first, last
        grain = self.question.grain
        self.periods = tuple(periods_between(first, last, grain))
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
        figures: dict[tuple[str, int, date, str], Figure] = {}
        asked = self.question.metrics or metrics().keys()
        shown = self._shown()
        for metric in self.wanted:
            if metric.key in asked:
                self._figures(metric, shown, present, currencies, figures)
        return Board(shown, self.keys, currencies, self.last, figures)

    def base_views(self) -> None:
        """Makes the views the wanted metrics use, and those these use."""
        used = {name for metric in self.wanted for name in metric.uses}
        for name, sql in self._statements():
            if used & _SERVES[name]:
                self.connection.execute(sql)

    def _statements(self) -> list[tuple[str, str]]:
        by_community = self.question.by != "none"
        altogether = "false" if by_community or self.question.communities is not None else "true"
        units = ", ".join(str(unit) for unit in sorted(self.scope.units("communities.view"))) or "NULL"
        whole = "true" if self.scope.everything else f"f.unit IN ({units})"
        limited = by_community or self.question.communities is not None
        join = (
            "JOIN keyed k ON k.community = f.community" if limited else "LEFT JOIN keyed k ON k.community = f.community"
        )
        seen = "true" if limited else f"(k.community IS NOT NULL OR f.community IS NULL AND {whole})"
        key = "k.key" if limited else "0"
        return [
            ("member_days", views.MEMBER_DAYS),
            ("calendar", views.CALENDAR),
            ("active", views.ACTIVE),
            ("active_days", views.ACTIVE_DAYS),
            ("first_seen", views.FIRST_SEEN),
            ("stays", views.STAYS),
            ("headcount", views.HEADCOUNT),
            ("sales", views.SALES.format(altogether=altogether)),
            ("costs", views.COSTS.format(key=key, join=join, seen=seen)),
            ("entry_exposures", views.EXPOSURES.format(key=key, join=join, seen=seen)),
        ]

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

    def _shown(self) -> tuple[Period, ...]:
        first, last = self.question.first, self.question.last
        return tuple(
            each
            for each in self.periods
            if (first is None or each.last >= first) and (last is None or each.first <= last)
        )

    def _figures(
        self,
        metric: Metric,
        shown: tuple[Period, ...],
        present: Mapping[str, frozenset[int]],
        currencies: tuple[str, ...],
        into: dict[tuple[str, int, date, str], Figure],
    ) -> None:
        rows = self._rows(metric)
        parts = (currencies or ("",)) if metric.unit == "money" else ("",)
        for key in self.keys:
            missing = next((need for need in metric.needs if key not in present[need]), "")
            for period in shown:
                for part in parts:
                    into[(metric.key, key, period.first, part)] = _figure(
                        metric, rows.get((key, period.first, part)), part, missing
                    )

    def _rows(self, metric: Metric) -> dict[tuple[int, date, str], tuple[float | None, int]]:
        part = "part" if metric.unit == "money" else "''"
        sql = f"SELECT key, period, {part}, value::DOUBLE, coalesce(n, 0)::BIGINT FROM {metric.key}"
        return {
            (key, period, kind): (value, n) for key, period, kind, value, n in self.connection.execute(sql).fetchall()
        }


def _figure(metric: Metric, row: tuple[float | None, int] | None, part: str, missing: str) -> Figure:
    if missing:
        return Figure(None, 0, part, missing)
    value, n = row if row is not None else (metric.empty, 0)
    return Figure(value, n, part, "" if value is not None else "base")


def _period_table(periods: tuple[Period, ...], first: date, last: date) -> pa.Table:
    starts = [each.first for each in periods]
    firsts = [max(each.first, first) for each in periods]
    lasts = [min(each.last, last) for each in periods]
    before = [
        None if each.grain == "all" else period_start(date.fromordinal(each.first.toordinal() - 1), each.grain)
        for each in periods
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


# Days begin with talk or orders: a member list may reach back years before anything is known.
_RANGE = """
SELECT coalesce(min(day) FILTER (lively), min(day)), max(day) FROM (
  SELECT min(day) AS day, true AS lively FROM visits WHERE messages + actions > 0
  UNION ALL SELECT min(day), false FROM visits UNION ALL SELECT max(day), false FROM visits
  UNION ALL SELECT min(local_day), true FROM latest_orders UNION ALL SELECT max(local_day), true FROM latest_orders
)
"""

_PRESENT = {
    "joins": "SELECT DISTINCT key FROM active WHERE joins + leaves > 0",
    "exposures": "SELECT DISTINCT key FROM entry_exposures",
    "costs": "SELECT DISTINCT key FROM costs",
    "matched_orders": "SELECT DISTINCT key FROM sales WHERE member",
    "one_currency": "SELECT DISTINCT key FROM costs SEMI JOIN sales USING (key, currency) "
    "UNION SELECT DISTINCT key FROM costs ANTI JOIN sales USING (key)",
}

# Which views each base table is needed for.
_SERVES: dict[str, frozenset[str]] = {
    "member_days": frozenset({"active", "active_days", "first_seen"}),
    "calendar": frozenset({"calendar", "headcount"}),
    "active": frozenset({"active"}),
    "active_days": frozenset({"active_days"}),
    "first_seen": frozenset({"first_seen"}),
    "stays": frozenset({"headcount", "sales"}),
    "headcount": frozenset({"headcount"}),
    "sales": frozenset({"sales"}),
    "costs": frozenset({"costs"}),
    "entry_exposures": frozenset({"entry_exposures"}),
}
