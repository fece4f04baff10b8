"""Named: ids that a parameter names, resolved under the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qunyu.communities.queries import communities, find_community
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import units_seen

if TYPE_CHECKING:
    from qunyu.people.models import Unit


def named_unit(scope: Scope, public_id: str) -> Unit:
    """The unit with that public id.

    Raises DomainError unknown_unit when there is none where `scope` may do anything.
    """
    for unit in units_seen(scope):
        if unit.public_id == public_id:
            return unit
    message = Words("没有编号为“{id}”的组织单位", "there is no unit with the id “{id}”")
    raise DomainError("unknown_unit", message.fill(id=public_id), id=public_id, field="unit")


def named_communities(scope: Scope, public_ids: Iterable[str]) -> frozenset[int] | None:
    """The keys of the communities with those public ids; None when none is named.

    Raises DomainError unknown_community.
    """
    named = set(public_ids)
    if not named:
        return None
    found = dict(communities(scope).filter(public_id__in=named).values_list("public_id", "id"))
    for missing in sorted(named - found.keys()):
        find_community(scope, missing)
    return frozenset(found.values())
