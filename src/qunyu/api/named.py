"""Named: ids that a parameter names, resolved under the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable

from qunyu.communities.queries import communities, find_community
from qunyu.kernel.scope import Scope


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
