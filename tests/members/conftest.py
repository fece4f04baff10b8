"""Members in communities of units, and what computations found of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from qunyu.communities.models import Community
from qunyu.insights.labelling import KEPT, Changes
from qunyu.kernel.platform_ids import keyed_id, sealed_id
from qunyu.kernel.scope import Scope
from qunyu.members.labels import put_labels
from qunyu.members.models import Identity, Member, Membership
from qunyu.people.models import Unit
from tests.deployment_fixtures import NOW

FIGURES: dict[str, dict[str, Any]] = {
    "tier": {
        **dict.fromkeys(("active_messages", "contributing_answers", "professional_answers", "tier_silence"), 12.0),
        **{"spoken_30": 3.5, "answers_30": 0.0, "answer_days": 0, "last_day": "2026-03-01"},
    },
    "stage": {
        **{"first_day": "2026-03-01", "invited": 0, "orders": 2, "spoken_days": 4, "spoken_span": 9},
        **{"retention_after": 7.0, "retention_days": 3.0},
    },
}
ORDINARY, ACTIVE, CONTRIBUTING = ("ordinary", 5), ("active", 4), ("contributing", 3)
REVENUE, RETENTION = ("revenue", 1), ("retention", 2)


def day(number: int) -> date:
    return date(2026, 3, number)


def row(member: Member, value: tuple[str, int], unit: Unit, label: str = "tier", **figures: Any) -> dict[str, Any]:
    told = json.dumps({**FIGURES[label], **figures})
    return {
        "label": label,
        "member": member.pk,
        "unit": unit.pk,
        "value": value[0],
        "rule": value[1],
        "figures": told,
    }


def changes(as_of: int | None, *put: dict[str, Any], gone: tuple[tuple[Member, str], ...] = ()) -> Changes:
    """What a computation over data up to that day of March found."""
    return Changes(
        day(as_of) if as_of else None,
        pa.Table.from_pylist(list(put), KEPT),
        pa.Table.from_pylist(
            [{"label": label, "member": member.pk} for member, label in gone],
            pa.schema([("label", pa.string()), ("member", pa.int64())]),
        ),
    )


Person = Callable[..., Member]
Place = Callable[[str, Unit], Community]
Keep = Callable[..., int]


@pytest.fixture
def place(db: None) -> Place:
    """A community in a unit."""
    return lambda name, unit: Community.objects.create(platform="wechat", key=name, name=name, unit=unit)


@pytest.fixture
def person(db: None) -> Person:
    """A member seen in communities."""

    def make(name: str, *places: Community) -> Member:
        member = Member.objects.create(name=name)
        identity = Identity.objects.create(
            member=member, own_member=member, platform="wechat", key=keyed_id(name), sealed=sealed_id(name), name=name
        )
        for each in places:
            Membership.objects.create(identity=identity, community=each, first_at=NOW, last_at=NOW)
        return member

    return make


@pytest.fixture
def keep(system: Scope) -> Keep:
    """Keeps what was found."""
    return lambda *found, **more: put_labels(by=system, changes=changes(*found, **more), people=None, now=NOW)


@pytest.fixture
def mei(person: Person, place: Place, unit: Unit) -> Member:
    """Seen in the community "tea" of 华东店."""
    return person("Mei", place("tea", unit))
