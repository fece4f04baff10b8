"""Busywork (method.md O5): messages of operators that a machine could send, and those that nobody need send.

A text repeats when its sender puts it into COMMUNITIES_A_DAY communities on one day, or into one community on DAYS_IN_ONE days; texts
count as one where they differ only in numbers, blanks and capitals. Whatever is shorter than SHORTEST is a word of talk and repeats of
it are none. Of the repeats those went unheard after which no ordinary member spoke within UNHEARD_MINUTES; who spoke at the very moment
counts as having heard, and what lies less than that before the last record of the community is not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb

from qunyu.events.lake import speech
from qunyu.events.lake.store import Lake
from qunyu.insights.effort import opened
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.insights.sittings import minutes_altogether
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

COMMUNITIES_A_DAY = 3
DAYS_IN_ONE = 3
SHORTEST = 6
UNHEARD_MINUTES = 30
EXAMPLES = 10

DEFINITION = Words(
    f"“重复”：同一个人把同一段话（只差数字、空格和大小写的算同一段，不少于 {SHORTEST} 个字）在一天内发到至少 {COMMUNITIES_A_DAY} 个群，"
    f"或在一个群里至少 {DAYS_IN_ONE} 天都发：机器可以代劳。其中发出后 {UNHEARD_MINUTES} 分钟内没有任何普通成员说话的：没有人需要做。"
    "没有人说话不等于没有人看、没有人买，停发之前先看订单。",
    f"Repeats: the same person puts the same text (differing at most in numbers, blanks and capitals; {SHORTEST} characters or more) into at least "
    f"{COMMUNITIES_A_DAY} communities on one day, or into one community on at least {DAYS_IN_ONE} days: a machine can do it. Those after which no ordinary "
    f"member said anything within {UNHEARD_MINUTES} minutes: nobody need do it. "
    "That nobody spoke does not say that nobody read or bought: look at the orders before you stop.",
)
BASIS = Words(
    "可省下的分钟：在群时间的估计，减去拿掉这些消息之后剩下的估计；只算写在群里的时间，不算准备和转发。",
    "The minutes freed are the estimate of time in chat less what it would be without these messages; only time in the chat, not that of preparing them.",
)


@dataclass(frozen=True, slots=True)
class Busy:
    """Of one account: `messages` in all, of these `repeats`, of these `unheard`; and the minutes in chat they stand for.

    `minutes` is the whole time in chat; `repeat_minutes` and `unheard_minutes` what of it would be freed without them.
    """

    messages: int
    repeats: int
    unheard: int
    minutes: float
    repeat_minutes: float
    unheard_minutes: float


@dataclass(frozen=True)
class Busywork:
    """`of` each account that said anything; `places` counts (repeats, unheard) by (account, community).

    `days` are (messages, repeats, unheard) by account and day, where anything was said.
    """

    as_of: date
    of: Mapping[int, Busy] = field(default_factory=dict)
    places: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    days: Mapping[int, Mapping[date, tuple[int, int, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A text as it was first said, how often, in how many communities and on how many days, and how often nobody spoke after it."""

    text: str
    times: int
    communities: int
    days: int
    unheard: int
    last_at: datetime


_KEPT: Remembered[Busywork | None] = Remembered()
_TEXTS: Remembered[tuple[Repeated, ...]] = Remembered()


def busywork(lake: Lake, scope: Scope, first: date, last: date, who: Mapping[int, int]) -> Busywork | None:
    """The busywork of the accounts of `who` (member -> account) in the communities of `scope`; None without any data.

    Raises DomainError bad_period.
    """
    question = Question("all", first=first, last=last)
    key = ("busywork", question, frozenset(who.items()))
    return _KEPT.get(lake, scope, key, lambda: _busywork(lake, scope, question, who))


def repeated_texts(lake: Lake, scope: Scope, first: date, last: date, who: Mapping[int, int]) -> tuple[Repeated, ...]:
    """The EXAMPLES texts repeated most often, as far as they repeat in communities whose members `scope` may see.

    Raises Denied where it may see none at all; DomainError bad_period.
    """
    scope.require("members.view")
    narrow = scope.within("members.view")
    question = Question("all", first=first, last=last)
    key = ("texts", question, frozenset(who.items()))
    return _TEXTS.get(lake, narrow, key, lambda: _repeated_texts(lake, narrow, question, who))


def _busywork(lake: Lake, scope: Scope, question: Question, who: Mapping[int, int]) -> Busywork | None:
    with lake.connect() as connection:
        as_of = opened(connection, scope, question, who)
        if as_of is None:
            return None
        _judge(connection)
        return Busywork(as_of, _altogether(connection), _places(connection), _days(connection))


def _altogether(connection: duckdb.DuckDBPyConnection) -> dict[int, Busy]:
    whole, kept, heard = (
        dict(connection.execute(minutes_altogether(f"FROM judged WHERE {those}")).fetchall())
        for those in ("true", "NOT busy", "NOT unheard")
    )
    return {
        who: Busy(said, busy, unheard, whole[who], whole[who] - kept.get(who, 0.0), whole[who] - heard.get(who, 0.0))
        for who, said, busy, unheard in connection.execute(_COUNTS).fetchall()
    }


