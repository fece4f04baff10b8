"""Inviting: how likely each user type would have brought in exactly those whom somebody brought in."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qunyu.simulation.joining import ASKED, EAGER, LOYAL_FIRST
from qunyu.simulation.people import UserType
from qunyu.simulation.scoring.buying import NEXT_TO_NOTHING, USER_TYPES
from qunyu.simulation.scoring.known import Known, Stay, Truth


def likelihoods(truth: Truth) -> Mapping[int, dict[UserType, float]]:
    """By place in truth.people, the logarithm of the chance of all that person's invitations under each type.

    For each newcomer whom a member brought, everybody then engaged in that community could have been the one
    (joining._inviter); the types of the others count as known. Who is missing could bring nobody. An assumption: the queue in which the
    loyal are asked first is a lot drawn among those who have brought nobody yet.
    """
    found: dict[int, dict[UserType, float]] = defaultdict(lambda: dict.fromkeys(USER_TYPES, 0.0))
    calls = list(_calls(truth))
    first: dict[int, int] = {}
    for call in calls:
        first[call.inviter] = min(call.second, first.get(call.inviter, call.second))
    for call in calls:
        fresh = {
            number for number in call.present if call.second >= 0 and first.get(number, call.second) >= call.second
        }
        for number, chances in _chances(truth, call, fresh):
            for kind, chance in chances.items():
                told = chance if number == call.inviter else 1 - chance
                found[number][kind] += math.log(told) if told > 0 else NEXT_TO_NOTHING
    return found


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody comes at `second`, brought by person number `inviter`; `inside` are so many, of whom `present` engaged."""

    second: int
    inviter: int
    inside: int
    present: tuple[int, ...]


def _calls(truth: Truth) -> Iterator[Call]:
    numbers = {key: number for number, each in enumerate(truth.people) for key in each.ids.values()}
    for stays in _communities(truth.people).values():
        for place, (stay, _) in enumerate(stays):
            if stay.inviter in numbers:
                present = tuple(number for other, number in stays[:place] if other.present(stay.joined_at))
                yield Call(stay.joined_at, numbers[stay.inviter], place, present)


def _communities(people: tuple[Known, ...]) -> dict[str, list[tuple[Stay, int]]]:
    """Who stayed in each community, in the order of joining; soul figures invite nobody."""
    found: dict[str, list[tuple[Stay, int]]] = defaultdict(list)
    for number, person in enumerate(people):
        for stay in () if person.soul else person.stays:
            found[stay.community].append((stay, number))
    for stays in found.values():
        stays.sort(key=lambda pair: (pair[0].joined_at, pair[1]))
    return found


def _chances(truth: Truth, call: Call, fresh: set[int]) -> Iterator[tuple[int, dict[UserType, float]]]:
    """Of each who is present, the chance of being the one under each type; `fresh` have brought nobody yet."""
    kinds = {number: truth.people[number].type for number in call.present}
    waiting = {number for number in fresh if kinds[number] == "loyal"}
    willing = sum(EAGER[kind] for kind in kinds.values()) / call.inside
    rounds = (1 - (1 - willing) ** ASKED) / willing if willing else ASKED
    by_lot = (1 - LOYAL_FIRST * bool(waiting)) * rounds / call.inside
    for number in call.present:
        chances = {kind: min(1.0, EAGER[kind] * by_lot) for kind in USER_TYPES}
        if number in fresh:
            chances["loyal"] += (1 - chances["loyal"]) * LOYAL_FIRST / len(waiting | {number})
        yield number, chances
