"""Leaving: who left when, after what, and what they said last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.parting_words import EVERY, UNSAID, reason_in
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

# How long somebody had been there, in days counting the one of coming as the first.
TENURES: Mapping[str, Words] = {
    "1": Words("当天", "The same day"),
    "7": Words("第 2–7 天", "Day 2–7"),
    "30": Words("第 8–30 天", "Day 8–30"),
    "90": Words("第 31–90 天", "Day 31–90"),
    "later": Words("90 天以后", "After 90 days"),
    "unknown": Words("入群时间未知", "Coming not known"),
}
# How long somebody had been silent there.
SILENCES: Mapping[str, Words] = {
    "0": Words("当天还说过话", "Spoke that day"),
    "7": Words("1–7 天前说过话", "Spoke 1–7 days before"),
    "30": Words("8–30 天前说过话", "Spoke 8–30 days before"),
    "later": Words("30 天以前说过话", "Spoke longer ago"),
    "never": Words("从没说过话", "Never spoke"),
}
# Up to this day somebody is a newcomer.
NEW_DAYS = 30
QUOTES = 50


@dataclass(frozen=True)
class Leaving:
    """The leavings of ordinary members from `first` to `last`, times and not people: `total` is what the metric `leaves` counts.

    `advertising` and `usual` are the mean shares of advertising in the community on the day of leaving and the day before, and over all
    the days asked, of the `compared` leavings around which anybody spoke; None where there are none. `newcomers` left within NEW_DAYS;
    of these `newcomers_silent` never spoke there, `newcomers_unheard` spoke and nobody answered within a day. `reasons` are of those
    who left by themselves. `why` names what is missing where leavings are unknown; everything else is then empty.
    """

    first: date
    last: date
    as_of: date
    why: str
    total: int = 0
    removed: int = 0
    tenures: Mapping[str, int] = field(default_factory=dict)
    silences: Mapping[str, int] = field(default_factory=dict)
    days: tuple[tuple[date, int], ...] = ()
    hours: tuple[tuple[int, int, int], ...] = ()
    advertising: float | None = None
    usual: float | None = None
    compared: int = 0
    newcomers: int = 0
    newcomers_silent: int = 0
    newcomers_unheard: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartingWords:
    """What a member last said in a community on the day before leaving it by themselves, with the reason found in it."""

    member: int
    community: int
    at: datetime
    text: str
    reason: str


_KEPT: Remembered[Leaving | None] = Remembered()
_QUOTES_KEPT: Remembered[tuple[PartingWords, ...]] = Remembered()


def leaving(
    lake: Lake, scope: Scope, first: date, last: date, communities: frozenset[int] | None = None
) -> Leaving | None:
    """The leavings from `first` to `last`; None when there is nothing in scope.

    Raises DomainError bad_period.
    """
    question = Question("all", "none", first, last, communities)
    return _KEPT.get(lake, scope, question, lambda: _leaving(lake, scope, question, first, last))


def parting_words(
    lake: Lake, scope: Scope, first: date, last: date, communities: frozenset[int] | None = None
) -> tuple[PartingWords, ...]:
    """The last words of the QUOTES who left last and said something, where `scope` may see people.

    Raises DomainError bad_period; Denied where it may see none at all.
    """
    scope.require("members.view")
    narrow = scope.within("members.view")
    question = Question("all", "none", first, last, communities)
    return _QUOTES_KEPT.get(lake, narrow, question, lambda: _parting_words(lake, narrow, question, first, last))


def _opened(
    connection: duckdb.DuckDBPyConnection, scope: Scope, question: Question, first: date, last: date
) -> Asked | None:
    asked = Asked(connection, scope, Question("all", communities=question.communities))
    if not asked.open():
        return None
    span = {"first": first, "last": last, "from_month": f"{first:%Y-%m}", "to_month": f"{last:%Y-%m}"}
    connection.execute(_GONE, span)
    return asked


def _leaving(lake: Lake, scope: Scope, question: Question, first: date, last: date) -> Leaving | None:
    with lake.connect() as connection:
        asked = _opened(connection, scope, question, first, last)
        if asked is None:
            return None
        for missing, sql in _KNOWN.items():
            if not connection.execute(sql).fetchall():
                return Leaving(first, last, asked.last, missing)
        asked.make({"first_words"})
        connection.execute(_STORY)
        return _told(connection, first, last, asked.last)


def _told(connection: duckdb.DuckDBPyConnection, first: date, last: date, as_of: date) -> Leaving:
    total, removed, new, silent, unheard = connection.execute(_SUMS, {"new": NEW_DAYS}).fetchall()[0]
    tenures = dict(connection.execute(_TENURES).fetchall())
    silences = dict(connection.execute(_SILENCES).fetchall())
    before, usual, compared = connection.execute(_ADVERTISING, {"first": first, "last": last}).fetchall()[0]
    said = Counter(reason_in(text) for (text,) in connection.execute(_WORDS_OF_EACH).fetchall())
    return Leaving(
        first, last, as_of, "", total, removed,
        {key: tenures.get(key, 0) for key in TENURES},
        {key: silences.get(key, 0) for key in SILENCES},
        tuple(connection.execute(_DAYS, {"first": first, "last": min(last, as_of)}).fetchall()),
        tuple(connection.execute(_HOURS).fetchall()),
        before, usual, compared, new, silent, unheard,
        {key: said[key] for key in EVERY},
    )  # fmt: skip


def _parting_words(lake: Lake, scope: Scope, question: Question, first: date, last: date) -> tuple[PartingWords, ...]:
    with lake.connect() as connection:
        if _opened(connection, scope, question, first, last) is None:
            return ()
        # Through Arrow: DuckDB's own rows would need pytz for a time with a zone.
        rows = connection.sql(_QUOTED, params={"most": QUOTES}).to_arrow_table().to_pylist()
    found = (PartingWords(**row, reason=reason_in(row["text"])) for row in rows)
    return tuple(each for each in found if each.reason != UNSAID.key)


# As the rollup counts: what a chat and a list both tell of one day counts once.
_GONE = """
CREATE TEMP TABLE gone AS
SELECT row_number() OVER (ORDER BY f.occurred_at, f.fact_id) AS id, f.identity, f.community, i.member, f.occurred_at, f.local_day AS day,
  f.local_hour AS hour, f.kind = 'left' AND f.other IS NOT NULL AS removed
