"""Memberships: who is in communities, was, or left, and when somebody was seen first and last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from qunyu.kernel.words import Words
from qunyu.members.queries import memberships
from qunyu.segments.places import communities_of
from qunyu.segments.rules.tree import Did, Field
from qunyu.segments.rules.vocabulary import FieldSpec, VerbSpec
from qunyu.segments.source import Asking, Source, at_least, earliest, latest, moments_of, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

GROUP = Words("社群", "Communities")
COMMUNITIES = Words("个", "communities")
PERSON = "identity__member"
FIRST, LAST = "first_seen", "last_seen"


def fields(scope: Scope) -> list[FieldSpec]:
    """The days of the first and of the last trace."""
    return [
        FieldSpec(FIRST, Words("首次出现", "first seen"), "date", GROUP),
        FieldSpec(LAST, Words("最后活动", "last seen"), "date", GROUP),
    ]


def verbs(scope: Scope) -> list[VerbSpec]:
    """Being there now, having been there, having left; what is counted is communities."""
    joined = Words("限定时间时，指看得出入群日的人", "with a time: who was seen coming then")
    return [
        VerbSpec("in", Words("目前在群", "in a community"), COMMUNITIES, GROUP, help=joined),
        VerbSpec("was_in", Words("进过群", "was in a community"), COMMUNITIES, GROUP, help=joined),
        VerbSpec("left", Words("已退群", "left a community"), COMMUNITIES, GROUP),
    ]


def answer(asking: Asking, leaf: Field | Did, spec: FieldSpec | VerbSpec) -> Q:
    """The members of whom the condition is true."""
    rows = memberships(asking.scope)
    if isinstance(leaf, Did):
        return _deed(asking, leaf)
    if leaf.op == "known":
        return those(rows.values(PERSON))
    if leaf.field == FIRST:
        return earliest(rows, "first_at", moments_of(asking, leaf), PERSON)
    return latest(rows, "last_at", moments_of(asking, leaf), PERSON)


def _deed(asking: Asking, leaf: Did) -> Q:
    rows = memberships(asking.scope)
    if leaf.places.narrowed:
        rows = rows.filter(community__in=communities_of(asking.scope, leaf.places, "members.view"))
    if leaf.verb != "was_in":
        rows = rows.filter(left_at__isnull=leaf.verb == "in")
    column = "left_at" if leaf.verb == "left" else "joined_at"
    first, last = asking.moments(leaf.window)
    bounds = {f"{column}__gte": first, f"{column}__lt": last}
    rows = rows.filter(**{name: moment for name, moment in bounds.items() if moment})
    return at_least(rows, PERSON, Count("community", distinct=True), leaf)


def proves(scope: Scope) -> bool:
    """Only communities whose members may be seen are asked."""
    return True


SOURCE = Source(4, fields, verbs, answer, proves=proves)
