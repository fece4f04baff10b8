"""Expertise: who wrote about a topic, and who answered when others asked about it.

A message is about the topic when it holds enough of its terms. An answer is what somebody else says after a question about the topic:
a reply to it where the platform tells, or real words (no question) of one of the first FIRST people within WITHIN minutes. That somebody
spoke then does not say that it was of use; where the asker thanked within THANKED minutes, that is counted. Of the questions the latest
MOST_QUESTIONS are followed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pyarrow as pa

from qunyu.events.lake import speech
from qunyu.events.lake.store import Lake, quoted
from qunyu.insights.identities import make_identities
from qunyu.insights.providers import dimension
from qunyu.insights.remembered import Remembered
from qunyu.insights.topic import Topic, condition
from qunyu.kernel.scope import Scope

WITHIN, FIRST, THANKED = 15, 3, 30
MOST_QUESTIONS = 2_000
# Of a broad topic the latest months tell enough: no more are read once so many messages are about it.
ENOUGH = 300_000
CANDIDATES, QUOTES = 100, 2


@dataclass(frozen=True, slots=True)
class Quote:
    """Something somebody said about the topic: in which community, when, and whether it answered a question."""

    at: datetime
    community: int
    text: str
    answer: bool


@dataclass(frozen=True, slots=True)
class Spoke:
    """What one member said: `messages` about the topic that are no questions, `answers` to how many questions about it, `thanked` after how many.

    `last_at` is the latest of either, `communities` where it was, the most first; `quotes` the latest QUOTES answers and the
    latest QUOTES messages.
    """

    member: int
    role: str
    messages: int
    answers: int
    thanked: int
    last_at: datetime
    communities: tuple[int, ...]
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Expertise:
    """Who spoke about it, the most telling first; of how many messages read, how many were about it, and how many of these asked.

    `since` is the first day that was read (None: none was), later than asked where ENOUGH was said since; `followed` is how many of
    the questions answers were looked for; `people` how many spoke, of whom at most CANDIDATES are told.
    """

    messages: int = 0
    about: int = 0
    questions: int = 0
    followed: int = 0
    people: int = 0
    since: date | None = None
    found: tuple[Spoke, ...] = field(default=())


_KEPT: Remembered[Expertise] = Remembered()


def expertise(
    lake: Lake, scope: Scope, topic: Topic, first: date, last: date, communities: Collection[int] | None = None
) -> Expertise:
    """Who spoke about `topic` from `first` to `last`, in `communities` (ids; None: all) whose members `scope` may see.

    Bots and the atmosphere team are left out. Raises Denied.
    """
    scope.require("members.view")
    narrow = scope.within("members.view")
    asked = (topic, first, last, None if communities is None else frozenset(communities))
    return _KEPT.get(lake, narrow, asked, lambda: _expertise(lake, narrow, topic, (first, last), asked[3]))


def _expertise(
    lake: Lake, scope: Scope, topic: Topic, days: tuple[date, date], only: Collection[int] | None
) -> Expertise:
    rows = dimension("communities", scope).column("community").to_pylist()
    places = [each for each in rows if only is None or each in only]
    months = [each for each in lake.months("facts") if f"{days[0]:%Y-%m}" <= each <= f"{days[1]:%Y-%m}"]
    if not places or not months:
        return Expertise()
    with lake.connect() as connection:
        make_identities(connection, scope)
        connection.register("places_given", pa.table({"community": pa.array(places, pa.int64())}))
        connection.execute("CREATE TEMP TABLE places AS FROM places_given")
        since = _read(connection, topic, days, months)
        for statement in (_ASKED, _AFTER, _ANSWERS, _THANKS, _PEOPLE):
            connection.execute(statement)
        read = connection.execute(_READ, {"first": since, "last": days[1]}).fetchall()[0][0]
        return _answer(connection, read, since)


def _read(connection: duckdb.DuckDBPyConnection, topic: Topic, days: tuple[date, date], months: list[str]) -> date:
    """Makes the table `about` of the latest months, of so many that ENOUGH is about the topic, and the view `said` of these; the first day."""
    sql, parameters = condition(topic)
    for number, month in enumerate(months):
        connection.execute(_SAID.format(months=quoted(month), first=days[0], last=days[1]))
        made = "INSERT INTO about" if number else "CREATE TEMP TABLE about AS"
        connection.execute(f"{made} {_ABOUT.replace('<about>', sql)}", parameters)
        found = connection.execute("SELECT count(*) FROM about").fetchall()[0][0]
        if found >= ENOUGH:
            months = months[: number + 1]
            break
    connection.execute(_SAID.format(months=", ".join(map(quoted, months)), first=days[0], last=days[1]))
    return max(days[0], date.fromisoformat(f"{months[-1]}-01"))


def _answer(connection: duckdb.DuckDBPyConnection, read: int, since: date) -> Expertise:
    (about, questions), (followed,), (people,) = (
        connection.execute(sql).fetchall()[0] for sql in (_COUNTS, _FOLLOWED, _HOW_MANY)
    )
    quotes = _quotes(connection)
    found = connection.sql(f"SELECT * FROM people ORDER BY {_ORDER} LIMIT {CANDIDATES}").to_arrow_table().to_pylist()
    told = tuple(
        Spoke(**{**row, "communities": tuple(row["communities"])}, quotes=tuple(quotes.get(row["member"], ())))
        for row in found
    )
    return Expertise(read, about, questions, followed, people, since, told)


def _quotes(connection: duckdb.DuckDBPyConnection) -> dict[int, list[Quote]]:
    connection.execute(_WANTED)
    days = ", ".join(f"DATE '{day}'" for (day,) in connection.execute(_DAYS).fetchall()) or "NULL"
    quotes: dict[int, list[Quote]] = {}
    # Through Arrow: DuckDB's own rows would need pytz for a time with a zone.
    for row in connection.sql(_QUOTES.format(days=days)).to_arrow_table().to_pylist():
        said = Quote(row["said_at"], row["community"], row["text"], row["answer"])
        quotes.setdefault(row["member"], []).append(said)
    return quotes


# Kept as a view: the engine then reads of each file what the query at hand is about.
_SAID = """
CREATE OR REPLACE TEMP VIEW said AS
SELECT f.community, i.member, i.role::VARCHAR AS role, f.local_day AS day, epoch_us(f.occurred_at) AS at_us, f.subject, f.text, f.external, f.meta
FROM facts f SEMI JOIN places USING (community) JOIN identities i USING (identity)
WHERE f.kind = 'message' AND f.subject IN ('text', '') AND f.month IN ({months}) AND f.local_day BETWEEN DATE '{first}' AND DATE '{last}'
  AND i.role NOT IN ('bot', 'atmosphere')
