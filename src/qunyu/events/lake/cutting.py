"""Cutting: words go out of the lake for good, those of a person or those of old; every count stays what it was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow as pa

from qunyu.events.lake.schema import FACTS
from qunyu.events.lake.speech import MENDED, SIGNS
from qunyu.events.lake.store import ROW_GROUP, WRITING_MEMORY, Lake

AT_ONCE = 10_000
# What is shorter anybody may have said.
SHORTEST_QUOTE = 6


@dataclass(frozen=True)
class Erased:
    """Whose facts lose their words: `identities` (database ids). `terms` name the person, and `mend` takes them out of others' words.

    `names` of these count only within `communities`, the others anywhere: a nickname may well be what a product is called.
    `numbers` are the person's orders: (unit id, number) -> what takes the number's place.
    """

    identities: Collection[int]
    communities: Collection[int]
    terms: Collection[str]
    names: Collection[str]
    mend: Callable[[str], str]
    numbers: Mapping[tuple[int, str], str] = field(default_factory=dict)


def facts_of(lake: Lake, identities: Collection[int]) -> int:
    """How many facts tell of what these identities did, or of what was done with them."""
    if not identities:
        return 0
    with lake.connect() as connection:
        listed = ", ".join(str(int(each)) for each in identities)
        sql = f"SELECT count(*) FROM facts WHERE identity IN ({listed}) OR other IN ({listed})"
        return int(connection.execute(sql).fetchall()[0][0])


def told_of(lake: Lake, identities: Collection[int]) -> list[dict[str, object]]:
    """Every fact of what these identities did, the earliest first, as plain values; nobody else is named."""
    if not identities:
        return []
    with lake.connect() as connection:
        listed = ", ".join(str(int(each)) for each in identities)
        rows = connection.sql(_TOLD.format(listed=listed)).to_arrow_table()
        return [dict(row) for row in rows.to_pylist()]


def erase(lake: Lake, who: Erased) -> dict[str, int]:
    """Takes out of the lake what `who` said and what names them, month by month; `texts` cut and `mentions` taken out of others' words.

    Asked again it finds nothing more. The files of before go with `Lake.vacuum`.
    """
    with lake.connect(WRITING_MEMORY) as connection:
        _register(connection, who)
        mended = _mended(connection, who)
        connection.register("mended", mended)
        months = connection.execute(_MONTHS_OF.format(mine=_MINE)).fetchall()
        cut = sum(_rewrite(lake, connection, month, _MINE) for (month,) in months)
    return {"texts": cut, "mentions": mended.num_rows}


def cut_texts(lake: Lake, before: date) -> int:
    """Takes the words out of all facts of days before that one; how many lost any."""
    condition = _OLD.format(day=before.isoformat())
    with lake.connect(WRITING_MEMORY) as connection:
        connection.register("mended", _NOTHING_MENDED)
        connection.register("numbers", _numbers({}))
        sql = f"SELECT DISTINCT month FROM facts f WHERE {condition} ORDER BY 1"
        months = connection.execute(sql).fetchall()
        return sum(_rewrite(lake, connection, month, condition) for (month,) in months)


def texts_before(lake: Lake, before: date) -> int:
    """How many facts of days before that one still have words."""
    with lake.connect() as connection:
        sql = f"SELECT count(*) FROM facts f WHERE {_OLD.format(day=before.isoformat())}"
        return int(connection.execute(sql).fetchall()[0][0])


def _register(connection: duckdb.DuckDBPyConnection, who: Erased) -> None:
    connection.register("wanted", pa.table({"identity": pa.array(sorted(who.identities), pa.int64())}))
    connection.register("homes", pa.table({"community": pa.array(sorted(who.communities), pa.int64())}))
    connection.register("numbers", _numbers(who.numbers))


def _numbers(numbers: Mapping[tuple[int, str], str]) -> pa.Table:
    units, names = zip(*numbers, strict=True) if numbers else ((), ())
    tokens = pa.array(list(numbers.values()), pa.string())
    return pa.table({"unit": pa.array(units, pa.int64()), "number": pa.array(names, pa.string()), "token": tokens})


def _mended(connection: duckdb.DuckDBPyConnection, who: Erased) -> pa.Table:
    """fact_id, text, meta of the facts of others in which the person is named, as they are to be from now on; words quoted there go too."""
    found: list[dict[str, object]] = []
    if who.terms:
        marks = sorted(set(who.terms) - set(who.names))
        said = [text for (text,) in connection.execute(_OWN_WORDS).fetchall()]
        connection.execute(
            _NAMING, {"names": [each.lower() for each in who.names], "marks": [each.lower() for each in marks]}
        )
        while batch := connection.fetchmany(AT_ONCE):
            for fact_id, *texts in batch:
                clean = [_unquoted(who.mend(text), said) if text else text for text in texts]
                if clean != texts:
                    found.append({"fact_id": fact_id, "text": clean[0], "meta": clean[1]})
    return pa.Table.from_pylist(found, schema=_MENDED)


def _unquoted(text: str, said: Collection[str]) -> str:
    for each in said:
        if each in text:
            text = text.replace(each, "…")
    return text


def _rewrite(lake: Lake, connection: duckdb.DuckDBPyConnection, month: str, mine: str) -> int:
    """One month anew, in one commit; how many of its facts lost words."""
    connection.execute(_asked(_CUT, month, mine))
    connection.execute(_asked(_JUDGED, month))
    rows = connection.sql(_asked(_KEPT, month)).to_arrow_reader(ROW_GROUP)
    lake.replace("facts", rows.cast(FACTS), predicate=f"month = '{month}'")
    return int(connection.execute("SELECT count(*) FROM cut WHERE had").fetchall()[0][0])


def _asked(sql: str, month: str, mine: str = "") -> str:
    """The patterns of speech have braces of their own."""
    return sql.replace("<month>", f"'{month}'").replace("<mine>", mine)


_MENDED = pa.schema([("fact_id", pa.binary()), ("text", pa.string()), ("meta", pa.string())])
_NOTHING_MENDED = _MENDED.empty_table()

# An export that does not name the customer may tell of the person's order all the same.
_MINE = """(f.identity IN (SELECT identity FROM wanted) OR f.other IN (SELECT identity FROM wanted) AND f.kind <> 'message'
  OR f.kind = 'order' AND (f.unit, f.external) IN (SELECT (unit, number) FROM numbers))"""
# Of an order its lines are counted, which tells nothing of anybody.
_WORDY = "(f.meta IS NOT NULL AND (f.kind <> 'order' OR json_exists(f.meta, '$.products')))"
_OLD = "f.local_day < DATE '{day}' AND f.kind <> 'order' AND (coalesce(f.text, '') <> '' OR f.meta IS NOT NULL)"

_MONTHS_OF = """
SELECT DISTINCT month FROM facts f WHERE {mine} OR f.fact_id IN (SELECT fact_id FROM mended) ORDER BY 1
"""

_NAMING = """
SELECT fact_id, text, meta FROM facts f
WHERE coalesce(f.identity NOT IN (SELECT identity FROM wanted), true)
  AND (f.community IN (SELECT community FROM homes) AND len(list_filter($names, lambda each: contains(lower(concat(f.text, chr(31), f.meta)), each))) > 0
    OR len(list_filter($marks, lambda each: contains(lower(concat(f.text, chr(31), f.meta)), each))) > 0)
