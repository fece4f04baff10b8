"""Rewarding: every night and after each import, points for what was done, what expired, and who stands on which level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from qunyu.communities.duties import local_day
from qunyu.flows.place import lake
from qunyu.insights.deeds import invitations, talk_weeks
from qunyu.kernel.scope import system_scope
from qunyu.loyalty.deeds import Told
from qunyu.loyalty.earnings import collect
from qunyu.loyalty.ledger import expire_due
from qunyu.loyalty.programmes import programmes, units_of
from qunyu.loyalty.standing import renew

SYSTEM = system_scope("points")


@dataclass
class Rewarded:
    """Points given, taken back and expired, and how many people changed their level."""

    given: int = 0
    taken: int = 0
    expired: int = 0
    moved: int = 0


def reward(*, now: datetime) -> Rewarded:
    """Brings every programme up to date. Again changes nothing."""
    found, today = Rewarded(), local_day(now)
    for programme in programmes(SYSTEM):
        collected = collect(by=SYSTEM, programme=programme, told=_told(programme.rules, units_of(programme)), now=now)
        found.given += collected.points
        found.taken += collected.taken_points
    found.expired = expire_due(by=SYSTEM, today=today, now=now)
    for programme in programmes(SYSTEM):
        moves = renew(by=SYSTEM, programme=programme, now=now, today=today).moves
        found.moved += sum(count for (before, after), count in moves.items() if before != after)
    return found


def _told(rules: dict[str, dict[str, object]], units: list[int]) -> Told:
    """What the lake tells for the rules that are on; it is not asked for the others."""

    def since(rule: str) -> date | None:
        setting = rules.get(rule, {})
        return date.fromisoformat(str(setting["since"])) if setting.get("on") else None

    talking, bringing = since("talk"), since("referral")
    talk = talk_weeks(lake(), SYSTEM, units, talking) if talking else []
    brought = invitations(lake(), SYSTEM, units, bringing) if bringing else []
    return Told(talk, brought)
