"""Joining: who enters which community when, through which channel, invited by whom."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from random import Random

from qunyu.simulation.brand import CITIES, BrandSpec, Type
from qunyu.simulation.communities import Community
from qunyu.simulation.people import LATE, LOYALTY, Membership, Person, Town, UserType
from qunyu.simulation.rhythm import Day, clock

DAY = 86_400
INVITED = "好友邀请"
PULLED = "管理员邀请"
ELSEWHERE = 0.21
# How often the loyal are asked for a friend first; else so many are asked, and this is how often each type says yes.
LOYAL_FIRST = 0.75
ASKED = 12
EAGER: dict[UserType, float] = {"loyal": 1.0, "demand": 0.25, "low_demand": 0.08, "bargain": 0.0}

# Entry channels by type, with their share of joins; the two above need an inviter.
CHANNELS: dict[Type, dict[str, float]] = {
    "lead": {"门店海报": 0.22, "小红书": 0.17, "抖音": 0.13, "公众号": 0.11, "包裹卡": 0.07, INVITED: 0.30},
    "welfare": {"公众号": 0.18, "门店海报": 0.17, "朋友圈": 0.14, "包裹卡": 0.13, INVITED: 0.32, PULLED: 0.06},
    "flash": {"朋友圈": 0.30, "公众号": 0.22, "短信": 0.14, INVITED: 0.34},
    "sharing": {"公众号": 0.25, "视频号": 0.20, "朋友圈": 0.15, INVITED: 0.32, PULLED: 0.08},
    "sales": {PULLED: 0.42, "公众号": 0.20, "朋友圈": 0.13, INVITED: 0.25},
    "enabling": {PULLED: 0.80, INVITED: 0.20},
}


@dataclass
class Inside:
    """Who is in a community so far, and the loyal ones among them who have not yet brought a friend."""

    members: list[Membership] = field(default_factory=list)
    loyal: deque[Membership] = field(default_factory=deque)
    owner: Membership | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One joining to come: the second (negative before the window) and the community's number."""

    second: int
    community: int


def populate(
    spec: BrandSpec, communities: list[Community], days: list[Day], town: Town, owners: dict[int, Membership]
) -> None:
    """Lets every ordinary member in, in the order of time; `owners` are the group owners by community number."""
    inside = [Inside(owner=owners[each.number]) for each in communities]
    for arrival in _arrivals(spec, communities, days):
        community = communities[arrival.community]
        member = _admit(spec, town, community, inside[community.number], arrival.second)
        _live(member, town.random, spec)
        inside[community.number].members.append(member)
        if member.person.type == "loyal" and not member.person.invited:
            inside[community.number].loyal.append(member)


def _arrivals(spec: BrandSpec, communities: list[Community], days: list[Day]) -> list[Arrival]:
    found: list[Arrival] = []
    for community in communities:
        random = Random(f"{spec.seed}/arrivals/{community.key}")
        found.extend(Arrival(second, community.number) for second in _seconds(community, days, random))
    return sorted(found, key=lambda each: (each.second, each.community))


def _seconds(community: Community, days: list[Day], random: Random) -> list[int]:
    before = 0
    if community.opens < 0:
        before = round(community.target * min(0.72, 0.32 - community.opens / 400))
    early = [-int(-community.opens * DAY * random.random() ** 0.7) - 3_600 for _ in range(before)]
    first, last = max(0, community.opens), min(community.closes - 1, community.dies - 1, len(days) - 1)
    open_days = days[first : last + 1]
    weights = [_pull(community, day, len(days)) for day in open_days]
    chosen = random.choices(open_days, weights, k=community.target - before)
    return early + [day.index * DAY + clock(day, random.random) for day in chosen]


def _pull(community: Community, day: Day, days: int) -> float:
    """The latent weight of joining on `day`: an opening rush that levels off, campaigns, and what is planted."""
    age = day.index - community.opens
    rush = (2.5 if community.type == "flash" else 1.6) * math.exp(-age / (2 if community.type == "flash" else 12))
    level = 0.6 + rush if community.vigour(day.index, days) > 0.5 else 0.25
    season = 0.6 if day.festival else 1.25 if day.weekend else 1.0
    return level * season * (1.6 if day.celebration else 1.0) * community.size_of("joins", day.index)


