"""Who is the same person: identities that share a mark, directly or over others, belong together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable


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
