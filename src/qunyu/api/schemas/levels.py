"""Levels: bars, the ladder, and who stands where."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text
from qunyu.loyalty.levels import bars_of, reason_of

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.loyalty.models import Level, Standing
    from qunyu.loyalty.rules.levels import Bar

BarKind = Literal["points_year", "spent_year", "spent_ever", "orders", "tier", "months"]


class BarIn(Schema):
    """What a level asks for: sums in minor units of `currency`, tiers by place from 0."""

    kind: BarKind
    least: int
    currency: Text = ""


class LevelIn(Schema):
    """A level: bars to come in and to stay (empty: the same), all of them or one, and how many months it holds (0: while met)."""

    name: Text
    bars: list[BarIn] = Field(default=[], max_length=12)
    keep: list[BarIn] = Field(default=[], max_length=12)
    every: bool = False
    months: int = 12


class LevelOut(LevelIn):
    """A level of a ladder, the lowest first, with how many people stand there."""

    id: str
    people: int


class MovesOut(Schema):
    """What a level would move: of how many people, how many up, down, and not."""

    people: int
    up: int
    down: int
    same: int


class LevelGrantIn(Schema):
    """A level by hand, until that day."""

    level: Text
    programme: Text
    reason: Text
    until: Day


def level_out(row: Level, people: int) -> LevelOut:
    """The level as the API shows it."""
    bars, keep = ([bar_out(each) for each in told] for told in bars_of(row))
    told: dict[str, Any] = {"name": row.name, "every": row.every, "months": row.months}
    return LevelOut(id=row.public_id, people=people, bars=bars, keep=keep, **told)


def bar_out(each: Bar) -> BarIn:
    """The bar as the API shows it."""
    return BarIn(kind=each.kind, least=each.least, currency=each.currency)


class LadderIn(Schema):
    """The order of the ladder: public ids of its levels from the lowest up, each exactly once."""

    levels: list[Text] = Field(max_length=200)


class StandingQuery(Schema):
    """Who: on that level (its public id), called so."""

    level: Text = ""
    search: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class StandingOut(Schema):
    """Where somebody stands; `until` null for no end, `why` as people read it."""

    member: Ref
    level: Ref
    since: date
    until: date | None
    why: list[str]


def standing_out(scope: Scope, row: Standing) -> StandingOut:
    """The standing as the API shows it to that scope."""
    member, level = (Ref(id=each.public_id, name=each.name) for each in (row.member, row.level))
    why = [str(each) for each in reason_of(scope, row)]
    return StandingOut(member=member, level=level, since=row.since, until=row.until, why=why)
