"""Places: the communities that a condition names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.communities.names import PLATFORMS, TYPES
from qunyu.communities.queries import communities_where
from qunyu.kernel.words import Words
from qunyu.people.queries import units_in
from qunyu.segments.rules.tree import Places

if TYPE_CHECKING:
    from qunyu.communities.models import CommunityQuerySet
    from qunyu.kernel.scope import Scope
    from qunyu.segments.rules.vocabulary import Options


def options(scope: Scope) -> dict[str, Options]:
    """What communities whose people `scope` may see can be narrowed by: aspect -> (code, name)."""
    rows = list(
        communities_where(scope, "members.view")
        .order_by("name", "id")
        .values_list("public_id", "name", "platform", "theme")
    )
    themes = sorted({theme for *_, theme in rows if theme})
    platforms = sorted({platform for _, _, platform, _ in rows})
    return {
        "community": tuple((public_id, _same(name)) for public_id, name, *_ in rows),
        "type": tuple((code or "unset", name) for code, name in TYPES.items()),
        "theme": tuple((theme, _same(theme)) for theme in themes),
        "platform": tuple((code, PLATFORMS.get(code, _same(code))) for code in platforms),
        "unit": tuple((unit.public_id, _same(unit.name)) for unit in units_in(scope, "members.view")),
    }


def _same(name: str) -> Words:
    return Words(name, name)


def communities_of(scope: Scope, places: Places, permission: str) -> CommunityQuerySet:
    """The communities that `places` names, of those where `permission` holds."""
    narrowed = dict(places.narrowed)
    found = communities_where(scope, permission)
    if "community" in narrowed:
        found = found.filter(public_id__in=narrowed["community"])
    if "type" in narrowed:
        found = found.filter(type__in=["" if each == "unset" else each for each in narrowed["type"]])
    if "theme" in narrowed:
        found = found.filter(theme__in=narrowed["theme"])
    if "platform" in narrowed:
        found = found.filter(platform__in=narrowed["platform"])
    return found.filter(_below(scope, narrowed["unit"])) if "unit" in narrowed else found


def _below(scope: Scope, public_ids: tuple[str, ...]) -> Q:
    """In one of the units or below it."""
    here = Q(pk__in=())
    for unit in units_in(scope, "members.view"):
        if unit.public_id in public_ids:
            here |= Q(unit__path__startswith=unit.path)
    return here