FROM facts f SEMI JOIN keyed USING (community) JOIN identities i USING (identity)
WHERE f.kind IN ('left', 'unlisted') AND i.role = 'member' AND f.local_day BETWEEN $first AND $last
  AND f.month BETWEEN $from_month AND $to_month
QUALIFY f.kind = 'left' OR count(*) FILTER (f.kind = 'left') OVER (PARTITION BY f.identity, f.community, f.local_day) = 0
  AND row_number() OVER (PARTITION BY f.identity, f.community, f.local_day ORDER BY f.occurred_at, f.fact_id) = 1
"""

# Input -> what is there of it.
_KNOWN = {
    "chats": "SELECT 1 FROM visits LIMIT 1",
    "joins": "SELECT 1 FROM visits WHERE joins + leaves > 0 LIMIT 1",
}

_STORY = """
CREATE TEMP TABLE story AS
WITH came AS (
  SELECT g.id, max(f.local_day) AS day
  FROM gone g JOIN facts f ON f.identity = g.identity AND f.community = g.community AND f.occurred_at <= g.occurred_at
  WHERE f.kind = 'joined' OR f.kind = 'listed' AND coalesce(f.quantity, 1) = 1 GROUP BY g.id
), spoke AS (
  SELECT g.id, max(v.day) AS day
  FROM gone g JOIN visits v ON v.identity = g.identity AND v.community = g.community AND v.day <= g.day
  WHERE v.messages + v.actions > 0 GROUP BY g.id
), unheard AS (
  SELECT g.id FROM gone g JOIN came c USING (id) JOIN first_words w ON w.member = g.member AND w.day BETWEEN c.day AND g.day
  WHERE w.seconds IS NULL
)
SELECT g.*, g.day - c.day + 1 AS tenure, g.day - s.day AS silence, u.id IS NOT NULL AS unheard
FROM gone g LEFT JOIN came c USING (id) LEFT JOIN spoke s USING (id) LEFT JOIN unheard u USING (id)
"""

_SUMS = """
SELECT count(*), count(*) FILTER (removed), count(*) FILTER (tenure <= $new),
  count(*) FILTER (tenure <= $new AND silence IS NULL), count(*) FILTER (tenure <= $new AND unheard) FROM story
