"""Evidence: what changed in single communities between their good time and now; the ground that causes stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Windows:
    """The days compared in one community, all included: before the decline, and since."""

    community: int
    before: tuple[date, date]
    now: tuple[date, date]


@dataclass(frozen=True, slots=True)
class Part:
    """What was seen in one of the two windows.

    `days` is its length; `messages` are everybody's, `said` ordinary members', `staff` the staff's, `promotions` anybody's offers.
    Of the people: `speakers` spoke, `regulars` on at least two days a week, who wrote `by_regulars` messages. Of the `newcomers`
    (came in the window), `greeted_words` spoke within a week and `lost` were gone again within two weeks or by its end.
    """

    days: int = 0
    messages: int = 0
    said: int = 0
    staff: int = 0
    promotions: int = 0
    questions: int = 0
    answers: int = 0
    speakers: int = 0
    regulars: int = 0
    by_regulars: int = 0
    newcomers: int = 0
    greeted_words: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """The member (id) who wrote most before: `messages` of theirs then, `since` from the decline on, `last_day` of any word; `gone` if they left."""

    member: int = 0
    messages: int = 0
    since: int = 0
    last_day: date | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """What members write about, by two-character pieces: `likeness` (0 to 1) of now to before, `usual` of one half of before to the other.

    `texts` is how many messages were compared on the smaller side; None where there are too few.
    """

    likeness: float | None = None
    usual: float | None = None
    texts: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of that for one community; `members` are there at the end."""

    windows: Windows
    before: Part = Part()
    now: Part = Part()
    voice: Voice = Voice()
    talk: Talk = Talk()
    members: int = 0


def gather(connection: duckdb.DuckDBPyConnection, windows: Sequence[Windows]) -> dict[int, Evidence]:
    """The evidence of each community, over the tables that `daily.scoped` made; texts are read of these communities alone."""
    if not windows:
        return {}
    rows = [(each.community, *each.before, *each.now) for each in windows]
    names = ("community", "before_first", "before_last", "now_first", "now_last")
    kinds = (pa.int64(), *[pa.date32()] * 4)
    columns = zip(*rows, strict=True)
    given = pa.table({name: pa.array(each, kind) for name, kind, each in zip(names, kinds, columns, strict=True)})
    connection.register("windows", given)
    connection.execute(_PEOPLE)
    parts = {(id, now): Part(*rest) for id, now, *rest in connection.execute(_PARTS).fetchall()}
    voices = {id: Voice(*rest) for id, *rest in connection.execute(_VOICES).fetchall()}
    talks = _talks(connection)
    members: Mapping[int, int] = dict(connection.execute(_MEMBERS).fetchall())
    return {
        each.community: Evidence(
            each,
            parts.get((each.community, False), Part()),
            parts.get((each.community, True), Part()),
            voices.get(each.community, Voice()),
            talks.get(each.community, Talk()),
            members.get(each.community, 0),
        )
        for each in windows
    }


# Fewer texts tell chance, not what is talked about.
FEWEST_TEXTS = 15


def _talks(connection: duckdb.DuckDBPyConnection) -> dict[int, Talk]:
    found: dict[int, Talk] = {}
    for id, likeness, usual, texts in connection.execute(_DRIFT).fetchall():
        enough = texts >= FEWEST_TEXTS and likeness is not None and usual is not None
        found[id] = Talk(likeness, usual, texts) if enough else Talk(texts=texts)
    return found


def both(part: str, evidence: Evidence) -> tuple[Any, Any]:
    """A number before and now."""
    return getattr(evidence.before, part), getattr(evidence.now, part)


# One row for each person and window.
_PEOPLE = """
CREATE OR REPLACE TEMP TABLE window_people AS
SELECT community, now, member, ordinary, sum(messages) AS messages, sum(promotions) AS promotions, sum(questions) AS questions,
  sum(answers) AS answers, count(*) FILTER (messages > 0) AS days
FROM (
  SELECT w.community, t.day >= w.now_first AS now, t.day, t.member, t.ordinary, sum(t.messages) AS messages,
    sum(t.promotions) AS promotions, sum(t.questions) AS questions, sum(t.answers) AS answers
  FROM traces t JOIN windows w ON t.community = w.community
    AND (t.day BETWEEN w.before_first AND w.before_last OR t.day BETWEEN w.now_first AND w.now_last)
  GROUP BY ALL
) GROUP BY ALL
"""

