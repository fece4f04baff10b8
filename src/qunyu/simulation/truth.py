"""Truth: what the generator knows and the product has to find out; and the list of communities."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from qunyu.simulation.brand import NAME
from qunyu.simulation.communities import NEVER, Community
from qunyu.simulation.costs import JOIN_RATE
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Membership, Person
from qunyu.simulation.purchases import Order
from qunyu.simulation.stamps import stamp
from qunyu.simulation.world import World
from qunyu.simulation.write import Said

STAYED_AFTER, STAYED_DAYS = 7, 3
STAGES = {
    "acquisition": "joined, never said a word, never bought",
    "activation": "said something",
    "retention": (
        f"said something on a day at least {STAYED_AFTER} days after first joining, and on at least {STAYED_DAYS} days"
    ),
    "revenue": "has a paid order",
    "referral": "has invited somebody who joined",
}


def write_communities(world: World, folder: Path) -> None:
    """communities.json: the cards of the communities, as an operator would enter them."""
    cards = [_card(world, each) for each in world.communities]
    text = json.dumps(cards, ensure_ascii=False, indent=1)
    (folder / "communities.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _card(world: World, community: Community) -> dict[str, Any]:
    closed = _date(world, community.closes) if community.closes < world.spec.days else None
    return {
        "key": community.key,
        "name": community.name,
        "platform": community.platform,
        "type": community.type,
        "theme": community.design.theme,
        "unit": list(community.unit.path),
        "owner": world.crews[community.number].owner.person.name,
        "owner_id": world.crews[community.number].owner.id,
        "opened": _date(world, community.opens),
        "dissolved": closed,
        "positioning": community.design.positioning,
    }


def write_truth(world: World, said: list[Said], folder: Path) -> None:
    """truth.json, one person a line so that it can be written and read as a stream."""
    head = {
        "seed": world.spec.seed,
        "brand": NAME,
        "starts_on": world.spec.starts_on.isoformat(),
        "ends_on": world.spec.ends_on.isoformat(),
        "rate": world.spec.rate,
        "holidays": [{"day": each.day.isoformat(), "name": each.festival} for each in world.days if each.festival],
        "celebration": [each.day.isoformat() for each in world.days if each.celebration],
        "join_rates": JOIN_RATE,
        "stages": STAGES,
        "communities": [_health(world, each, said[each.number]) for each in world.communities],
        "anomalies": list(_anomalies(world)),
    }
    placed: dict[int, list[Order]] = defaultdict(list)
    for order in world.orders:
        placed[order.buyer.number].append(order)
    with (folder / "truth.json").open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "members": [\n')
        _join(file, (_person(world, each, placed[each.number]) for each in world.people if _counts(each)))
        file.write(" ]\n}\n")


def _join(file: TextIO, items: Iterator[dict[str, Any]]) -> None:
    gap = "  "
    for item in items:
        file.write(gap + json.dumps(item, ensure_ascii=False))
        gap = ",\n  "
    file.write("\n")


def _health(world: World, community: Community, said: Said) -> dict[str, Any]:
    soul = world.crews[community.number].soul
    days = world.spec.days
    return {
        "key": community.key,
        "state": community.state(days),
        "cause": community.design.fate.cause if community.fades < days else "",
        "fading_since": _date(world, community.fades) if community.fades < days else None,
        "died_on": _date(world, community.dies) if community.dies < days else None,
        "trend": round(community.trend, 4),
        "answer_minutes": community.answers,
        "soul": soul.id if soul else None,
        "messages": said.messages,
        "member_messages": said.by_day,
    }


def _anomalies(world: World) -> Iterator[dict[str, Any]]:
    for community in world.communities:
        for each in community.anomalies:
            yield {"community": each.community, "day": _date(world, each.day), "metric": each.metric, "size": each.size}


def _counts(person: Person) -> bool:
    return person.role == "member" and bool(person.memberships)


def _person(world: World, person: Person, placed: list[Order]) -> dict[str, Any]:
    return {
        "customer": f"C{person.number:07d}",
        "ids": person.ids,
        "intruder": person.intruder,
        "type": None if person.intruder else person.type,
        "tier": None if person.intruder else person.tier,
        "stage": None if person.intruder else stage(person),
        "rate": round(person.rate, 4),
        "churned_at": _churned(world, person),
        "evidence": _evidence(world, person, placed),
        "memberships": [_membership(world, each) for each in person.memberships],
    }


def _evidence(world: World, person: Person, placed: list[Order]) -> dict[str, Any]:
    """What happened: `orders` counts the paid ones, `placed` lists all of whatever status; `unasked` is a chance."""
    return {
        "messages": person.messages,
        "days_spoken": person.days_spoken.bit_count(),
        "answers": person.answers,
        "unasked": round(math.exp(person.unasked), 6),
        "orders": person.orders,
        "last_order": _date(world, person.last_order) if person.orders else None,
        "placed": [_placed(world, each) for each in placed],
        "referred_by_loyal": person.referred_by_loyal,
        "invited": len(person.invited),
        "invited_buyers": sum(each.orders > 0 for each in person.invited),
    }


def _placed(world: World, order: Order) -> dict[str, Any]:
    return {
        "at": stamp(world.spec.starts_on, order.second),
        "status": order.status,
        "promoted": order.promoted,
        "products": [line.product.key for line in order.lines],
    }


def stage(person: Person) -> str:
    """The furthest lifecycle stage reached by the end, by the definitions of STAGES."""
    if person.invited:
        return "referral"
    if person.orders:
        return "revenue"
    first = max(0, min(each.joined_at for each in person.memberships) // DAY)
    if person.days_spoken >> (first + STAYED_AFTER) and person.days_spoken.bit_count() >= STAYED_DAYS:
        return "retention"
    return "activation" if person.days_spoken else "acquisition"


def _churned(world: World, person: Person) -> str | None:
    """When the last engagement ended; None for those still engaged somewhere at the end."""
    last = max(each.silent_at for each in person.memberships)
    return stamp(world.spec.starts_on, last) if last < world.spec.days * DAY else None


def _membership(world: World, member: Membership) -> dict[str, Any]:
    start, end = world.spec.starts_on, world.spec.days * DAY
    return {
        "community": member.community.key,
        "joined_at": stamp(start, member.joined_at),
        "silent_at": stamp(start, member.silent_at) if member.silent_at < end else None,
        "left_at": stamp(start, member.left_at) if member.left_at is not None and member.left_at < end else None,
        "channel": member.channel,
        "inviter": member.inviter.id if member.inviter else None,
    }


def _date(world: World, day: int) -> str | None:
    return None if day >= NEVER else (world.spec.starts_on + timedelta(days=day)).isoformat()
