"""Matching: who is one person, computed anew from the marks there are (phone numbers, union ids) and from what people decided.

Nothing is merged for good: who shares no mark any more is a person of their own again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db import transaction
from django.db.models import Q

from qunyu.members.models import Identity, Mark, Member, MergeDecision
from qunyu.members.rules import grouping
from qunyu.members.rules.grouping import groups

CHUNK = 1_000
ORDINARY = "member"
Pair = tuple[int, tuple[str, str]]


def chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """The ids in pieces that a query takes."""
    listed = sorted(ids)
    return (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))


def connected(identities: Collection[int]) -> list[Pair]:
    """Every (identity, mark) that `identities` reach over shared marks, their own included; a decision "same" is a mark of both."""
    pairs: set[Pair] = set()
    known: set[int] = set()
    fresh = set(identities)
    while fresh:
        known |= fresh
        own, decided = _marks_of(fresh), _said_same(fresh)
        reached = _holders_of({mark for _, mark in own}) | decided
        pairs |= own | reached
        fresh = {identity for identity, _ in reached} - known
    return sorted(pairs)


def _marks_of(identities: Collection[int]) -> set[Pair]:
    rows = (
        row
        for chunk in chunks(identities)
        for row in Mark.objects.filter(identity__in=chunk).values_list("identity", "kind", "value")
    )
    return {(identity, (kind, value)) for identity, kind, value in rows}


def _holders_of(marks: Collection[tuple[str, str]]) -> set[Pair]:
    listed = sorted(marks)
    found: set[Pair] = set()
    for start in range(0, len(listed), CHUNK):
        values = {value for _, value in listed[start : start + CHUNK]}
        rows = Mark.objects.filter(value__in=values).values_list("identity", "kind", "value")
        found |= {(identity, (kind, value)) for identity, kind, value in rows if (kind, value) in marks}
    return found


def _said_same(identities: Collection[int]) -> set[Pair]:
    found: set[Pair] = set()
    for chunk in chunks(identities):
        said = MergeDecision.objects.filter(Q(one__in=chunk) | Q(other__in=chunk), verdict="same", ended_at=None)
        for one, other in said.values_list("one", "other"):
            found |= {(one, ("hand", f"{one}-{other}")), (other, ("hand", f"{one}-{other}"))}
    return found


def said_different(identities: Collection[int]) -> set[tuple[int, int]]:
    """The pairs among `identities` that somebody said are different people."""
    known, found = set(identities), set[tuple[int, int]]()
    for chunk in chunks(known):
        said = MergeDecision.objects.filter(one__in=chunk, verdict="different", ended_at=None)
        found |= {(one, other) for one, other in said.values_list("one", "other") if other in known}
    return found


def grouped(identities: Collection[int]) -> list[frozenset[int]]:
    """Who of `identities`, and of all that marks connect with them, is one person; those without any mark are left out."""
    pairs = connected(identities)
    together = groups(pairs)
    apart = said_different({identity for identity, _ in pairs})
    split = [group for group in together if any(one in group and other in group for one, other in apart)]
    if not split:
        return together
    within = frozenset().union(*split)
    mine = [(identity, mark) for identity, mark in pairs if identity in within]
    return [each for each in together if each not in split] + grouping.divided(mine, apart, _places(within))


def _places(identities: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """What tells identities apart whenever they were imported: a key of ours would say which came first."""
    found: dict[int, tuple[str, str, str]] = {}
    for chunk in chunks(identities):
        for each in Identity.objects.filter(id__in=chunk).select_related("community"):
            found[each.pk] = (each.platform, each.community.key if each.community else "", each.key)
    return found


def match(identities: Collection[int]) -> None:
    """Gives `identities`, and all that marks connect with them, the member they belong to now."""
    together = grouped(identities)
    alone = set(identities) - {identity for group in together for identity in group}
    for wanted in _in_pieces([*together, *(frozenset({identity}) for identity in sorted(alone))]):
        _assign(wanted)


def _in_pieces(wanted: list[frozenset[int]]) -> Iterator[list[frozenset[int]]]:
    piece: list[frozenset[int]] = []
    size = 0
    for group in wanted:
        piece.append(group)
        size += len(group)
        if size >= CHUNK:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


@transaction.atomic
def _assign(wanted: Iterable[frozenset[int]]) -> None:
    """Each group speaks as the member of its oldest identity, one with a role of its own before ordinary ones."""
    ids = [identity for group in wanted for identity in group]
    known = {each.pk: each for each in Identity.objects.filter(id__in=ids).select_related("own_member")}
    changed: list[Identity] = []
    for group in wanted:
        owners: list[Member] = [known[identity].own_member for identity in group if identity in known]
        if not owners:
            continue
        head = min(owners, key=lambda owner: (owner.role == ORDINARY, owner.pk))
        for identity in group & known.keys():
            if known[identity].member_id != head.pk:
                known[identity].member_id = head.pk
                changed.append(known[identity])
    Identity.objects.bulk_update(changed, ("member",), batch_size=300)


def mark_named_buyers(identities: Collection[int], *, import_id: int) -> set[int]:
    """Marks identities that an order names by their own platform id in its column for union ids; which they are.

    Works both ways: `identities` may be the buyers or those named. An id that stands on several platforms names nobody.
    """
    found: set[int] = set()
    for chunk in chunks(identities):
        buyers = Mark.objects.filter(kind="union", identity__in=chunk, identity__platform__startswith="shop")
        found |= _mark(set(buyers.values_list("value", flat=True)), import_id)
        keys = Identity.objects.filter(id__in=chunk, community=None).exclude(platform__startswith="shop")
        named = Mark.objects.filter(kind="union", identity__platform__startswith="shop", value__in=keys.values("key"))
        found |= _mark(set(named.values_list("value", flat=True)), import_id)
    return found


def _mark(values: set[str], import_id: int) -> set[int]:
    rows = Identity.objects.filter(community=None, key__in=values).exclude(platform__startswith="shop")
    holders: dict[str, list[tuple[int, str]]] = {}
    for key, identity, sealed in rows.values_list("key", "id", "sealed"):
        holders.setdefault(key, []).append((identity, sealed))
    sure = {key: told[0] for key, told in holders.items() if len(told) == 1}
    marks = [
        Mark(identity_id=id, kind="union", value=key, sealed=sealed, supplied_by_id=import_id)
        for key, (id, sealed) in sure.items()
    ]
    Mark.objects.bulk_create(marks, ignore_conflicts=True)
    return {id for id, _ in sure.values()}