"""

_OWN_WORDS = f"""
SELECT DISTINCT text FROM facts WHERE identity IN (SELECT identity FROM wanted) AND length(text) >= {SHORTEST_QUOTE}
"""

_CUT = f"""
CREATE OR REPLACE TEMP TABLE cut AS
SELECT fact_id, coalesce(text, '') <> '' OR {_WORDY} AS had FROM facts f WHERE month = <month> AND <mine>
"""

# Whoever says the same again right after a message that goes still only repeats it.
_JUDGED = f"""
CREATE OR REPLACE TEMP TABLE judged AS
WITH touched AS (SELECT fact_id FROM cut UNION SELECT fact_id FROM mended),
days AS (SELECT DISTINCT local_day, community FROM facts SEMI JOIN touched USING (fact_id) WHERE month = <month>)
SELECT fact_id, signs FROM (
  SELECT fact_id, {SIGNS} AS signs, fact_id IN (FROM touched) AS mine,
    lag(fact_id IN (FROM touched)) OVER (PARTITION BY community, local_day ORDER BY occurred_at, fact_id) AS after
  FROM (SELECT * FROM facts SEMI JOIN days USING (local_day, community) WHERE month = <month> AND kind = 'message')
) WHERE mine OR coalesce(after, false)
"""

_KEPT = f"""
SELECT f.* REPLACE (
  CASE WHEN c.fact_id IS NOT NULL THEN NULL WHEN m.fact_id IS NOT NULL THEN m.text ELSE f.text END AS text,
  CASE WHEN c.fact_id IS NOT NULL AND f.kind = 'order' THEN json_object('lines', json_extract(f.meta, '$.lines'))::VARCHAR
    WHEN c.fact_id IS NOT NULL THEN NULL WHEN m.fact_id IS NOT NULL THEN m.meta ELSE f.meta END AS meta,
  CASE WHEN f.kind = 'order' THEN coalesce(n.token, f.external) ELSE f.external END AS external,
  CASE WHEN f.kind <> 'message' THEN f.quantity WHEN j.fact_id IS NULL THEN f.quantity
    ELSE j.signs + CASE WHEN m.fact_id IS NOT NULL THEN {MENDED} ELSE 0 END END AS quantity)
FROM facts f LEFT JOIN cut c USING (fact_id) LEFT JOIN mended m USING (fact_id) LEFT JOIN judged j USING (fact_id)
LEFT JOIN numbers n ON n.unit = f.unit AND n.number = f.external AND c.fact_id IS NOT NULL
WHERE f.month = <month>
ORDER BY month, local_day, community, occurred_at
"""

_TOLD = """
SELECT f.occurred_at, f.kind, f.community, f.unit, f.subject, f.amount, f.currency, f.quantity, f.text, f.external, f.meta
FROM facts f WHERE f.identity IN ({listed}) ORDER BY f.occurred_at, f.fact_id
"""
