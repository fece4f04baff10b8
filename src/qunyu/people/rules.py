"""The roles that come with the product, and what a set of grants allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qunyu.kernel.scope import PERMISSIONS
from qunyu.kernel.words import Words

_SEE = ("communities.view", "members.view", "orders.view", "imports.view")

# By code, in the order of method.md O1; nobody changes them: a copy can be made and changed.
BUILT_IN_ROLES: dict[str, tuple[Words, tuple[str, ...]]] = {
    "director": (Words("总负责", "Director"), tuple(PERMISSIONS)),
    "owner": (
        Words("群主", "Group owner"),
        (
            *_SEE,
            *("communities.edit", "members.edit", "members.reveal", "points.edit", "imports.run", "settings.edit"),
            "effort.view",
        ),
    ),
    "admin": (Words("管理员", "Group admin"), ("communities.view", "members.view", "members.edit", "imports.view")),
    "kol": (Words("KOL", "KOL"), ("communities.view",)),
    "atmosphere": (Words("气氛组", "Atmosphere team"), ("communities.view",)),
    "analyst": (Words("分析员", "Analyst"), ("communities.view", "orders.view")),
    "officer": (
        Words("个人信息保护负责人", "Data-protection officer"),
        (*_SEE, "members.reveal", "audit.view", "privacy.manage"),
    ),
    "auditor": (Words("审计员", "Auditor"), (*_SEE, "effort.view", "audit.view")),
}


@dataclass(frozen=True, slots=True)
class Held:
    """Permissions held at a unit (given by its path) and everywhere below."""

    path: str
    permissions: tuple[str, ...]


def allowed_units(held: Iterable[Held], units: Mapping[int, str]) -> dict[str, frozenset[int]]:
    """The unit ids of every permission, from grants and the tree (`units`: id -> path)."""
    found: dict[str, set[int]] = {}
    for grant in held:
        below = {unit for unit, path in units.items() if path.startswith(grant.path)}
        for permission in grant.permissions:
            found.setdefault(permission, set()).update(below)
    return {permission: frozenset(ids) for permission, ids in found.items()}


def inherited(paths: Mapping[int, str], own: Mapping[int, Mapping[str, float]]) -> dict[int, dict[str, float]]:
    """What holds in every unit (`paths`: id -> path): its own settings and, where it has none, those of the nearest unit above."""
    found: dict[int, dict[str, float]] = {}
    for unit, path in sorted(paths.items(), key=lambda each: len(each[1])):
        above = [int(each) for each in path.strip("/").split("/")][:-1]
        found[unit] = {**(found.get(above[-1], {}) if above else {}), **own.get(unit, {})}
    return found