_PARTS = """
WITH lengths AS (
  SELECT community, false AS now, before_last - before_first + 1 AS days FROM windows
  UNION ALL SELECT community, true, now_last - now_first + 1 FROM windows
), arrivals AS (
  SELECT t.community, w.now_first, w.now_last, t.member, min(t.day) AS came,
    min(t.day) FILTER (t.messages + t.actions > 0) AS spoke, max(t.day) FILTER (t.gone_at IS NOT NULL) AS gone,
    w.before_first, w.before_last
  FROM traces t JOIN windows w USING (community) WHERE t.ordinary AND t.day <= w.now_last GROUP BY ALL
), newcomers AS (
  SELECT community, came >= now_first AS now, count(*) AS came, count(*) FILTER (spoke <= a.came + 7) AS spoke,
    count(*) FILTER (gone <= a.came + 14) AS lost
  FROM arrivals a WHERE a.came BETWEEN before_first AND before_last OR a.came BETWEEN now_first AND now_last GROUP BY ALL
)
SELECT l.community, l.now, l.days::INTEGER, coalesce(sum(p.messages), 0)::BIGINT,
  coalesce(sum(p.messages) FILTER (ordinary), 0)::BIGINT, coalesce(sum(p.messages) FILTER (NOT ordinary), 0)::BIGINT,
  coalesce(sum(p.promotions), 0)::BIGINT, coalesce(sum(p.questions), 0)::BIGINT, coalesce(sum(p.answers), 0)::BIGINT,
  count(*) FILTER (ordinary AND p.days > 0), count(*) FILTER (ordinary AND p.days * 7 >= 2 * l.days AND p.days > 1),
  coalesce(sum(p.messages) FILTER (ordinary AND p.days * 7 >= 2 * l.days AND p.days > 1), 0)::BIGINT,
  coalesce(any_value(n.came), 0), coalesce(any_value(n.spoke), 0), coalesce(any_value(n.lost), 0)
FROM lengths l LEFT JOIN window_people p USING (community, now) LEFT JOIN newcomers n USING (community, now)
GROUP BY l.community, l.now, l.days
"""

_VOICES = """
WITH firsts AS (
  SELECT community, member, messages FROM window_people WHERE ordinary AND NOT now AND messages > 0
  QUALIFY row_number() OVER (PARTITION BY community ORDER BY messages DESC, member) = 1
)
SELECT f.community, f.member, f.messages::BIGINT, coalesce(sum(t.messages) FILTER (t.day >= w.now_first), 0)::BIGINT,
  max(t.day) FILTER (t.messages + t.actions > 0), coalesce(max(t.gone_at) >= max(t.last_at), false)
FROM firsts f JOIN windows w USING (community) JOIN traces t ON t.community = f.community AND t.member = f.member AND t.day <= w.now_last
GROUP BY f.community, f.member, f.messages
"""

_MEMBERS = """
SELECT community, count(*) FILTER (NOT gone) FROM (
  SELECT t.community, t.member, bool_and(gone) AS gone FROM (
    SELECT t.community, t.member, t.identity, coalesce(max(t.gone_at) >= max(t.last_at), false) AS gone
    FROM traces t JOIN windows w USING (community) WHERE t.ordinary AND t.day <= w.now_last GROUP BY ALL
  ) t GROUP BY ALL
) GROUP BY community
"""

# Of each window and half the same number of texts, chosen by their ids: likeness grows with the size of what is compared.
_DRIFT = """
WITH texts AS (
  SELECT w.community, CASE WHEN f.local_day >= w.now_first THEN 2 ELSE hash(f.fact_id) % 2 END AS part, f.text, f.fact_id
  FROM facts f JOIN windows w ON f.community = w.community
    AND (f.local_day BETWEEN w.before_first AND w.before_last OR f.local_day BETWEEN w.now_first AND w.now_last)
  JOIN identities i ON i.identity = f.identity AND i.role = 'member'
  WHERE f.kind = 'message' AND f.subject IN ('text', '') AND length(f.text) >= 4
), sizes AS (
  SELECT community, least(400, min(n)) AS size FROM (
    SELECT w.community, p.part, count(t.fact_id) AS n FROM windows w CROSS JOIN range(3) p(part)
    LEFT JOIN texts t ON t.community = w.community AND t.part = p.part GROUP BY ALL
  ) GROUP BY community
), chosen AS (
  SELECT t.community, t.part, t.text FROM texts t JOIN sizes s USING (community)
  QUALIFY row_number() OVER (PARTITION BY t.community, t.part ORDER BY hash(t.fact_id)) <= s.size
), pieces AS (
  SELECT community, part, piece, sqrt(count(*)) AS weight
  FROM (SELECT community, part, lower(substr(text, i.number::INTEGER, 2)) AS piece FROM chosen, range(1, length(text)) i(number))
  WHERE regexp_matches(piece, '^[\\p{L}\\p{N}]{2}$') GROUP BY ALL
), norms AS (SELECT community, part, sqrt(sum(weight * weight)) AS norm FROM pieces GROUP BY ALL),
products AS (
  SELECT a.community, a.part, b.part AS other, sum(a.weight * b.weight) AS product
  FROM pieces a JOIN pieces b ON a.community = b.community AND a.piece = b.piece AND a.part < b.part GROUP BY ALL
), likes AS (
  SELECT p.community, p.part, p.other, p.product / (x.norm * y.norm) AS likeness
  FROM products p JOIN norms x ON x.community = p.community AND x.part = p.part
  JOIN norms y ON y.community = p.community AND y.part = p.other
)
SELECT s.community, avg(likeness) FILTER (other = 2), max(likeness) FILTER (other = 1), s.size::BIGINT
FROM sizes s LEFT JOIN likes l USING (community) GROUP BY s.community, s.size
"""
