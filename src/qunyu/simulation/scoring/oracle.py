"""Oracle: who somebody is to the best of what can be known: the ceiling of labels, told by nobody's rule but the generator's.

An oracle's answer is the value of greatest posterior under the distributions that drew the brand, given what it is shown. No label
that sees no more can expect to be right more often. A soul figure's traits are given by office, and every oracle knows that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from qunyu.simulation.joining import DAY
from qunyu.simulation.people import LATE, LATE_TYPES, SPREADS, TALK, TIER_NAMES, TIERS, TYPES, Tier, UserType
from qunyu.simulation.scoring import buying, inviting
from qunyu.simulation.scoring.buying import USER_TYPES
from qunyu.simulation.scoring.known import Known, Truth

EXPERTS: tuple[Tier, ...] = ("contributing", "professional")
# The rate is written with four decimals; nobody's is nothing.
SLIGHTEST = 0.000_05
Value = TypeVar("Value", Tier, UserType)


def tiers(truth: Truth) -> list[Tier]:
    """The oracle's tier of each of `truth.people`.

    It is shown the latent rate and the type, and whether the person answered questions: only the contributing and the professional do, each
    question falling to one of those present by lot. P(tier) · p(rate | tier) · P(answered or not | tier), with people.TIERS,
    the log-normal of people.TALK, and for experts the chance `unasked` of answering nothing.
    """
    return [each.tier if each.soul else _tier(each) for each in truth.people]


def _tier(person: Known) -> Tier:
    shares = dict(zip(TIER_NAMES, TIERS[person.type], strict=True))
    return _best(TIER_NAMES, lambda tier: _log(shares[tier]) + _log(_answering(person, tier)) + _rate(person, tier))


def _rate(person: Known, tier: Tier) -> float:
    """The logarithm of the density of the rate's logarithm, without the terms that all tiers share."""
    spread = SPREADS[tier]
    middle = math.log(TALK[tier]) - spread * spread / 2
    off = (math.log(max(person.rate, SLIGHTEST)) - middle) / spread
    return -off * off / 2 - math.log(spread)


def _answering(person: Known, tier: Tier) -> float:
    """The chance of having answered, or not; that of having answered is the same for all who can, and left out."""
    if tier in EXPERTS:
        return 1.0 if person.answers else person.unasked
    return 0.0 if person.answers else 1.0


def user_types(truth: Truth) -> list[UserType]:
    """The oracle's user type of each of `truth.people`.

    It is shown every order, whatever became of it: the day, whether a promotion drew it, the products, whether it was given back; from when to when
    the person was a member and so could order, whether a loyal member referred them, whether they came late (nobody is loyal
    yet then), and whom they brought, with the types of all others. P(type) · P(orders | type) · P(invitations | type).

    Not shown: what was paid (the standing discount of the loyal would give them away), how much they say, how long they
    stay. The last two together were worth less than half a point when tried.
    """
    invitations = inviting.likelihoods(truth)
    return [
        each.type if each.soul else _user_type(each, truth, invitations.get(number))
        for number, each in enumerate(truth.people)
    ]


def _user_type(person: Known, truth: Truth, invitations: dict[UserType, float] | None) -> UserType:
    prior = LATE_TYPES if person.came_at > (len(truth.days) - LATE) * DAY else TYPES
    orders = buying.likelihoods(person, truth.days)
    brought = invitations or dict.fromkeys(USER_TYPES, 0.0)
    return _best(USER_TYPES, lambda kind: _log(prior[kind]) + orders[kind] + brought[kind])


def _best(values: tuple[Value, ...], score: Callable[[Value], float]) -> Value:
    """The value of highest score, the first of equal ones."""
    return max(values, key=score)


def _log(chance: float) -> float:
    return math.log(chance) if chance > 0 else -math.inf
