"""Proposals: what to do with a community that fades or is dead: revive, merge or dissolve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pyarrow as pa

from qunyu.insights.cause import Likely
from qunyu.kernel.words import Words

Kind = Literal["revive", "merge", "dissolve"]
KINDS: dict[Kind, Words] = {
    "revive": Words("激活", "Revive"),
    "merge": Words("合并", "Merge"),
    "dissolve": Words("解散", "Dissolve"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do and why, with the first `step`; `into` is the community to merge with, 0 for none."""

    kind: Kind
    why: Words
    step: Words
    into: int = 0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A community that another could be merged into: how many of its members already sit there, and how many there are."""

    community: int
    shared: int
    members: int


@dataclass(frozen=True, slots=True)
class Patient:
    """What the choice is made by: `left` is today's level beside the earlier one, `silent` days since a member last spoke."""

    card: Mapping[str, Any]
    members: int
    left: float
    silent: int
    flash: bool = False


# Source: WeChat's and WeCom's limit of a group; other platforms hold more, which no merging of dying groups comes near.
ROOM = 500
# Below this hardly anybody is left to revive with; above it the cause can be treated.
REVIVABLE = 0.2
# Fewer are quicker asked one by one than merged or revived.
FEW = 3
STEP_MERGE = Words(
    "先在两群公告合并的日期和好处，邀请本群成员进入“{name}”，两周后关闭本群",
    "Announce the day and the gain in both, invite the members into “{name}”, close this one two weeks later",
)
STEP_DISSOLVE = Words(
    "公告解散日期，把想留下的人请进别的群或加上好友，当天由群主关群",
    "Announce the day, take those who want to stay into another group or as contacts, and have the owner close it then",
)


def propose(
    patient: Patient, causes: Sequence[Likely], neighbours: Sequence[Neighbour], cards: Mapping[int, Mapping[str, Any]]
) -> Proposal:
    """The proposal; `neighbours` are the communities in scope that are neither fading nor dead."""
    if patient.flash:
        return Proposal(
            "dissolve", Words("快闪群的活动已过，按计划收尾", "the action of a flash group is over"), STEP_DISSOLVE
        )
    if patient.left >= REVIVABLE and causes:
        why = Words(
            "还有原来 {a:.0%} 的活跃度，主因“{cause}”可以处理",
            "{a:.0%} of the earlier activity is still there, and the main cause, “{cause}”, can be treated",
        )
        cause = causes[0].cause
        filled = Words(
            why.zh.format(a=patient.left, cause=cause.title.zh), why.en.format(a=patient.left, cause=cause.title.en)
        )
        return Proposal("revive", filled, cause.step)
    best = max(neighbours, key=lambda each: (_fit(patient, each, cards), -each.community), default=None)
    if best is not None and patient.members >= FEW and _fit(patient, best, cards) >= 1:
        return _merge(patient, best, cards)
    if patient.left and causes and patient.members >= FEW:
        why = Words(
            "只剩原来 {a:.0%} 的活跃度，但还有 {n} 位成员，又没有合适的群可以并入；两周内不见起色就解散",
            "only {a:.0%} of the earlier activity is left, but {n} members are, and no other community fits; dissolve it if two weeks bring nothing",
        )
        return Proposal("revive", why.fill(a=patient.left, n=patient.members), causes[0].cause.step)
    why = Words(
        "普通成员已 {days} 天没有说话，还有 {n} 位成员，没有合适的群可以并入",
        "no ordinary member has spoken for {days} days, {n} members are left, and no other community fits",
    )
    return Proposal("dissolve", why.fill(n=patient.members, days=patient.silent), STEP_DISSOLVE)


def _merge(patient: Patient, best: Neighbour, cards: Mapping[int, Mapping[str, Any]]) -> Proposal:
    card = cards[best.community]
    alike = [name for name in ("theme", "type", "unit") if card[name] and card[name] == patient.card[name]]
    names = {"theme": Words("主题", "theme"), "type": Words("类型", "type"), "unit": Words("组织单位", "unit")}
    why = Words(
        "“{name}”里已有本群 {shared} 位成员（本群 {members} 人），{alike}还有 {room} 个空位",
        "{shared} of the {members} members already sit in “{name}”, {alike}with room for {room} more",
    )
    zh = f"同{'、'.join(names[each].zh for each in alike)}，" if alike else ""
    en = f"of the same {', '.join(names[each].en for each in alike)}, " if alike else ""
    given = {"shared": best.shared, "members": patient.members, "name": card["name"], "room": ROOM - best.members}
    filled = Words(why.zh.format(alike=zh, **given), why.en.format(alike=en, **given))
    return Proposal("merge", filled, STEP_MERGE.fill(name=card["name"]), best.community)


def _fit(patient: Patient, other: Neighbour, cards: Mapping[int, Mapping[str, Any]]) -> float:
    """How well they go together: shared members count most, then theme, type and unit; -1 on another platform or without room."""
    card, own = cards[other.community], patient.card
    if card["platform"] != own["platform"] or other.members + patient.members - other.shared > ROOM:
        return -1.0
    alike = sum(weight for name, weight in _ALIKE.items() if own[name] and card[name] == own[name])
    return alike + 4 * other.shared / max(patient.members, 1)


_ALIKE = {"theme": 1.0, "type": 0.5, "unit": 0.5}

# Who is there at the end of a day: of somebody with several names in a group, any of which has not gone.
_PRESENT = """
CREATE OR REPLACE TEMP TABLE present AS
SELECT DISTINCT community, member FROM (
  SELECT community, member, identity, coalesce(max(gone_at) >= max(last_at), false) AS gone
  FROM traces WHERE ordinary AND day <= $day GROUP BY ALL
) WHERE NOT gone
"""


def present(connection: duckdb.DuckDBPyConnection, day: Any) -> dict[int, int]:
    """Makes the table `present` of who is in which community at the end of `day`; how many there are in each."""
    connection.execute(_PRESENT, {"day": day})
    return dict(connection.execute("SELECT community, count(*) FROM present GROUP BY ALL").fetchall())


def neighbours_of(connection: duckdb.DuckDBPyConnection, ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """How many people each of the communities `ids` shares with each other one, where there are any."""
    connection.register("patients", pa.table({"community": pa.array(ids, pa.int64())}))
    rows = connection.execute(
        "SELECT a.community, b.community, count(*) FROM present a SEMI JOIN patients USING (community) "
        "JOIN present b ON a.member = b.member AND a.community <> b.community GROUP BY ALL"
    ).fetchall()
    return {(own, other): shared for own, other, shared in rows}