def _places(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], tuple[int, int]]:
    return {(who, where): (busy, unheard) for who, where, busy, unheard in connection.execute(_PLACES).fetchall()}


def _days(connection: duckdb.DuckDBPyConnection) -> dict[int, dict[date, tuple[int, int, int]]]:
    found: dict[int, dict[date, tuple[int, int, int]]] = {}
    for who, day, said, busy, unheard in connection.execute(_DAYS).fetchall():
        found.setdefault(who, {})[day] = (said, busy, unheard)
    return found


def _repeated_texts(lake: Lake, scope: Scope, question: Question, who: Mapping[int, int]) -> tuple[Repeated, ...]:
    with lake.connect() as connection:
        if opened(connection, scope, question, who) is None:
            return ()
        _judge(connection, "text")
        # Through Arrow: DuckDB's own rows would need pytz for a time with a zone.
        rows = connection.sql(_TEXTS_SQL, params={"most": EXAMPLES}).to_arrow_table().to_pylist()
        return tuple(Repeated(**row) for row in rows)


def _judge(connection: duckdb.DuckDBPyConnection, text: str = "NULL") -> None:
    """Makes the table `judged`: what was said, with `same` (what texts have in common), `busy`, `unheard` and the column `text`."""
    connection.execute(_REPEATS.replace("<text>", text))
    connection.execute(_OTHERS)
    connection.execute(_JUDGED)


_SAME = "trim(regexp_replace(regexp_replace(lower(text), '[0-9０-９]+', '#', 'g'), '\\s+', ' ', 'g'))"

# Texts are compared by a hash of 64 bits: of ten million the chance that any two meet is one in a million, and it takes a tenth of the room.
_REPEATS = f"""
CREATE TEMP TABLE worded AS
SELECT row_number() OVER () AS id, staff, community, day, at_us, CASE WHEN subject IN ('text', '', 'link', 'mini_program')
  AND length(trim(text)) >= {SHORTEST} AND NOT regexp_matches(text, '{speech.WORDLESS}') THEN hash({_SAME}) END AS same, <text> AS text
FROM said;
CREATE TEMP TABLE repeats AS
WITH broad AS (SELECT staff, same, day FROM worded WHERE same IS NOT NULL GROUP BY ALL HAVING count(DISTINCT community) >= {COMMUNITIES_A_DAY}),
daily AS (SELECT staff, same, community FROM worded WHERE same IS NOT NULL GROUP BY ALL HAVING count(DISTINCT day) >= {DAYS_IN_ONE}),
marked AS (
  SELECT id FROM worded SEMI JOIN broad USING (staff, same, day) UNION SELECT id FROM worded SEMI JOIN daily USING (staff, same, community)
)
SELECT id, community, day, at_us FROM worded SEMI JOIN marked USING (id)
"""

# What others said in those communities, without their words; the day after the last counts, too.
_OTHERS = """
CREATE TEMP TABLE others AS
SELECT f.community, epoch_us(f.occurred_at) AS at_us
FROM facts f SEMI JOIN repeats USING (community) JOIN identities i USING (identity) ANTI JOIN mine USING (identity)
WHERE f.kind = 'message' AND i.role = 'member'
  AND f.local_day BETWEEN (SELECT min(day) FROM repeats) AND (SELECT max(day) + 1 FROM repeats)
  AND f.month BETWEEN (SELECT strftime(min(day), '%Y-%m') FROM repeats) AND (SELECT strftime(max(day) + 1, '%Y-%m') FROM repeats)
"""

_JUDGED = f"""
CREATE TEMP TABLE judged AS
WITH ends AS (SELECT community, epoch_us(max(last_at)) AS end_us FROM traces GROUP BY community),
next AS (
  SELECT r.id, r.at_us, o.at_us AS next_us, e.end_us
  FROM repeats r ASOF LEFT JOIN others o ON o.community = r.community AND o.at_us >= r.at_us LEFT JOIN ends e ON e.community = r.community
)
SELECT w.*, n.id IS NOT NULL AS busy, coalesce(n.at_us + {UNHEARD_MINUTES * 60_000_000} <= n.end_us
  AND (n.next_us IS NULL OR n.next_us > n.at_us + {UNHEARD_MINUTES * 60_000_000}), false) AS unheard
FROM worded w LEFT JOIN next n USING (id)
"""

_PLACES = """
SELECT staff, community, count(*) FILTER (busy), count(*) FILTER (unheard) FROM judged GROUP BY ALL HAVING count(*) FILTER (busy) > 0
"""

_COUNTS = "SELECT staff, count(*), count(*) FILTER (busy), count(*) FILTER (unheard) FROM judged GROUP BY 1"

_DAYS = "SELECT staff, day, count(*), count(*) FILTER (busy), count(*) FILTER (unheard) FROM judged GROUP BY ALL ORDER BY ALL"

_TEXTS_SQL = """
SELECT arg_min(text, (at_us, id)) AS text, count(*) AS times, count(DISTINCT community) AS communities, count(DISTINCT day) AS days,
  count(*) FILTER (unheard) AS unheard, to_timestamp(max(at_us) / 1000000) AS last_at
FROM judged WHERE busy GROUP BY staff, same ORDER BY times DESC, last_at DESC, text LIMIT $most
"""
