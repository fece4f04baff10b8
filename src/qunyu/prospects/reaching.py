"""Reaching: who may be written to now. Whatever else forbids it is one more condition in `REASONS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from qunyu.kernel.scope import system_scope
from qunyu.kernel.words import Words
from qunyu.members.staff_links import links
from qunyu.privacy.queries import refusing
from qunyu.prospects.models import Hold
from qunyu.satisfaction.complaints import complaints

if TYPE_CHECKING:
    from qunyu.people.models import Unit

HEAD = "member__own_identity__member"
# A member whose own identity is gone is nobody; one such among them would empty every NOT IN.
_SOMEBODY = {"member__own_identity__isnull": False}
_WHOLE = system_scope("who may be written to")


def held(unit: Unit, today: date) -> QuerySet[Hold]:
    """The holds on lists of the unit that are in force on that day."""
    lasting = Q(until=None) | Q(until__gt=today)
    return Hold.objects.filter(lasting, unit=unit, ended_at=None, **_SOMEBODY)


# Of whom each holds is not written to: a title for people, and the keys of the members as the database finds them.
# A cap on how often anybody is contacted belongs here.
REASONS: Mapping[str, tuple[Words, Callable[[Unit, date], Any]]] = {
    "complaint": (
        Words("有未结束的投诉", "an open complaint"),
        lambda unit, today: complaints(_WHOLE, state="open").filter(**_SOMEBODY).order_by().values(HEAD),
    ),
    "refused": (Words("不同意营销联系", "does not want marketing contact"), lambda unit, today: refusing("marketing")),
    "held": (
        Words("已设为暂不联系", "to be left alone for now"),
        lambda unit, today: held(unit, today).order_by().values(HEAD),
    ),
    "staff": (Words("是运营人员本人", "is an operator"), lambda unit, today: list(links())),
}


def reachable(unit: Unit, today: date, path: str = "member") -> Q:
    """Narrows rows to the people at the end of `path` who may be written to on that day."""
    found = Q(**{f"{path}__role": "member", f"{path}__erased": False})
    for _, keys in REASONS.values():
        found &= ~Q(**{f"{path}__in": keys(unit, today)})
    return found


def refusals(unit: Unit, today: date, member: int) -> list[tuple[str, Words]]:
    """Why that person is not to be written to: codes and words; empty where they may be."""
    found = []
    for code, (words, keys) in REASONS.items():
        given = keys(unit, today)
        there = member in given if isinstance(given, list) else given.filter(**{HEAD: member}).exists()
        if there:
            found.append((code, words))
    return found
