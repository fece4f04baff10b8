"""Recurring days: whose birthday (or other day of every year) falls on a day, found without opening what lies encrypted.

Beside a value of the kind birthday lies a keyed hash of its month and day: whoever has the database alone learns no birthday, only who shares one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from qunyu.kernel.sealed import keyed
from qunyu.members.merging import editable
from qunyu.members.models import Field, ProfileEntry
from qunyu.members.rules.values import LEAP
from qunyu.members.sets import values_that_count

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.members.fields import Definition

PURPOSE = "members.recurring"


def token_of(month_day: str) -> str:
    """What lies beside a value that recurs on that day (MM-DD)."""
    return keyed(month_day, PURPOSE)


def token_for(field: Definition, value: str) -> str:
    """What lies beside a value of a field: "" unless it recurs and may be greeted: the birthday, and days that are not sensitive."""
    greeted = field.kind == "birthday" and (field.key == "birthday" or not field.sensitive)
    return token_of(value[-5:]) if greeted and value else ""


def tokens(days: Collection[date]) -> dict[str, date]:
    """Token -> the day on which it falls; 29 February falls on the 28th in years without one."""
    found = {token_of(f"{day:%m-%d}"): day for day in days}
    for day in days:
        if (day.month, day.day) == (2, 28) and not _is_leap(day.year):
            found[token_of("02-29")] = day
    return found


def lost_birthdays(scope: Scope) -> int:
    """Of how many people whom `scope` may edit the birthday is found on no day: it was sealed under another key."""
    days = [date(LEAP, 1, 1) + timedelta(days=each) for each in range(366)]
    # Those that count are only looked for once there are any: the index tells that.
    rows = ProfileEntry.objects.filter(field="birthday", withdrawn_at=None).exclude(recurs="")
    if not rows.exclude(recurs__in=list(tokens(days))).exists():
        return 0
    found = values_that_count("birthday", sealed=True).exclude(recurs__in=list(tokens(days)))
    return int(found.filter(member__in=editable(scope).values("own_member")).count())


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def recurring_fields() -> list[tuple[str, str, str, int]]:
    """Key, Chinese and English name and unit of the fields of units that recur; sensitive ones stay out."""
    rows = Field.objects.filter(kind="birthday", archived_at=None, sensitive=False).order_by("id")
    return list(rows.values_list("key", "name_zh", "name_en", "unit"))


def falling(field: str, wanted: Collection[str], *, sealed: bool) -> QuerySet[Any]:
    """The rows (`person`, `recurs`) of whom the field says one of these tokens; of erased people none."""
    return values_that_count(field, sealed=sealed).filter(
        recurs__in=list(wanted), member__own_identity__member__erased=False, member__own_identity__member__role="member"
    )
