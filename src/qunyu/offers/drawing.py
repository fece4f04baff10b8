"""Drawing: who is left out by lot, the same people whenever it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def held_out(seed: str, members: Iterable[int], percent: int) -> frozenset[int]:
    """`percent` per cent of the members (rounded down): those whose hash with the seed is least."""
    drawn = sorted(members, key=lambda member: sha256(f"{seed}:{member}".encode()).digest())
    return frozenset(drawn[: len(drawn) * percent // 100])
