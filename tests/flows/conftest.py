"""Imports of written-out files, and what they leave: facts, orders, people, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.events.actions import begin_undo
from qunyu.events.lake.store import Name
from qunyu.events.models import Import
from qunyu.events.problems import Problem
from qunyu.events.queries import problems_of
from qunyu.flows import importing, undoing
from qunyu.flows.actions import ask_import
from qunyu.flows.place import lake, place
from qunyu.flows.request import ImportRequest, Part
from qunyu.insights.board import board
from qunyu.insights.question import Question
from qunyu.insights.totals import totals
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity, Mark, Member, Membership
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW


@dataclass
class Desk:
    """Where a test imports and undoes."""

    scope: Scope
    folder: Path
    parts: dict[str, str] = field(default_factory=dict)

    def ask(
        self, files: Mapping[str, str | bytes], yields: str = "", unit: Unit | None = None, **options: Any
    ) -> Import:
        """A waiting import of files by name, each a part of its own."""
        request = ImportRequest(tuple(Part((str(self.write(*each)),), yields) for each in files.items()), **options)
        unit_id = (unit or root_unit()).pk
        return ask_import(by=self.scope, unit_id=unit_id, title=next(iter(files)), request=request, now=NOW)

    def write(self, name: str, content: str | bytes) -> Path:
        """The path of a file with that content."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def bring(
        self, files: Mapping[str, str | bytes], yields: str = "", unit: Unit | None = None, **options: Any
    ) -> Import:
        """The import done."""
        return self.run(self.ask(files, yields, unit, **options))

    def run(self, owner: Import) -> Import:
        """The waiting import done."""
        importing.run(owner.pk, place=place(), now=NOW)
        owner.refresh_from_db()
        return owner

    def undo(self, owner: Import) -> dict[str, int]:
        """How much went."""
        begin_undo(by=self.scope, owner=owner, now=NOW)
        return undoing.run(owner.pk, place=place(), now=NOW)

    def facts(self, name: Name = "facts") -> list[dict[str, Any]]:
        """The rows of a table of the lake, in a fixed order."""
        rows: list[dict[str, Any]] = []
        for file in lake().files(name):
            month = Path(file).parent.name.removeprefix("month=")
            rows += [{"month": month, **row} for row in pq.ParquetFile(file).read().to_pylist()]
        return sorted(rows, key=repr)

    def texts(self) -> list[str]:
        """What was said, in the order of time."""
        said = [row for row in self.facts() if row["kind"] == "message"]
        return [row["text"] for row in sorted(said, key=lambda row: (row["occurred_at"], row["text"]))]

    def problems(self, owner: Import) -> list[Problem]:
        """The kept problems."""
        return list(problems_of(owner))

    def orders(self, *fields: str) -> list[tuple[Any, ...]]:
        """Those fields of every order, by number."""
        rows = Order.objects.order_by("number", "amount", "ordered_at").values_list(*fields)
        names = clear_keys()
        return [tuple(names.get(each, each) for each in row) for row in rows]

    def figures(self, grain: Any = "day") -> dict[str, list[float | None]]:
        """Every metric, period by period."""
        answer = board(lake(), self.scope, Question(grain=grain))
        found: dict[str, list[float | None]] = {"periods": [period.first.toordinal() for period in answer.periods]}
        for metric, _, _, _ in answer.figures:
            found[metric] = [answer.figure(metric, period).value for period in answer.periods]
        return found

    def people(self) -> list[list[str]]:
        """The keys of the identities that each person is known by."""
        keys: dict[int, list[str]] = {}
        for each in Identity.objects.all():
            keys.setdefault(each.member_id, []).append(each.clear_key)
        return sorted(map(sorted, keys.values()))

    def everything(self) -> dict[str, object]:
        """All that imports leave, but for keys that come out of a counter."""
        return {
            "communities": sorted(Community.objects.values_list("platform", "key", "name")),
            "identities": sorted(Identity.objects.values_list("platform", "key", "name", "member__own_identity__key")),
            "marks": sorted(Mark.objects.values_list("identity__key", "kind", "value")),
            "members": Member.objects.count(),
            "people": self.people(),
            "memberships": sorted(
                Membership.objects.values_list("identity__key", "community__key", *MEMBERSHIP), key=repr
            ),
            "orders": sorted(
                Order.objects.values_list("reference", "amount", "refund", "status", "customer__key"), key=repr
            ),
            "facts": sorted((row["fact_id"], row["kind"]) for row in self.facts()),
            "figures": self.figures(),
            "totals": totals(lake(), self.scope),
        }


def clear_keys() -> dict[object, str]:
    """What the database has for a stable id -> the id."""
    return {each.key: each.clear_key for each in Identity.objects.exclude(sealed="")}


MEMBERSHIP = ("first_at", "last_at", "joined_at", "left_at", "messages", "active_days")


@pytest.fixture
def desk(system: Scope, tmp_path: Path) -> Desk:
    """A deployment to import into."""
    return Desk(system, tmp_path / "given")
