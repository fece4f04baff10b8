"""The contact cap, the quiet list, and reaching somebody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ninja import Field, Schema

from qunyu.api.schemas.basics import Day, LongText, Text

if TYPE_CHECKING:
    from qunyu.members.leave import Leave
    from qunyu.members.models import Quiet


class CountOut(Schema):
    """`counted` contacts within `days` days, of at most `most`."""

    counted: int
    most: int
    days: int


class QuietOut(Schema):
    """Why somebody is not to be contacted, and until which day (not included; null: for good)."""

    reason: str
    note: str
    until: Day | None
    by: str


class ContactableOut(Schema):
    """Whether somebody may be contacted now; if not why, and from when (null: waiting does not help)."""

    allowed: bool
    reason: str = Field(
        description="empty, cap, selling_cap, quiet_hours, quiet, or consent; selling also complaint, role"
    )
    words: str
    possible_at: datetime | None
    all: CountOut
    selling: CountOut
    quiet: QuietOut | None


class ReachIn(Schema):
    """A contact that is made now; `passing` is why the cap or the quiet hours do not hold this once."""

    channel: Text
    summary: LongText
    selling: bool = False
    answering: bool = Field(default=False, description="they wrote to us within days, or have an open complaint")
    passing: Text = ""


class QuietIn(Schema):
    """Nobody contacts them until the day, or for good."""

    reason: Text = Field(description="asked, upset, deal, other")
    note: Text = ""
    until: Day | None = None


class CapsOut(Schema):
    """What a unit has set for itself, and what holds there."""

    unit: str
    own: dict[str, int]
    in_force: dict[str, int]


class CapsChanges(Schema):
    """Numbers by key (contact.most …); null inherits again."""

    values: dict[Text, int | None]


def contactable_out(leave: Leave, quiet: Quiet | None) -> ContactableOut:
    """The gate's answer as the API shows it."""
    caps = leave.caps
    told = None
    if quiet is not None:
        told = QuietOut(reason=quiet.reason, note=quiet.note, until=quiet.until, by=quiet.by_name)
    return ContactableOut(
        allowed=leave.allowed,
        reason=leave.code,
        words=str(leave.words or ""),
        possible_at=leave.possible_at,
        all=CountOut(counted=leave.counted, most=caps.all.most, days=caps.all.days),
        selling=CountOut(counted=leave.selling_counted, most=caps.selling.most, days=caps.selling.days),
        quiet=told,
    )
