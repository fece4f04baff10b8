"""Who is the same person: identities that share a mark, directly or over others, belong together, unless somebody said they do not."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

# A person's word before a platform's union id before a phone number, which families share.
RANKS = {"hand": 0, "union": 1, "phone": 2}
Pair = tuple[int, int]


def groups(marked: Iterable[tuple[int, Hashable]]) -> list[frozenset[int]]:
    """The identities of (identity, mark) pairs in groups that marks connect; the order of the pairs changes nothing."""
    leaders: dict[int, int] = {}
    holders: dict[Hashable, int] = {}
    for identity, mark in marked:
        leaders.setdefault(identity, identity)
        other = holders.setdefault(mark, identity)
        one, two = _leader(leaders, identity), _leader(leaders, other)
        leaders[max(one, two)] = min(one, two)
    found: dict[int, set[int]] = {}
    for identity in leaders:
        found.setdefault(_leader(leaders, identity), set()).add(identity)
    return [frozenset(found[leader]) for leader in sorted(found)]


def _leader(leaders: dict[int, int], identity: int) -> int:
    while leaders[identity] != identity:
        leaders[identity] = leaders[leaders[identity]]
        identity = leaders[identity]
    return identity


def divided(
    marked: Iterable[tuple[int, tuple[str, str]]], apart: Collection[Pair], order: Mapping[int, Any]
) -> list[frozenset[int]]:
    """As `groups`, but no two identities of a pair in `apart` stand in one group.

    Marks are followed from the surest kind to the least sure, and those of one kind in the `order` of their holders: a mark joins
    whomever it can without bringing together who is apart. `order` must tell identities apart and be the same whenever they
    came to be known; then the groups depend on the marks and on `apart` alone.
    """
    holders: dict[tuple[str, str], set[int]] = {}
    for identity, mark in marked:
        holders.setdefault(mark, set()).add(identity)
    found = _Divided({each for several in holders.values() for each in several}, apart)
    listed = [(RANKS[kind], sorted(ids, key=order.__getitem__), value) for (kind, value), ids in holders.items()]
    listed.sort(key=lambda each: (each[0], [order[id] for id in each[1]], each[2]))
    for _, ids, _ in listed:
        found.join(ids)
    return sorted(found.sets(), key=min)


class _Divided:
    def __init__(self, identities: Collection[int], apart: Collection[Pair]) -> None:
        self.group = {each: {each} for each in identities}
        self.foes: dict[int, set[int]] = {}
        for one, other in apart:
            self.foes.setdefault(one, set()).add(other)
            self.foes.setdefault(other, set()).add(one)

    def join(self, ids: Sequence[int]) -> None:
        """Each goes to the first of those before it that it may stand with: the others are apart from one another already."""
        before: list[int] = []
        for each in ids:
            friend = next((other for other in before if self._may(each, other)), None)
            if friend is None:
                before.append(each)
            elif self.group[friend] is not self.group[each]:
                self._unite(friend, each)

    def _may(self, one: int, other: int) -> bool:
        mine, theirs = self.group[one], self.group[other]
        return mine is theirs or not any(self.foes.get(each, set()) & theirs for each in mine)

    def _unite(self, one: int, other: int) -> None:
        large, small = sorted((self.group[one], self.group[other]), key=len, reverse=True)
        large |= small
        for each in small:
            self.group[each] = large

    def sets(self) -> list[frozenset[int]]:
        return list({id(each): frozenset(each) for each in self.group.values()}.values())
