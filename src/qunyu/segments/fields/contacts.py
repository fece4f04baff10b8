"""Contacts and households: when somebody was spoken to one by one, and who decides for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from qunyu.kernel.words import Words
from qunyu.members.own import PERSON
from qunyu.members.sets import contacts_noted, linked_as
from qunyu.segments.rules.tree import Did, Field
from qunyu.segments.rules.vocabulary import FieldSpec, VerbSpec
from qunyu.segments.source import Asking, Source, at_least, latest, moments_of, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

GROUP = Words("联系与家庭", "Contacts and households")
LAST, HOUSEHOLD = "last_contact", "household"
ROLES = {"decider": Words("决策人", "decider"), "user": Words("使用人", "user")}
DIRECTIONS = {"contact_out": "out", "contact_in": "in"}


def fields(scope: Scope) -> list[FieldSpec]:
    """The last contact, and what somebody is in a household."""
    return [
        FieldSpec(LAST, Words("最近联系", "last contact"), "date", GROUP),
        FieldSpec(HOUSEHOLD, Words("家庭角色", "household role"), "choices", GROUP, tuple(ROLES.items())),
    ]


def verbs(scope: Scope) -> list[VerbSpec]:
    """Who was spoken to, and who began it."""
    times = Words("次", "times")
    return [
        VerbSpec("contact_out", Words("被联系", "was contacted"), times, GROUP, placed=False),
        VerbSpec("contact_in", Words("主动联系", "contacted us"), times, GROUP, placed=False),
    ]


def answer(asking: Asking, leaf: Field | Did, spec: FieldSpec | VerbSpec) -> Q:
    """The members of whom the condition is true."""
    rows = contacts_noted()
    if isinstance(leaf, Did):
        first, last = asking.moments(leaf.window)
        bounds = {"at__gte": first, "at__lt": last}
        rows = rows.filter(direction=DIRECTIONS[leaf.verb], **{name: at for name, at in bounds.items() if at})
        return at_least(rows, PERSON, Count("pk"), leaf)
    if leaf.field == HOUSEHOLD:
        found = Q(pk__in=())
        for role in ROLES if leaf.op == "known" else leaf.values:
            found |= those(linked_as(asking.scope, role))
        return found
    if leaf.op == "known":
        return those(rows.values(PERSON))
    return latest(rows, "at", moments_of(asking, leaf), PERSON)


SOURCE = Source(7, fields, verbs, answer)
