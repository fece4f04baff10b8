"""Effort: what operators did in the chats, by the people of the chats that are linked with their accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.daily import scoped
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.insights.sittings import minutes_altogether, minutes_by_community
from qunyu.kernel.scope import Scope

# Words that greet somebody who came; said within GREETED_WITHIN minutes after the coming, they greet.
GREETING = "欢迎|welcome|新朋友|新伙伴|新同学|新同事"
GREETED_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Doing:
    """What an account did in a community: `answers` are questions answered first, `days` those with a message.

    `greeted` of the `came` ordinary members who were seen coming in were greeted by this account; None where nobody was seen coming.
    """

    messages: int = 0
    days: int = 0
    answers: int = 0
    promotions: int = 0
    minutes: float = 0.0
    sittings: int = 0
    greeted: int | None = None
    came: int = 0


@dataclass(frozen=True)
class Effort:
    """`doings` by (account, community), where there is anything; `minutes` of each account altogether; `as_of` the last day of data.

    `recorded` are the communities of which anything is recorded on the days asked: of the others it is not known what anybody did.
    """

    as_of: date
    doings: Mapping[tuple[int, int], Doing] = field(default_factory=dict)
    minutes: Mapping[int, float] = field(default_factory=dict)
    recorded: frozenset[int] = frozenset()


_KEPT: Remembered[Effort | None] = Remembered()


def effort(lake: Lake, scope: Scope, first: date, last: date, who: Mapping[int, int]) -> Effort | None:
    """What the accounts of `who` (member -> account) did from `first` to `last` in the communities of `scope`; None without any data.

    Raises DomainError bad_period.
    """
    question = Question("all", first=first, last=last)
    key = ("effort", question, frozenset(who.items()))
    return _KEPT.get(lake, scope, key, lambda: _effort(lake, scope, question, who))


def _effort(lake: Lake, scope: Scope, question: Question, who: Mapping[int, int]) -> Effort | None:
    with lake.connect() as connection:
        as_of = opened(connection, scope, question, who)
        if as_of is None:
            return None
        altogether = dict(connection.execute(minutes_altogether("FROM said")).fetchall())
        recorded = frozenset(place for (place,) in connection.execute(_RECORDED).fetchall())
        return Effort(as_of, _doings(connection), altogether, recorded)


def opened(
    connection: duckdb.DuckDBPyConnection, scope: Scope, question: Question, who: Mapping[int, int]
) -> date | None:
    """Makes the tables `asked` (the days), `mine` (identity, staff) and `said` (their messages); the last day of data, None without any."""
    scoped(connection, scope, question.communities)
    ((as_of,),) = connection.execute("SELECT max(day) FROM traces").fetchall()
    if as_of is None:
        return None
    given = pa.table({"member": pa.array(who, pa.int64()), "staff": pa.array(who.values(), pa.int64())})
    connection.register("who", given)
    connection.execute(
        "CREATE TEMP TABLE mine AS SELECT i.identity, w.staff FROM who w JOIN identities i USING (member)"
    )
    days = {"first": question.first or date.min, "last": question.last or date.max}
    connection.execute(_ASKED, days | {"from_month": f"{days['first']:%Y-%m}", "to_month": f"{days['last']:%Y-%m}"})
    connection.execute(_SAID)
    return as_of  # type: ignore[no-any-return]


def _doings(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], Doing]:
    connection.execute(_CAME)
    came = dict(connection.execute("SELECT community, count(*) FROM came GROUP BY 1").fetchall())
    spent = {
        (who, where): told for who, where, *told in connection.execute(minutes_by_community("FROM said")).fetchall()
    }
    greeted = {(who, where): count for who, where, count in connection.execute(_GREETED).fetchall()}
    found = {}
    for who, where, messages, days, answers, sold in connection.execute(_DONE).fetchall():
        minutes, sat = spent.get((who, where), (0.0, 0))
        known = greeted.get((who, where), 0) if where in came else None
        found[who, where] = Doing(messages, days, answers, sold, minutes, sat, known, came.get(where, 0))
    return found


_ASKED = """
CREATE TEMP TABLE asked AS SELECT $first::DATE AS first, $last::DATE AS last, $from_month AS from_month, $to_month AS to_month
"""

# What the days and months bound lets the engine pass over the files of other months.
WITHIN = (
    "f.local_day BETWEEN (SELECT first FROM asked) AND (SELECT last FROM asked) "
    "AND f.month BETWEEN (SELECT from_month FROM asked) AND (SELECT to_month FROM asked)"
)

_RECORDED = f"SELECT DISTINCT f.community FROM activity f SEMI JOIN keyed USING (community) WHERE {WITHIN}"

_SAID = f"""
CREATE TEMP TABLE said AS
SELECT m.staff, f.community, f.local_day AS day, epoch_us(f.occurred_at) AS at_us, f.subject, f.text
FROM facts f SEMI JOIN keyed USING (community) JOIN mine m USING (identity) WHERE f.kind = 'message' AND {WITHIN}
"""

_DONE = f"""
SELECT m.staff, f.community, sum(f.messages)::BIGINT, count(DISTINCT f.local_day) FILTER (f.messages > 0),
  sum(f.answers)::BIGINT, sum(f.promotions)::BIGINT
FROM activity f SEMI JOIN keyed USING (community) JOIN mine m USING (identity) WHERE {WITHIN}
GROUP BY ALL HAVING sum(f.messages) > 0
"""

_CAME = f"""
CREATE TEMP TABLE came AS
SELECT f.community, f.fact_id, epoch_us(f.occurred_at) AS at_us
FROM facts f SEMI JOIN keyed USING (community) JOIN identities i USING (identity)
WHERE f.kind = 'joined' AND i.role = 'member' AND {WITHIN}
"""

_GREETED = f"""
SELECT s.staff, c.community, count(DISTINCT c.fact_id)
FROM came c JOIN said s ON s.community = c.community AND s.at_us BETWEEN c.at_us AND c.at_us + {GREETED_WITHIN * 60_000_000}
WHERE s.subject IN ('text', '') AND regexp_matches(lower(s.text), '{GREETING}') GROUP BY ALL
"""
