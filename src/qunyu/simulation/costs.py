"""Costs: what entry channels and communities cost a day, and how many saw each channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.communities import Community
from qunyu.simulation.joining import CHANNELS, DAY, INVITED, PULLED
from qunyu.simulation.people import Membership
from qunyu.simulation.rhythm import Day

# The latent share of those who see a channel and join, and what a thousand exposures cost in fen.
JOIN_RATE = {
    "门店海报": 0.085, "小红书": 0.012, "抖音": 0.008, "公众号": 0.031,
    "包裹卡": 0.055, "朋友圈": 0.040, "短信": 0.018, "视频号": 0.015,
}  # fmt: skip
THOUSAND = {
    "门店海报": 9_000, "小红书": 6_500, "抖音": 5_000, "公众号": 3_000,
    "包裹卡": 15_000, "朋友圈": 1_500, "短信": 45_000, "视频号": 4_000,
}  # fmt: skip
STAFF_A_DAY = {"lead": 4_500, "welfare": 4_000, "flash": 12_000, "sharing": 2_500, "sales": 5_000, "enabling": 3_000}


@dataclass(frozen=True, slots=True)
class Cost:
    """One row: `cost` in fen; an empty channel is the running of the community itself, without exposures (None)."""

    day: Day
    community: Community
    channel: str
    cost: int
    exposures: int | None


def costs(spec: BrandSpec, days: list[Day], community: Community, members: list[Membership]) -> Iterator[Cost]:
    """Day by day while the community is run: each paid channel with its exposures, and people and red packets."""
    random = Random(f"{spec.seed}/costs/{community.key}")
    joins = Counter((each.joined_at // DAY, each.channel) for each in members)
    channels = [each for each in CHANNELS[community.type] if each not in (INVITED, PULLED)]
    for day in days:
        if not community.open_on(day.index):
            continue
        for channel in channels:
            seen = _exposures(joins[day.index, channel], JOIN_RATE[channel], random)
            if seen:
                yield Cost(day, community, channel, round(seen * THOUSAND[channel] / 1_000), seen)
        yield Cost(day, community, "", _running(community, day, random), None)


def _exposures(joined: int, rate: float, random: Random) -> int:
    """So many that `joined` of them is `rate` on average; some days nobody who sees it joins."""
    seen = sum(random.gammavariate(6, 1 / (6 * rate)) for _ in range(joined)) * 0.97
    return round(seen + (random.expovariate(rate / 0.12) if random.random() < 0.25 else 0))


def _running(community: Community, day: Day, random: Random) -> int:
    base = STAFF_A_DAY[community.type] * (1.5 if day.celebration else 1.0)
    return round(base * random.uniform(0.85, 1.2) / 10) * 10
