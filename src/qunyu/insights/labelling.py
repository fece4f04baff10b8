"""Labelling: the labels of all members, or of some, computed set by set; and what of it differs from what is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights import features
from qunyu.insights.label import Label, labels
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope

# What labels are kept as: `rule` is the number of the rule that decided, `figures` a JSON object.
KEPT = pa.schema(
    [
        ("label", pa.string()),
        ("member", pa.int64()),
        ("unit", pa.int64()),
        ("value", pa.string()),
        ("rule", pa.int32()),
        ("figures", pa.string()),
    ]
)


@dataclass(frozen=True)
class UnitBars:
    """The organisation tree with the thresholds that hold in each unit: `path` lists the ids from the root down, /1/4/."""

    unit: int
    path: str
    thresholds: Mapping[str, float]


@dataclass(frozen=True)
class Labelled:
    """Rows as KEPT, every chosen ordinary member once per label; `as_of` is the last day there are data of, None without any."""

    as_of: date | None
    rows: pa.Table


@dataclass(frozen=True)
class Changes:
    """`put` are rows as KEPT that are new or differ from what is kept, with `before` (the value kept, or NULL); `gone` those kept of chosen people who have none now."""

    as_of: date | None
    put: pa.Table
    gone: pa.Table


@dataclass(frozen=True)
class Cause:
    """Why labels may have changed: `imports` that came since, and the last day of data as it was, `since`."""

    imports: Collection[int]
    since: date


@dataclass(frozen=True)
class Moves:
    """What other thresholds would do, by label: (value now, value then) -> how many people (NULL now: not labelled yet).

    `overlaps` counts by (value given, value of a later rule that holds as well) those whom only the rules' order decides.
    """

    people: int
    moves: Mapping[str, Mapping[tuple[str | None, str], int]]
    overlaps: Mapping[str, Mapping[tuple[str, str], int]]

    def after(self, label: str) -> dict[str, int]:
        """Value -> how many would have it; nobody is 0."""
        found = dict.fromkeys((each.code for each in labels()[label].values), 0)
        for (_, then), count in self.moves[label].items():
            found[then] += count
        return found


class Labelling:
    """One computation over one connection: under `scope` (labels speak of the whole person, so it should see everything)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scope: Scope, bars: Collection[UnitBars]) -> None:
        self.connection, self.scope, self.bars = connection, scope, bars

    def compute(self, members: Collection[int] | None) -> date | None:
        """Makes the temporary table `labelled` (as KEPT) of `members` (None: of everybody); the last day of data."""
        ((as_of,),) = self.connection.execute(features.AS_OF).fetchall()
        self.give(members)
        chosen = "" if members is None else "SEMI JOIN chosen USING (member)"
        if as_of is None:
            self.keep("labelled", KEPT.empty_table())
            return None
        for statement in features.STATEMENTS:
            self.connection.execute(statement.replace("{as_of}", f"{as_of}").replace("{chosen}", chosen))
        union = " UNION ALL ".join(f"({select(label)})" for label in labels().values())
        self.connection.execute(f"CREATE TEMP TABLE labelled AS {union}")
        found: date = as_of
        return found

    def give(self, members: Collection[int] | None) -> None:
        self.keep("identities", dimension("identities", self.scope))
        self.keep("homes_given", dimension("communities", self.scope).select(["community", "unit"]))
        self.keep("opinions", dimension("opinions", self.scope))
        self.keep("units", _units(self.bars))
        self.keep("chosen", pa.table({"member": pa.array(sorted(members or ()), pa.int64())}))

    def keep(self, name: str, table: pa.Table) -> None:
        self.connection.register("given", table)
        self.connection.execute(f"CREATE TEMP TABLE {name} AS FROM given")
        self.connection.unregister("given")


def touched(lake: Lake, scope: Scope, bars: Collection[UnitBars], cause: Cause) -> frozenset[int]:
    """The members whose labels may differ now."""
    with lake.connect() as connection:
        work = Labelling(connection, scope, bars)
        ((as_of,),) = connection.execute(features.AS_OF).fetchall()
        work.give(())
        statement = features.TOUCHED.format(
            imports=", ".join(str(int(each)) for each in cause.imports) or "NULL",
            first=min((int(each) for each in cause.imports), default="NULL"),
            moved="true" if as_of is not None and as_of > cause.since else "false",
            since=cause.since,
            longest=int(max(features.LOOKS_BACK, *(each.thresholds["tier_silence"] for each in bars))) + 1,
        )
        return frozenset(member for (member,) in connection.execute(statement).fetchall())


