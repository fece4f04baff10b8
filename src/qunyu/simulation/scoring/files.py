"""Files: what an oracle can tell of stages from the exported files alone, knowing which ids are one person."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from qunyu.simulation.scoring.known import Truth
from qunyu.simulation.truth import STAYED_AFTER, STAYED_DAYS

Row = Mapping[str, str]


@dataclass(slots=True)
class Traces:
    """What the files tell of one person."""

    joined: date = date.max
    spoke: set[date] = field(default_factory=set)
    bought: bool = False
    invited: bool = False

    def stage(self, starts_on: date) -> str:
        """The furthest stage by the definitions of truth.STAGES."""
        if self.invited:
            return "referral"
        if self.bought:
            return "revenue"
        stayed = max(self.joined, starts_on) + timedelta(days=STAYED_AFTER)
        if len(self.spoke) >= STAYED_DAYS and max(self.spoke) >= stayed:
            return "retention"
        return "activation" if self.spoke else "acquisition"


def stages(truth: Truth, folder: Path) -> list[str]:
    """The stage of each of `truth.people` as far as the files in `folder` tell it.

    The oracle knows which ids are one person, and every definition. It does not know what is not exported: who brought those who came
    before the chats begin, and whose an order is when the customer never gave a phone or union id that the member list has too.
    Who knows all that happened is right by definition (1.0).
    """
    people = {key: Traces() for key in range(len(truth.people))}
    numbers = {key: number for number, each in enumerate(truth.people) for key in each.ids.values()}
    told = {key: people[number] for key, number in numbers.items()}
    members = list(_rows(folder / "members.csv"))
    for row in members:
        if row["member_id"] in told:
            traces = told[row["member_id"]]
            traces.joined = min(traces.joined, date.fromisoformat(row["joined_at"][:10]))
    for path in sorted(folder.glob("chats/*/*.csv")):
        for row in _rows(path):
            _hear(row, told)
    for key in _buyers(members, list(_rows(folder / "orders.csv"))):
        if key in told:
            told[key].bought = True
    return [people[number].stage(truth.starts_on) for number in range(len(truth.people))]


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _hear(row: Row, told: Mapping[str, Traces]) -> None:
    if row["kind"] == "message" and row["author_id"] in told:
        told[row["author_id"]].spoke.add(date.fromisoformat(row["time"][:10]))
    if row["kind"] == "joined" and row["other_id"] in told:
        told[row["other_id"]].invited = True


def _buyers(members: list[Row], orders: list[Row]) -> set[str]:
    """The ids of members who share a phone or union id with a customer who has a paid order."""
    marks: dict[str, set[str]] = defaultdict(set)
    paid = set()
    for row in orders:
        marks[row["customer"]] |= {row["phone"], row["union_id"]} - {""}
        if row["status"] == "paid":
            paid.add(row["customer"])
    known = set().union(*(marks[customer] for customer in paid))
    return {row["member_id"] for row in members if not known.isdisjoint((row["phone"], row["union_id"]))}
