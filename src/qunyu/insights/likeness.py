"""Likeness: whose names are alike, and what the facts tell of such pairs: at which hours they speak, and whether at one moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from qunyu.events.lake.store import Lake

# A name that more people bear tells nothing of any two of them.
MOST_BEARERS = 6
# Shorter names differ by one letter all the time.
LONG_ENOUGH = 5
Pair = tuple[int, int]

NAMES = pa.schema([("identity", pa.int64()), ("member", pa.int64()), ("name", pa.string()), ("whole", pa.bool_())])


def alike(lake: Lake, names: pa.Table) -> list[tuple[int, int, int, str]]:
    """The pairs of identities of different members with like names: (smaller id, other id, bearers, how).

    `names` is as NAMES: the cleaned names of each identity, `whole` or a part of one. `bearers` counts the members who bear the
    name; `how` is "equal", "part" (the one's name is part of the other's) or "near" (one letter more, less or other). The surest way
    of each pair only; names of more than MOST_BEARERS are left out.
    """
    with lake.connect() as connection:
        connection.register("names", names.cast(NAMES))
        connection.execute(_BORNE)
        return list(connection.execute(_ALIKE).fetchall())


_BORNE = f"""
CREATE TEMP TABLE borne AS
SELECT n.*, b.bearers FROM names n JOIN (SELECT name, count(DISTINCT member) AS bearers FROM names GROUP BY name) b USING (name)
WHERE b.bearers <= {MOST_BEARERS} AND length(n.name) > 1
"""

# Two names of which one letter differs have a deletion in common: a join instead of a comparison of everybody with everybody.
_ALIKE = f"""
WITH pairs AS (
  SELECT least(a.identity, b.identity) AS one, greatest(a.identity, b.identity) AS other, a.bearers,
    CASE WHEN a.whole AND b.whole THEN 0 ELSE 1 END AS way
  FROM borne a JOIN borne b ON a.name = b.name AND a.identity < b.identity AND a.member <> b.member AND (a.whole OR b.whole)
  UNION ALL
  SELECT least(a.identity, b.identity), greatest(a.identity, b.identity), greatest(a.bearers, b.bearers), 2
  FROM (
    SELECT DISTINCT identity, member, name, bearers, substr(name, 1, i - 1) || substr(name, i + 1) AS gist
    FROM (SELECT *, unnest(range(1, length(name) + 2)) AS i FROM borne WHERE whole AND length(name) >= {LONG_ENOUGH})
  ) a JOIN (
    SELECT DISTINCT identity, member, name, bearers, substr(name, 1, i - 1) || substr(name, i + 1) AS gist
    FROM (SELECT *, unnest(range(1, length(name) + 2)) AS i FROM borne WHERE whole AND length(name) >= {LONG_ENOUGH})
  ) b ON a.gist = b.gist AND a.member <> b.member AND a.identity < b.identity AND a.name <> b.name
  WHERE damerau_levenshtein(a.name, b.name) = 1
)
SELECT one, other, min(bearers) AS bearers, ['equal', 'part', 'near'][min(way) + 1] AS how FROM pairs GROUP BY one, other ORDER BY one, other
"""


def hours(lake: Lake, identities: Collection[int]) -> Mapping[int, Sequence[int]]:
    """Of each of the identities how many of their days began or ended with a trace in each hour (of UTC); who left none is missing.

    From the activity rollup: the first and the last trace of each day and community.
    """
    found: dict[int, list[int]] = {}
    if not identities:
        return found
    with lake.connect() as connection:
        connection.register("chosen", pa.table({"identity": pa.array(sorted(identities), pa.int64())}))
        for identity, hour, count in connection.execute(_HOURS).fetchall():
            found.setdefault(identity, [0] * 24)[hour] = count
    return found


_HOURS = """
SELECT identity, (epoch_us(moment) // 3600000000) % 24, count(*) FROM (
  SELECT identity, first_at AS moment FROM activity SEMI JOIN chosen USING (identity) WHERE messages + actions > 0
  UNION ALL SELECT identity, last_at FROM activity SEMI JOIN chosen USING (identity) WHERE messages + actions > 0
) GROUP BY ALL
"""


def same_minutes(lake: Lake, pairs: Collection[Pair]) -> Mapping[Pair, int]:
    """In how many minutes both identities of a pair said something; pairs that never did are missing."""
    if not pairs:
        return {}
    listed = sorted(pairs)
    with lake.connect() as connection:
        one, other = ([pair[place] for pair in listed] for place in (0, 1))
        table = pa.table({"one": pa.array(one, pa.int64()), "other": pa.array(other, pa.int64())})
        connection.register("pairs", table)
        rows = connection.execute(_SAME_MINUTES).fetchall()
    return {(one, other): count for one, other, count in rows}


_SAME_MINUTES = """
WITH minutes AS MATERIALIZED (
  SELECT DISTINCT identity, epoch_us(occurred_at) // 60000000 AS minute FROM facts
  WHERE kind = 'message' AND identity IN (SELECT one FROM pairs UNION SELECT other FROM pairs)
)
SELECT p.one, p.other, count(*) FROM pairs p JOIN minutes a ON a.identity = p.one JOIN minutes b ON b.identity = p.other AND a.minute = b.minute
GROUP BY ALL
"""
