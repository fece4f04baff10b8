"""Who of the made-up brand's crew does something for somebody."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.kernel.scope import Scope
from qunyu.members.merging import editable
from qunyu.people.operators import able
from qunyu.people.queries import scope_of


def carers(by: Scope) -> Mapping[int, Scope]:
    """Own member (primary key) -> the scope of one of the crew who may edit that person, `by` where nobody of them may."""
    found: dict[int, Scope] = {}
    for scope in (*(scope_of(each) for each in able("members.edit", None)), by):
        for member in editable(scope).values_list("own_member", flat=True):
            found.setdefault(member, scope)
    return found
