"""Network: who speaks with whom in one community, and what hangs on single people.

A tie is told from the order of talk: somebody speaks within WITHIN minutes after somebody else, with nobody in between. It says who
talks where the other just did, and not that they answer each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.scope import Scope

WITHIN = 10
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Node:
    """One person: with how many others there are ties, how strong these are together, and which share of all strength they touch."""

    member: int
    role: str
    ties: int
    strength: int
    share: float


@dataclass(frozen=True, slots=True)
class Tie:
    """Two members (the smaller id first) and how often one spoke right after the other."""

    one: int
    other: int
    strength: int


@dataclass(frozen=True)
class Network:
    """Who is tied to whom from `first` to `last`.

    `people` spoke; `tied` of them have a tie. `density` is ties ÷ possible ties, None with fewer than two people. `top_one` and
    `top_three` are the shares of all strength that touch the strongest one or three; None without ties. Without the strongest person
    `alone` others would have no tie left. `nodes` are the SHOWN strongest, `strongest` the ties among them.
    """

    first: date
    last: date
    as_of: date
    messages: int
    people: int
    tied: int
    ties: int
    strength: int
    density: float | None
    top_one: float | None
    top_three: float | None
    alone: int
    nodes: tuple[Node, ...]
    strongest: tuple[Tie, ...]


_KEPT: Remembered[Network | None] = Remembered()


def network(lake: Lake, scope: Scope, first: date, last: date, community: int) -> Network | None:
    """The network of one community from `first` to `last`; None when `scope` may not see it or nothing is known of it.

    Raises DomainError bad_period.
    """
    question = Question("all", "none", first, last, frozenset({community}))
    return _KEPT.get(lake, scope, question, lambda: _network(lake, scope, question, first, last))


def _network(lake: Lake, scope: Scope, question: Question, first: date, last: date) -> Network | None:
    with lake.connect() as connection:
        asked = Asked(connection, scope, Question("all", communities=question.communities))
        if not asked.open():
            return None
        months = {"from_month": f"{first:%Y-%m}", "to_month": f"{last:%Y-%m}"}
        connection.execute(_TURNS, {"first": first, "last": last, **months})
        roles = dict(connection.execute("SELECT member, any_value(role) FROM turns GROUP BY member").fetchall())
        messages = connection.execute("SELECT count(*) FROM turns").fetchall()[0][0]
        ties = [Tie(*row) for row in connection.execute(_TIES).fetchall()]
    return _measured(first, last, asked.last, messages, roles, ties)


def _measured(
    first: date, last: date, as_of: date, messages: int, roles: Mapping[int, str], ties: list[Tie]
) -> Network:
    total = sum(tie.strength for tie in ties)
    nodes = _nodes(roles, ties, total)
    possible = len(roles) * (len(roles) - 1) // 2
    top = [node.member for node in nodes]
    still_tied = {member for tie in ties if not {tie.one, tie.other} & set(top[:1]) for member in (tie.one, tie.other)}
    shown = frozenset(top[:SHOWN])
    return Network(
        first, last, as_of, messages, len(roles), len(nodes), len(ties), total,
        len(ties) / possible if possible else None,
        _through(ties, top[:1], total),
        _through(ties, top[:3], total),
        len(set(top[1:]) - still_tied),
        tuple(nodes[:SHOWN]),
        tuple(tie for tie in ties if tie.one in shown and tie.other in shown),
    )  # fmt: skip


def _nodes(roles: Mapping[int, str], ties: Iterable[Tie], total: int) -> list[Node]:
    """Everybody who has a tie, the strongest first."""
    counts: Counter[int] = Counter()
    strength: Counter[int] = Counter()
    for tie in ties:
        for member in (tie.one, tie.other):
            counts[member] += 1
            strength[member] += tie.strength
    found = [Node(each, roles[each], counts[each], strength[each], strength[each] / total) for each in counts]
    return sorted(found, key=lambda node: (-node.strength, -node.ties, node.member))


def _through(ties: Iterable[Tie], top: list[int], total: int) -> float | None:
    """The share of all strength in ties of at least one of `top`."""
    touched = sum(tie.strength for tie in ties if {tie.one, tie.other} & set(top))
    return touched / total if total else None


_TURNS = f"""
CREATE TEMP TABLE turns AS
SELECT i.member, i.role::VARCHAR AS role, lag(i.member) OVER talk AS before,
  epoch_us(f.occurred_at) - epoch_us(lag(f.occurred_at) OVER talk) <= {WITHIN} * 60000000 AS soon
FROM facts f SEMI JOIN keyed USING (community) JOIN identities i USING (identity)
WHERE f.kind = 'message' AND i.role NOT IN ('bot', 'atmosphere') AND f.local_day BETWEEN $first AND $last
  AND f.month BETWEEN $from_month AND $to_month
WINDOW talk AS (ORDER BY f.occurred_at, f.fact_id)
"""

_TIES = """
SELECT least(member, before), greatest(member, before), count(*) FROM turns WHERE soon AND before <> member GROUP BY ALL ORDER BY 3 DESC, 1, 2
"""
