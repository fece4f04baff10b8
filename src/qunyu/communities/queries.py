"""Reads of communities."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
from django.db.models import Count, Exists, Q

from qunyu.communities.models import Community, CommunityQuerySet
from qunyu.kernel.errors import DomainError
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words


def communities(scope: Scope) -> CommunityQuerySet:
    """The communities `scope` may see."""
    return Community.objects.visible_to(scope)


def find_community(scope: Scope, public_id: str) -> Community:
    """The community with that public id.

    Raises DomainError unknown_community when there is none that `scope` may see.
    """
    found = communities(scope).filter(public_id=public_id).select_related("unit").first()
    if found is None:
        message = Words("没有编号为“{id}”的社群", "there is no community with the id “{id}”")
        raise DomainError("unknown_community", message.fill(id=public_id), id=public_id)
    return found


def called(name: str, platform: str, unit_path: str) -> set[tuple[str, str]]:
    """The (platform, key) of every community known by `name` or key in the unit with that path or below, on `platform` or (when empty) anywhere."""
    found = Community.objects.shown().filter(
        Q(name=name) | Q(key__in=(name, keyed_id(name))), unit__path__startswith=unit_path
    )
    if platform:
        found = found.filter(platform=platform)
    return set(found.values_list("platform", "key"))


def elsewhere(pairs: Collection[tuple[str, str]], unit_path: str) -> set[tuple[str, str]]:
    """Those of the (platform, key) that are communities outside of the unit with that path: an import into it may not touch them."""
    outside = Community.objects.filter(platform__in={platform for platform, _ in pairs})
    found = set(outside.exclude(unit__path__startswith=unit_path).values_list("platform", "key").iterator())
    return {(platform, key) for platform, key in pairs if found & {(platform, key), (platform, keyed_id(key))}}


def dimension(scope: Scope) -> pa.Table:
    """What insights knows of each community that `scope` may see: without it no lake query gives a row."""
    columns = ("id", "unit", "platform", "type", "theme", "name", "opened_on", "closed_on")
    rows = list(communities(scope).order_by("id").values_list(*columns).iterator())
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    names = ("community", *columns[1:])
    kinds = (pa.int64(), pa.int64(), *[pa.string()] * 4, pa.date32(), pa.date32())
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, values, kinds, strict=True)})


def search_communities(
    scope: Scope, *, text: str = "", platform: str = "", kind: str | None = None, theme: str = "", unit_path: str = ""
) -> CommunityQuerySet:
    """The communities `scope` may see whose name or key holds `text`, narrowed by what is given.

    `kind` is the type: "" for those without one, None for any; `unit_path` (Unit.path) takes the unit and everything below it.
    """
    found = communities(scope).select_related("unit")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(key__icontains=text, sealed="") | Q(key=keyed_id(text)))
    if platform:
        found = found.filter(platform=platform)
    if kind is not None:
        found = found.filter(type=kind)
    if theme:
        found = found.filter(theme=theme)
    return found.filter(unit__path__startswith=unit_path) if unit_path else found


def communities_where(scope: Scope, permission: str) -> CommunityQuerySet:
    """The shown communities in units where `permission` holds, such as "members.view"."""
    return Community.objects.visible_to(scope, permission)


def open_keys(platforms: Collection[str]) -> CommunityQuerySet:
    """The communities of these platforms whose key lies in the clear, under no scope: for whoever seals those that are somebody's id."""
    return Community.objects.filter(platform__in=platforms, sealed="")


def within(path: str, scope: Scope, *permissions: str) -> Q:
    """Narrows rows to those whose community, at the end of `path`, is shown and in a unit where all the permissions hold.

    Where there is no community but these nothing is asked of the rows. Said as "or" it also keeps databases from beginning with the
    communities, or trying each pair of a row and one of them.
    """
    found = Community.objects.all()
    for each in permissions:
        found = found.visible_to(scope, each)
    others = Community.objects.exclude(pk__in=found.values("pk"))
    return Q(~Exists(others)) | Q(**{f"{path}__in": found.values("pk")})


def count_by_unit(scope: Scope) -> dict[int, int]:
    """How many communities that `scope` may see lie right in each unit; units without any are missing."""
    rows = communities(scope).order_by().values_list("unit").annotate(count=Count("id"))
    return dict(rows)


def known_values(scope: Scope) -> dict[str, list[str]]:
    """The platforms, types and themes that the communities of `scope` have, for filters."""
    rows = list(communities(scope).values_list("platform", "type", "theme").distinct())
    columns = ("platform", "type", "theme")
    return {name: sorted({row[place] for row in rows}) for place, name in enumerate(columns)}


def by_platform_keys(scope: Scope) -> dict[tuple[str, str], Community]:
    """The communities `scope` may see by (platform, key)."""
    return {(each.platform, each.key): each for each in communities(scope)}
