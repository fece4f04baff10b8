"""Writes of communities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.db import transaction

from qunyu.communities.models import Community, CommunityType
from qunyu.communities.rules import Changes, checked
from qunyu.kernel import audit
from qunyu.kernel.personal import ERASED
from qunyu.kernel.platform_ids import keyed_id, name_of, sealed_id
from qunyu.kernel.scope import Scope

CHUNK = 1_000
# Platform and key.
Pair = tuple[str, str]


def know(
    *,
    by: Scope,
    seen: Iterable[tuple[str, str, str]],
    unit_id: int,
    import_id: int,
    direct: Collection[tuple[str, str]] = (),
    gone: Collection[tuple[str, str]] = (),
) -> dict[tuple[str, str], int]:
    """The ids of the communities (platform, key, name); those not known yet are made in the unit.

    `direct` are the (platform, key) of chats with one person: their keys are kept as people's ids are. Of those with somebody
    whose data were erased (`gone`) only the hash is, and no name.

    Raises Denied.
    """
    by.require("imports.run", unit_id)
    wanted = {(platform, key): name for platform, key, name in seen}
    stored = _known({platform for platform, _ in wanted})
    hashed = {pair: (pair[0], keyed_id(pair[1])) for pair in wanted}
    known = {pair: stored.get(pair) or stored.get(hashed[pair]) for pair in wanted}
    new = {
        pair: Community(unit_id=unit_id, supplied_by_id=import_id, **_named(pair, wanted[pair], direct, gone))
        for pair, id in known.items()
        if id is None
    }
    rows = list(new.values())
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            Community.objects.bulk_create(rows[start : start + CHUNK])
    return {pair: id or new[pair].pk for pair, id in known.items()}


def _named(pair: Pair, name: str, direct: Collection[Pair], gone: Collection[Pair]) -> dict[str, str]:
    if pair in gone:
        return {"platform": pair[0], "key": keyed_id(pair[1]), "name": ERASED}
    return _called(*pair, name, pair in direct)


def _called(platform: str, key: str, name: str, direct: bool) -> dict[str, str]:
    if not direct:
        return {"platform": platform, "key": key, "name": name[:255] or key}
    told = name[:255] if name and name != key else name_of(key)
    return {"platform": platform, "key": keyed_id(key), "sealed": sealed_id(key), "name": told}


def seal_keys(*, by: Scope, communities: Iterable[Community]) -> None:
    """Keeps the keys of communities that turned out to be chats with one person as people's ids are kept.

    Raises Denied.
    """
    by.require("imports.run")
    for each in communities:
        told = _called(each.platform, each.key, each.name, True)
        Community.objects.filter(pk=each.pk, sealed="").update(**told)


def _known(platforms: set[str]) -> dict[tuple[str, str], int]:
    rows = Community.objects.filter(platform__in=platforms).values_list("platform", "key", "id")
    return {(platform, key): id for platform, key, id in rows.iterator()}


@transaction.atomic
def forget_empty(*, by: Scope, import_id: int, heirs: Mapping[int, int]) -> int:
    """Removes the communities an undone import had made; those another import also tells of pass to it (`heirs`).

    Gives how many went.

    Raises Denied.
    """
    by.require("imports.run")
    made = Community.objects.filter(supplied_by=import_id)
    ids = list(made.values_list("id", flat=True))
    empty = [id for id in ids if id not in heirs]
    for start in range(0, len(empty), CHUNK):
        Community.objects.filter(id__in=empty[start : start + CHUNK]).delete()
    for heir, inherited in groupby(sorted((heirs[id], id) for id in ids if id in heirs), key=itemgetter(0)):
        Community.objects.filter(id__in=[id for _, id in inherited]).update(supplied_by=heir)
    return len(empty)


@transaction.atomic
def edit(*, by: Scope, community: Community, changes: Changes, now: datetime) -> Community:
    """The community with `changes` made; nothing is written (and no audit entry) when they change nothing.

    Raises Denied; DomainError bad_name, unknown_type, bad_theme or bad_period.
    """
    by.require("communities.edit", community.unit_id)
    wanted = checked(changes, opened_on=community.opened_on, closed_on=community.closed_on, types=CommunityType.values)
    changed = sorted(name for name, value in wanted.items() if getattr(community, name) != value)
    if changed:
        for name in changed:
            setattr(community, name, wanted[name])  # type: ignore[literal-required]
        community.save(update_fields=changed)
        audit.record(by=by.actor, action="community.edit", kind="community", id=community.pk, now=now, fields=changed)
    return community


@transaction.atomic
def move_to_unit(*, by: Scope, community: Community, unit_id: int, now: datetime) -> None:
    """Puts the community into another unit; again changes nothing.

    Raises Denied unless `by` may edit communities at both units.
    """
    by.require("communities.edit", community.unit_id)
    by.require("communities.edit", unit_id)
    if Community.objects.filter(pk=community.pk).exclude(unit_id=unit_id).update(unit_id=unit_id):
        audit.record(by=by.actor, action="community.move", kind="community", id=community.pk, now=now, unit=unit_id)
