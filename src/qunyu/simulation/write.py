"""Write: chats, members, orders and costs as CSV in the product's own plain formats, streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

from qunyu.simulation.communities import Community
from qunyu.simulation.costs import costs
from qunyu.simulation.joining import DAY
from qunyu.simulation.life import live
from qunyu.simulation.people import Membership, Person
from qunyu.simulation.purchases import Order
from qunyu.simulation.room import Line
from qunyu.simulation.stamps import stamp
from qunyu.simulation.world import World

CHAT = (
    "time", "community", "community_name", "kind", "message_id", "author_id", "author_name", "text", "subject",
    "other_id", "other_name", "bot",
)  # fmt: skip
MEMBERS = ("community", "member_id", "name", "joined_at", "left_at", "role", "channel", "phone", "union_id", "platform")
ORDERS = (
    "order_id", "customer", "customer_name", "ordered_at", "amount", "currency", "status", "product", "quantity",
    "phone", "union_id", "refund",
)  # fmt: skip
COSTS = ("date", "community", "channel", "cost", "currency", "exposures")
INTENTS = ("community", "message_id", "intent", "answers")
JUDGED = frozenset(("question", "answer", "complaint", "praise", "advert", "thanks", "checkin", "promotion"))


class Sheet(Protocol):
    """Something that takes rows, such as csv.writer."""

    def writerow(self, row: tuple[object, ...], /) -> object:
        """Takes one row."""


@dataclass(slots=True)
class Said:
    """What one community said: lines in all, messages, member messages by day."""

    lines: int = 0
    messages: int = 0
    first: int = -1
    last: int = -1
    by_day: list[int] | None = None


@contextmanager
def sheet(path: Path, columns: tuple[str, ...]) -> Iterator[Sheet]:
    """A CSV file with its header row: UTF-8, lines end in \\n on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        yield rows


def write_chat(world: World, community: Community, folder: Path, intents: Sheet) -> Said:
    """The chat of one community in the order of time, a day at a time; counts on the people what they said."""
    said = Said(by_day=[0] * world.spec.days)
    crew, members = world.crews[community.number], world.members[community.number]
    path = folder / "chats" / community.platform / f"{community.key}.csv"
    with sheet(path, CHAT) as rows:
        for day, lines in live(world.spec, community, crew, members, world.days, world.cues):
            for line in lines:
                said.lines += 1
                line.number = said.lines
                rows.writerow(_chat_row(world, community, line))
                if line.kind == "message":
                    _count(said, line, day.index)
                if line.intent in JUDGED:
                    answers = line.answers.number if line.answers else ""
                    intents.writerow((community.key, line.number, line.intent, answers))
    return said


def _chat_row(world: World, community: Community, line: Line) -> tuple[object, ...]:
    author, other = line.author, line.other
    return (
        stamp(world.spec.starts_on, line.second),
        community.key,
        community.name,
        line.kind,
        line.number,
        author.id,
        author.name,
        line.text,
        line.subject,
        other.id if other else "",
        other.name if other else "",
        "true" if author.person.role == "bot" else "",
    )


def _count(said: Said, line: Line, day: int) -> None:
    person = line.author.person
    said.messages += 1
    if person.role == "member" and said.by_day is not None and not person.intruder:
        said.by_day[day] += 1
        person.messages += 1
        person.days_spoken |= 1 << day
        person.answers += line.intent == "answer"


def write_members(world: World, folder: Path) -> int:
    """The member list of every community; returns the number of rows."""
    count = 0
    with sheet(folder / "members.csv", MEMBERS) as rows:
        for inside in world.members:
            for member in inside:
                if member.joined_at < world.spec.days * DAY:
                    rows.writerow(_member_row(world, member))
                    count += 1
    return count


def _member_row(world: World, member: Membership) -> tuple[object, ...]:
    person, start = member.person, world.spec.starts_on
    left = member.left_at if member.left_at is not None and member.left_at < world.spec.days * DAY else None
    return (
        member.community.key,
        member.id,
        member.name,
        stamp(start, member.joined_at),
        "" if left is None else stamp(start, left),
        person.role,
        member.channel,
        person.phone if phone_known(person) else "",
        person.union_id if member.community.platform in ("wechat", "wecom") and person.role == "member" else "",
        member.community.platform,
    )


def phone_known(person: Person) -> bool:
    """Whether the brand has the number: it does of those who bought (but for a few), and of every seventh other."""
    if person.role != "member" or person.intruder:
        return False
    return person.number % 12 != 0 if person.orders else person.number % 7 == 0


def write_orders(world: World, folder: Path) -> int:
    """Every order line; returns the number of orders. Lines of one order share its number."""
    random = Random(f"{world.spec.seed}/order-rows")
    with sheet(folder / "orders.csv", ORDERS) as rows:
        for order in world.orders:
            known = random.random()
            for row in _order_rows(world, order, known):
                rows.writerow(row)
    return len(world.orders)


def _order_rows(world: World, order: Order, known: float) -> Iterator[tuple[object, ...]]:
    """`known` below 0.04 leaves the customer without phone and union id: nobody can tell who that was."""
    person = order.buyer
    union = person.union_id if known > 0.3 and {"wechat", "wecom"} & person.ids.keys() else ""
    for line in order.lines:
        yield (
            f"L{order.number:08d}",
            f"C{person.number:07d}",
            person.name if known > 0.5 else person.nick,
            stamp(world.spec.starts_on, order.second),
            f"{line.amount / 100:.2f}",
            "CNY",
            order.status,
            line.product.name,
            line.quantity,
            person.phone if known >= 0.04 else "",
            union,
            f"{line.refund / 100:.2f}",
        )


def write_costs(world: World, folder: Path) -> int:
    """Costs and exposures of every community; returns the number of rows."""
    count = 0
    with sheet(folder / "costs.csv", COSTS) as rows:
        for community in world.communities:
            for row in costs(world.spec, world.days, community, world.members[community.number]):
                exposures = "" if row.exposures is None else row.exposures
                rows.writerow((row.day.day, community.key, row.channel, f"{row.cost / 100:.2f}", "CNY", exposures))
                count += 1
    return count