"""
# Without the words: of a broad topic there may be millions.
_ABOUT = f"""
SELECT * REPLACE (CASE WHEN asks THEN external END AS external) FROM (
  SELECT community, member, role, day, at_us, {speech.ASKS} AS asks, external FROM said WHERE <about>
)
"""
_ASKED = f"""
CREATE TEMP TABLE asked AS
SELECT row_number() OVER () AS question, * FROM (SELECT * FROM about WHERE asks ORDER BY at_us DESC LIMIT {MOST_QUESTIONS})
"""
# What others said in those communities on a question's day and the next.
_AFTER = f"""
CREATE TEMP TABLE after AS
WITH near AS (SELECT DISTINCT community, day + later::INTEGER AS day FROM asked, range(2) r(later)),
heard AS (
  SELECT s.community, s.member, s.role, s.day, s.at_us, {speech.CAN_ANSWER} AS answers,
    s.text IS NOT NULL AND regexp_matches(lower(s.text), '谢|thx|thank') AS thanks, nullif(json_extract_string(s.meta, '$.reply_to'), '') AS reply_to
  FROM said s SEMI JOIN near USING (community, day)
)
SELECT a.question, a.member AS asker, a.at_us AS asked_us, h.* EXCLUDE (reply_to), coalesce(h.reply_to = nullif(a.external, ''), false) AS replies
FROM asked a JOIN heard h ON h.community = a.community AND h.day BETWEEN a.day AND a.day + 1 AND h.at_us > a.at_us
WHERE h.at_us <= a.at_us + {(WITHIN + THANKED) * 60_000_000} OR h.reply_to = nullif(a.external, '')
"""
_ANSWERS = f"""
CREATE TEMP TABLE answers AS
WITH spoken AS (
  SELECT question, asker, community, member, any_value(role) AS role, arg_min(day, at_us) AS day, min(at_us) AS at_us, bool_or(replies) AS replies
  FROM after WHERE member <> asker AND (replies OR answers AND at_us <= asked_us + {WITHIN * 60_000_000}) GROUP BY ALL
)
SELECT * FROM spoken QUALIFY replies OR row_number() OVER (PARTITION BY question ORDER BY at_us, member) <= {FIRST}
"""
_THANKS = f"""
CREATE TEMP TABLE thanked AS
SELECT DISTINCT a.question, a.member FROM answers a
JOIN after t ON t.question = a.question AND t.member = a.asker AND t.thanks AND t.at_us > a.at_us
  AND t.at_us <= a.at_us + {THANKED * 60_000_000}