"""

_TENURES = """
SELECT CASE WHEN tenure IS NULL THEN 'unknown' WHEN tenure <= 1 THEN '1' WHEN tenure <= 7 THEN '7' WHEN tenure <= 30 THEN '30'
  WHEN tenure <= 90 THEN '90' ELSE 'later' END, count(*) FROM story GROUP BY 1
"""

_SILENCES = """
SELECT CASE WHEN silence IS NULL THEN 'never' WHEN silence <= 0 THEN '0' WHEN silence <= 7 THEN '7' WHEN silence <= 30 THEN '30'
  ELSE 'later' END, count(*) FROM story GROUP BY 1
"""

_DAYS = """
SELECT d.day, count(g.id) FROM (SELECT unnest(generate_series($first::DATE, $last::DATE, INTERVAL 1 DAY))::DATE AS day) d
LEFT JOIN gone g USING (day) GROUP BY d.day ORDER BY d.day
"""

_HOURS = "SELECT isodow(day), hour, count(*) FROM gone GROUP BY ALL ORDER BY ALL"

_ADVERTISING = """
WITH talk AS (
  SELECT community, day, sum(messages) AS messages, sum(promotions) AS promotions
  FROM visits SEMI JOIN gone USING (community) WHERE day BETWEEN $first::DATE - 1 AND $last GROUP BY community, day
), before AS (
  SELECT g.id, g.community, sum(t.promotions) / sum(t.messages) AS share
  FROM gone g JOIN talk t ON t.community = g.community AND t.day BETWEEN g.day - 1 AND g.day GROUP BY g.id, g.community
  HAVING sum(t.messages) > 0
), usual AS (
  SELECT community, sum(promotions) / sum(messages) AS share FROM talk WHERE day BETWEEN $first AND $last
  GROUP BY community HAVING sum(messages) > 0
)
SELECT avg(b.share), avg(u.share), count(*) FROM before b JOIN usual u USING (community)
"""

# The last three messages: the reason often stands before the goodbye.
_WORDS = """
SELECT g.id, array_to_string(list(f.text ORDER BY f.occurred_at, f.fact_id)[-3:], chr(10)) AS text
FROM gone g JOIN facts f ON f.identity = g.identity AND f.community = g.community AND f.local_day BETWEEN g.day - 1 AND g.day
  AND f.occurred_at <= g.occurred_at AND f.occurred_at >= g.occurred_at - INTERVAL 1 DAY
WHERE f.kind = 'message' AND f.subject IN ('text', '') AND NOT g.removed GROUP BY g.id
"""

_WORDS_OF_EACH = f"SELECT coalesce(w.text, '') FROM gone g LEFT JOIN ({_WORDS}) w USING (id) WHERE NOT g.removed"

_QUOTED = f"""
SELECT g.member, g.community, g.occurred_at AS at, w.text FROM gone g JOIN ({_WORDS}) w USING (id)
ORDER BY g.occurred_at DESC, g.id DESC LIMIT $most
"""