def _admit(spec: BrandSpec, town: Town, community: Community, inside: Inside, second: int) -> Membership:
    random = town.random
    table = CHANNELS[community.type]
    channel = random.choices(tuple(table), tuple(table.values()))[0]
    inviter = _inviter(inside, channel, second, random)
    person = _known(town, community, second) if random.random() < ELSEWHERE or community.type == "enabling" else None
    if person is None:
        city = community.unit.city or random.choice(CITIES)
        person = town.person(city, late=second > (spec.days - LATE) * DAY)
    member = town.enter(person, community, second, channel)
    if inviter is not None:
        member.inviter = inviter
        if inviter.role == "member" and person not in inviter.person.invited:
            inviter.person.invited.append(person)
            person.referred_by_loyal |= inviter.person.type == "loyal"
    elif channel == INVITED:
        member.channel = "公众号" if "公众号" in table else PULLED
    return member


def _inviter(inside: Inside, channel: str, second: int, random: Random) -> Membership | None:
    """The one who brings a member in; the loyal who have not yet come first, the bargain hunters never do."""
    if channel == PULLED:
        return inside.owner
    if channel != INVITED or not inside.members:
        return None
    if second >= 0 and inside.loyal and random.random() < LOYAL_FIRST:
        loyal = inside.loyal.popleft()
        if _present(loyal, second) and not loyal.person.invited:
            return loyal
    for _ in range(ASKED):
        member = inside.members[int(random.random() * len(inside.members))]
        if random.random() < EAGER[member.person.type] and _present(member, second):
            return member
    return None


def _present(member: Membership, second: int) -> bool:
    return member.joined_at < second < min(member.silent_at, member.left_at or 10**12)


def _known(town: Town, community: Community, second: int) -> Person | None:
    """Somebody who already sits in another community, of the same city by preference."""
    for attempt in range(14):
        person = town.people[int(town.random.random() * len(town.people))]
        near = attempt > 8 or not community.unit.city or person.city == community.unit.city
        eager = person.type in ("loyal", "demand") or community.type in ("welfare", "flash")
        if near and eager and _free_for(person, community, second):
            return person
    return None


def _free_for(person: Person, community: Community, second: int) -> bool:
    """Whether an engaged member of one to three other communities; soul figures stay where they are."""
    if person.role != "member" or person.rate > 5 or not 1 <= len(person.memberships) <= 3:
        return False
    return all(each.community is not community and _present(each, second) for each in person.memberships)


def _live(member: Membership, random: Random, spec: BrandSpec) -> None:
    """Draws when engagement ends and whether and when the member leaves."""
    community, start = member.community, member.joined_at
    mean, leaving = _tenure(member)
    if random.random() < 0.035:
        member.silent_at, member.left_at = start, start + int(random.uniform(600, 1.5 * DAY))
    else:
        member.silent_at = start + DAY + int(random.expovariate(1 / mean) * DAY)
        if random.random() < leaving:
            member.left_at = member.silent_at + DAY + int(random.expovariate(1 / 6) * DAY)
    _planted_exit(member, random, spec)
    _present_from_start(member, random)
    if community.closes < spec.days:
        close_down(member)


def _tenure(member: Membership) -> tuple[float, float]:
    """Mean days of engagement and the chance of leaving after it, in this community."""
    mean, leaving = LOYALTY[member.person.type]
    fate = member.community.design.fate
    if fate.cause == "newcomers_ignored" and member.joined_at > (member.community.fades - 5) * DAY:
        return 9.0, 0.8
    if member.community.type == "enabling":
        return mean * 3, 0.15
    return mean, leaving


def _planted_exit(member: Membership, random: Random, spec: BrandSpec) -> None:
    """A wave of leaving on a planted day, and the drain of a community that fades."""
    community = member.community
    for each in community.anomalies:
        if each.metric == "leaves" and random.random() < 0.008 * each.size:
            _leave_at(member, each.day * DAY + int(random.uniform(9, 23) * 3_600))
    if community.fades < spec.days and random.random() < 0.33:
        first = max(community.fades * DAY, member.joined_at + 2 * DAY)
        last = min(community.dies, spec.days) * DAY
        if first < last:
            _leave_at(member, int(random.uniform(first, last)))


def _leave_at(member: Membership, second: int) -> None:
    if member.joined_at + 2 * DAY < second < (member.left_at or 10**12):
        member.left_at = second
        member.silent_at = min(member.silent_at, second - DAY)


def _present_from_start(member: Membership, random: Random) -> None:
    """Somebody who joined before the window is still there at its start, else nobody would know of them."""
    if member.joined_at < 0 and member.left_at is not None and member.left_at < DAY:
        member.left_at = None
        member.silent_at = max(member.silent_at, int(random.expovariate(1 / 20) * DAY))


def close_down(member: Membership) -> None:
    """The community is dissolved at half past nine in the evening of its last day: everybody is out."""
    moment = member.community.closes * DAY + 21 * 3_600 + 1_800
    if member.left_at is None or member.left_at > moment:
        member.left_at = moment
    member.silent_at = min(member.silent_at, moment)
