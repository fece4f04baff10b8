"""Same person: how right the questions "may these be one person?" are, against who the simulated people are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from qunyu.kernel.words import Words
from qunyu.members.queries import accounts
from qunyu.members.suggesting import find
from qunyu.simulation.scoring.table import Cells, percent
from qunyu.simulation.scoring.trial import Trial

# From this chance on (in %) a question counts as asked.
LEVELS = (20, 50, 70)


class SamePerson:
    """Who is split over several members, shop customers included, and how many of them are asked about, how rightly."""

    def score(self, trial: Trial) -> dict[str, Any]:
        """`people` are split; for each level: `asked`, of these `right`, `precision`, the split people `found`, and `recall`.

        Shares are None where nothing was asked or nobody is split.
        """
        persons, members = _truth(trial)
        split = {person for person, several in _members_of(persons, members).items() if len(several) > 1}
        found = {pair: told.percent for pair, (kind, told) in find(trial.lake).items() if kind == "name"}
        levels = [
            {"level": level, **_scored([p for p, n in found.items() if n >= level], persons, split)} for level in LEVELS
        ]
        return {"people": len(split), "levels": levels}

    def rows(self, result: dict[str, Any]) -> Cells:
        """Nothing: there is no one accuracy of questions."""
        return []

    def tables(self, result: dict[str, Any]) -> list[tuple[str, Cells]]:
        """The figures by level."""
        head = ("", *(str(each) for each in HEADS))
        rows = [
            (f"≥ {each['level']} %", f"{each['asked']:,}", f"{each['right']:,}", percent(each["precision"]),
             f"{each['found']:,} / {result['people']:,}", percent(each["recall"]))
            for each in result["levels"]
        ]  # fmt: skip
        return [(str(TITLE), [head, *rows])]


def _truth(trial: Trial) -> tuple[dict[int, int], dict[int, int]]:
    """Whose each known identity is (a number of the truth's people), and which member it belongs to."""
    owners: dict[tuple[str, str], int] = {}
    for number, each in enumerate(trial.told["members"]):
        owners |= dict.fromkeys(each["ids"].items(), number)
        owners["shop", each["customer"]] = number
    persons: dict[int, int] = {}
    members: dict[int, int] = {}
    for each in accounts(trial.scope, {key for _, key in owners}):
        owner = owners.get(("shop" if each.platform.startswith("shop") else each.platform, each.id))
        if owner is not None:
            persons[each.identity], members[each.identity] = owner, each.member
    return persons, members


def _members_of(persons: Mapping[int, int], members: Mapping[int, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for identity, person in persons.items():
        found[person].add(members[identity])
    return found


def _scored(asked: list[tuple[int, int]], persons: Mapping[int, int], split: set[int]) -> dict[str, Any]:
    right = [pair for pair in asked if pair[0] in persons and persons[pair[0]] == persons.get(pair[1])]
    people = {persons[one] for one, _ in right}
    return {
        "asked": len(asked),
        "right": len(right),
        "precision": round(len(right) / len(asked), 4) if asked else None,
        "found": len(people),
        "recall": round(len(people) / len(split), 4) if split else None,
    }


TITLE = Words("疑似同一人（含店铺顾客）", "Same person? (shop customers included)")
HEADS = (
    Words("提出", "asked"),
    Words("其中正确", "right"),
    Words("准确率", "precision"),
    Words("找到的人", "people found"),
    Words("召回率", "recall"),
)
