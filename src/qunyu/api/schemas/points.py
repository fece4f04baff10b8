"""Points: programmes, balances and the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text, ref_of

if TYPE_CHECKING:
    from qunyu.flows.points_table import Giving
    from qunyu.kernel.words import Words
    from qunyu.loyalty.accounts import Balance
    from qunyu.loyalty.models import Entry, Level, Programme


class ProgrammeOut(Schema):
    """A programme: what points are called, when they expire, and its earning rules (on, since, figures) by key."""

    id: str
    name: str
    unit: Ref
    currency: str
    starts_on: date
    expiry: str
    expiry_months: int
    notice_days: int
    value_minor: int | None = Field(description="what 100 points are worth, in minor units; null where nobody has said")
    value_currency: str
    rules: dict[str, Any]


class ProgrammeIn(Schema):
    """What a unit's programme is to be; what is missing or null stays."""

    name: Text | None = None
    currency: Text | None = None
    starts_on: Day | None = None
    expiry: Literal["never", "months", "year"] | None = None
    expiry_months: int | None = None
    notice_days: int | None = None
    value_minor: int | None = None
    value_currency: Text | None = None


class RuleIn(Schema):
    """An earning rule: on or off, its figures, and the first day it looks at (null: as it is, or today)."""

    on: bool
    figures: dict[str, int] = {}
    since: Day | None = None


class TotalsOut(Schema):
    """What the accounts come to that the caller may see; `kinds` sums their entries by kind of movement."""

    accounts: int
    outstanding: int
    owed: int
    kinds: dict[str, int]


class ExpiringOut(Schema):
    """Points that somebody loses on a day."""

    member: Ref
    day: date
    points: int | None = Field(description="null where an order earned some of them and orders may not be seen")


class LostQuery(Schema):
    """Whose points expire."""

    search: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class BalanceOut(Schema):
    """What a person has in a programme; `level` null for none."""

    programme: Ref
    points: int
    owed: int
    expiring: list[tuple[date, int]]
    level: str | None
    level_until: date | None
    benefits: list[str]


class EntryOut(Schema):
    """One change of somebody's points; `amount` below 0 took them, `owed` is by how much what they owe changed.

    Both are null where an order earned them and orders may not be seen.
    """

    movement: str
    member: Ref | None
    kind: str
    amount: int | None
    owed: int | None
    reason: str
    rule: str
    at: datetime
    by: str


class EntryQuery(Schema):
    """Which entries."""

    kind: Text = ""
    search: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class GiftIn(Schema):
    """Points for somebody: above 0 to give, below to take. The same `key` does it once."""

    programme: Text
    points: int
    reason: Text
    key: Text = ""


class ReasonIn(Schema):
    """Why."""

    reason: Text = ""


class GivingOut(Schema):
    """A line of a table of points; `problem` null where nothing is wrong with it."""

    line: int
    member: Ref | None
    points: int
    reason: str
    problem: str | None


class GivingPlanOut(Schema):
    """What a table would give and take; `rows` are the first 200 lines, the wrong ones first."""

    lines: int
    wrong: int
    given: int
    taken: int
    rows: list[GivingOut]


class GivenOut(Schema):
    """What a table gave: the act it is taken back by, how many lines, and those that could not be done."""

    act: str
    lines: int
    refused: list[GivingOut]


def giving_out(row: Giving, problem: Words | None) -> GivingOut:
    """The line as the API shows it, with what is wrong with it."""
    member = Ref(id=row.member.public_id, name=row.member.name) if row.member else None
    told = str(problem) if problem else None
    return GivingOut(line=row.number, member=member, points=row.points, reason=row.reason, problem=told)


def programme_out(row: Programme) -> ProgrammeOut:
    """The programme as the API shows it."""
    names = (
        "name", "currency", "starts_on", "expiry", "expiry_months", "notice_days", "value_minor", "value_currency", "rules",
    )  # fmt: skip
    return ProgrammeOut(id=row.public_id, unit=ref_of(row.unit), **{name: getattr(row, name) for name in names})


def balance_out(found: Balance, level: Level | None, until: date | None, benefits: list[str]) -> BalanceOut:
    """The balance as the API shows it."""
    programme = Ref(id=found.programme.public_id, name=found.programme.name)
    told: dict[str, Any] = {"points": found.points, "owed": found.owed, "expiring": list(found.expiring)}
    name = level.name if level else None
    return BalanceOut(programme=programme, level=name, level_until=until, benefits=benefits, **told)


def entry_out(row: Entry, member: Ref | None, shown: bool) -> EntryOut:
    """The entry as the API shows it; `shown` says whether its numbers may be seen."""
    movement = row.movement
    told: dict[str, Any] = {"kind": movement.kind, "reason": movement.reason, "rule": movement.rule, "at": movement.at}
    numbers = (row.amount, row.owed) if shown else (None, None)
    amounts: dict[str, Any] = {"amount": numbers[0], "owed": numbers[1], "by": movement.by_name}
    return EntryOut(movement=movement.public_id, member=member, **told, **amounts)