"""
_PEOPLE = """
CREATE TEMP TABLE people AS
WITH spoken AS (
  SELECT member, role, community, at_us, 1 AS messages, 0 AS answers FROM about WHERE NOT asks
  UNION ALL SELECT member, role, community, at_us, 0, 1 FROM answers
), there AS (
  SELECT member, any_value(role) AS role, community, sum(messages)::BIGINT AS messages, sum(answers)::BIGINT AS answers, max(at_us) AS last_us
  FROM spoken GROUP BY member, community
), thanks AS (SELECT member, count(*) AS thanked FROM thanked GROUP BY member)
SELECT member, any_value(role) AS role, sum(messages)::BIGINT AS messages, sum(answers)::BIGINT AS answers,
  coalesce(any_value(thanked), 0)::BIGINT AS thanked, to_timestamp(max(last_us) / 1000000) AS last_at,
  list(community ORDER BY messages + answers DESC, community) AS communities
FROM there LEFT JOIN thanks USING (member) GROUP BY member
"""
_ORDER = "3 * ln(1 + answers) + 2 * ln(1 + thanked) + ln(1 + messages) DESC, last_at DESC, member"
_COUNTS = "SELECT count(*), count(*) FILTER (asks) FROM about"
_FOLLOWED = "SELECT count(*) FROM asked"
_HOW_MANY = "SELECT count(*) FROM people"
# From the rollup: what the lake holds of it is not read twice.
_READ = """
SELECT coalesce(sum(a.messages), 0)::BIGINT FROM activity a SEMI JOIN places USING (community) JOIN identities i USING (identity)
WHERE i.role NOT IN ('bot', 'atmosphere') AND a.local_day BETWEEN $first AND $last
"""
_WANTED = f"""
CREATE TEMP TABLE wanted AS
WITH few AS (SELECT member FROM people ORDER BY {_ORDER} LIMIT {CANDIDATES}),
spoken AS (
  SELECT member, community, day, at_us, bool_or(answer) AS answer FROM (
    SELECT member, community, day, at_us, true AS answer FROM answers SEMI JOIN few USING (member)
    UNION ALL SELECT member, community, day, at_us, false FROM about SEMI JOIN few USING (member) WHERE NOT asks
  ) GROUP BY member, community, day, at_us
)
SELECT * FROM spoken QUALIFY row_number() OVER (PARTITION BY member, answer ORDER BY at_us DESC) <= {QUOTES}
"""
_DAYS = "SELECT DISTINCT day FROM wanted"
# The days stand in the text: the engine then skips the parts of files that hold none of them.
_QUOTES = """
SELECT w.member, w.community, to_timestamp(w.at_us / 1000000) AS said_at, w.answer, any_value(s.text) AS text
FROM said s JOIN wanted w USING (member, community, day, at_us) WHERE s.day IN ({days})
GROUP BY w.member, w.community, w.at_us, w.answer ORDER BY w.member, w.answer DESC, said_at DESC
"""
