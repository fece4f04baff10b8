"""Timeline: what single people did, the latest first, and at which hours a community talks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qunyu.events.lake.store import Lake, quoted
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose facts may be shown: `identities` within `communities` (database ids), of some `kinds` only where any are named."""

    identities: Collection[int]
    communities: Collection[int]
    kinds: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """One fact of a community; `cursor` says where it stands."""

    at: datetime
    kind: str
    community: int
    identity: int
    subject: str
    text: str
    cursor: str


# Ids as numbers, one identity after the other: the engine then reads little but the parts of files that hold them. Sorted only
# when all of it is there: for the first few rows of an order it would read the files twice.
_MOMENTS = """
WITH mine AS MATERIALIZED ({mine})
SELECT * FROM (SELECT * EXCLUDE (fact_id), printf('%020d-', epoch_us(occurred_at)) || lower(hex(fact_id)) AS cursor FROM mine)
WHERE $before = '' OR cursor < $before ORDER BY cursor DESC LIMIT $limit
"""
_MINE = """
SELECT occurred_at, kind, community, identity, subject, coalesce(text, '') AS text, fact_id FROM facts
WHERE month IN ({months}) AND identity = {identity} AND community IN ({places}){kinds}
"""

_HOURS = """
SELECT isodow(local_day), local_hour, count(*) FROM facts
WHERE community = $community AND kind = 'message' GROUP BY ALL ORDER BY ALL
"""


def cursor(at: datetime, fact_id: str) -> str:
    """Where a fact (its id in hexadecimal) stands in a timeline: later facts have greater cursors."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1):020d}-{fact_id}"


def moment_of(cursor: str) -> tuple[datetime, str]:
    """The time and the fact's id that a cursor was made of.

    Raises DomainError bad_cursor for what is no cursor.
    """
    told = _CURSOR.fullmatch(cursor)
    if told is None:
        raise DomainError("bad_cursor", _NO_CURSOR.fill(cursor=cursor), field="before")
    return _EPOCH + timedelta(microseconds=int(told[1])), told[2]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{20})-([0-9a-f]{1,64})")
_NO_CURSOR = Words(
    "“{cursor}”不是时间线里的位置；请从头翻起", "“{cursor}” is no place in a timeline; start from its beginning"
)


def timeline(lake: Lake, seen: Seen, before: str, limit: int) -> list[Moment]:
    """At most `limit` facts older than the one with the cursor `before` ("" = from the latest on), the latest first.

    Raises DomainError bad_cursor.
    """
    # Local months may begin up to a day before those of UTC.
    latest = f"{moment_of(before)[0] + timedelta(days=1):%Y-%m}" if before else "9999-12"
    if not seen.identities or not seen.communities:
        return []
    found: list[Moment] = []
    with lake.connect() as connection:
        for months in _growing([month for month in lake.months("facts") if month <= latest]):
            sql = _MOMENTS.format(mine=_mine(seen, months))
            # Through Arrow: DuckDB's own rows would need pytz for a time with a zone.
            rows = connection.sql(sql, params={"before": before, "limit": limit - len(found)}).to_arrow_table()
            found += [Moment(*row.values()) for row in rows.to_pylist()]
            if len(found) == limit:
                break
    return found


def _mine(seen: Seen, months: list[str]) -> str:
    listed, places = ", ".join(map(quoted, months)), ", ".join(str(int(id)) for id in seen.communities)
    kinds = f" AND kind IN ({', '.join(map(quoted, sorted(seen.kinds)))})" if seen.kinds else ""
    asked = {"months": listed, "places": places, "kinds": kinds}
    parts = (_MINE.format(identity=int(each), **asked) for each in sorted(set(seen.identities)))
    return " UNION ALL ".join(parts)


def _growing(months: list[str]) -> Iterator[list[str]]:
    """The months in parts of 1, 2, 4 … of them: whoever talks much has said enough in the latest."""
    start, size = 0, 1
    while start < len(months):
        yield months[start : start + size]
        start, size = start + size, size * 2


def hours(lake: Lake, community: int) -> list[tuple[int, int, int]]:
    """(day of the week from 1 = Monday, hour of the local day, messages) of a community, where there were any."""
    with lake.connect() as connection:
        return list(connection.execute(_HOURS, {"community": community}).fetchall())