def labelled(lake: Lake, scope: Scope, bars: Collection[UnitBars], members: Collection[int] | None = None) -> Labelled:
    """The labels of `members`, or of everybody."""
    with lake.connect() as connection:
        as_of = Labelling(connection, scope, bars).compute(members)
        rows = connection.sql(f"SELECT {', '.join(KEPT.names)} FROM labelled ORDER BY label, member").to_arrow_table()
        return Labelled(as_of, rows.cast(KEPT))


def changes(
    lake: Lake, scope: Scope, bars: Collection[UnitBars], kept: pa.Table, members: Collection[int] | None = None
) -> Changes:
    """What has to be written so that `kept` (as KEPT) is right again for `members`, or for everybody."""
    with lake.connect() as connection:
        work = Labelling(connection, scope, bars)
        as_of = work.compute(members)
        work.keep("kept", kept)
        put = connection.sql(_PUT).to_arrow_table()
        gone = connection.sql(_GONE).to_arrow_table()
        return Changes(as_of, put, gone)


def moves(lake: Lake, scope: Scope, bars: Collection[UnitBars], kept: pa.Table, members: Collection[int]) -> Moves:
    """What the labels of `members` would be by `bars`, against what is `kept` (as KEPT) of them."""
    with lake.connect() as connection:
        work = Labelling(connection, scope, bars)
        as_of = work.compute(members)
        work.keep("kept", kept)
        found: dict[str, dict[tuple[str | None, str], int]] = {key: {} for key in labels()}
        for key, now, then, count in connection.execute(_MOVES).fetchall():
            found[key][(now, then)] = count
        ours = {key: label for key, label in labels().items() if not label.reference}
        # Without any data there are no features to ask.
        overlaps = {key: _overlaps(connection, label) if as_of else {} for key, label in ours.items()}
        return Moves(len(members), found, overlaps)


def _overlaps(connection: duckdb.DuckDBPyConnection, label: Label) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    later = [(number, rule) for number, rule in enumerate(label.rules[:-1]) if number]
    counts = ", ".join(f"count(*) FILTER (rule < {number} AND ({rule.when}))" for number, rule in later)
    if not later:
        return found
    for decided, *numbers in connection.execute(
        f"SELECT rule, {counts} FROM ({_decided(label)}) GROUP BY rule"
    ).fetchall():
        for (_, rule), count in zip(later, numbers, strict=True):
            pair = (label.rules[decided].value, rule.value)
            if count and pair[0] != pair[1]:
                found[pair] = found.get(pair, 0) + count
    return found


_MOVES = "SELECT label, k.value, l.value, count(*) FROM labelled l LEFT JOIN kept k USING (label, member) GROUP BY ALL"

_PUT = """
SELECT l.*, k.value AS before FROM labelled l LEFT JOIN kept k USING (label, member)
WHERE k.value IS DISTINCT FROM l.value OR k.rule <> l.rule OR k.unit <> l.unit OR k.figures <> l.figures ORDER BY l.member, l.label
"""

_GONE = "SELECT label, member FROM kept ANTI JOIN labelled USING (label, member) ORDER BY member, label"


def select(label: Label) -> str:
    """One label of all rows of `features`, as KEPT."""
    values = " ".join(f"WHEN {number} THEN '{rule.value}'" for number, rule in enumerate(label.rules))
    told = ", ".join(f"'{name}', {_rounded(name)}" for name in label.figures)
    return f"""
        SELECT '{label.key}' AS label, member, unit, CASE rule {values} END AS value, rule::INTEGER AS rule, json_object({told})::VARCHAR AS figures
        FROM ({_decided(label)})
    """


def _decided(label: Label) -> str:
    """Every row of `features` with its unit's thresholds, the label's scores, and the number of the rule that decides."""
    scores = "".join(f", {sql} AS {name}" for name, sql in label.scores.items())
    cases = " ".join(f"WHEN {rule.when} THEN {number}" for number, rule in enumerate(label.rules))
    scored = f"SELECT f.*, u.* EXCLUDE (unit, path){scores} FROM features f JOIN units u USING (unit)"
    return f"SELECT *, CASE {cases} END AS rule FROM ({scored})"


def _rounded(name: str) -> str:
    """A figure that changes in the tenth decimal is no change."""
    return f"round({name}, 2)" if name in ("spoken_30", "answers_30", "value_ratio") else name


def _units(bars: Collection[UnitBars]) -> pa.Table:
    rows = list(bars)
    names = sorted({name for each in rows for name in each.thresholds})
    columns = {name: pa.array([float(each.thresholds[name]) for each in rows], pa.float64()) for name in names}
    return pa.table(
        {
            "unit": pa.array([each.unit for each in rows], pa.int64()),
            "path": pa.array([each.path for each in rows], pa.string()),
            **columns,
        }
    )
