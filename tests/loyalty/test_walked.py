"""Pages of long lists found along an index are those of the whole list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict

from qunyu.console import lists
from qunyu.console.lists import Column, Listing, Walked
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.accounts import entries, latest, search
from qunyu.loyalty.models import Account, Entry, Level, Movement, Programme, Standing
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.loyalty.conftest import Buyer

pytestmark = pytest.mark.django_db
NAME = Words("名称", "Name")


def listing(sort: str, key: str) -> Listing[Any]:
    column = Column[Any]("key", NAME, lambda row: row, sort=key, fixed=True)
    return Listing[Any]((column,), QueryDict(f"sort={sort}"), "key")


def the_same(walked: Walked[Any], rows: Iterable[Any]) -> bool:
    """Whether each window of the one is that of the other."""
    every = [row.pk for row in rows]
    windows = [slice(start, start + size) for start in range(len(every) + 2) for size in (1, 3, 50)]
    return all([row.pk for row in walked[window]] == every[window] for window in windows)


@pytest.fixture
def moved(programme: Programme, buyer: Buyer) -> Programme:
    """Twelve movements of points, four at each of three moments, some of both people at once."""
    accounts = [Account.objects.create(programme=programme, member=buyer(name)) for name in ("Mei", "Tom")]
    for number in range(12):
        # The later it happened, the earlier it was written.
        made = Movement.objects.create(
            programme=programme, kind="give" if number % 2 else "take", key=str(number), act="act", reason="茶会",
            at=NOW - timedelta(hours=number // 4), written_at=NOW, by="system:0", by_name="系统",
        )  # fmt: skip
        for account in accounts[: 2 if number % 3 else 1]:
            Entry.objects.create(movement=made, side="member", account=account, amount=number + 1)
        Entry.objects.create(movement=made, side="adjusted", amount=-(number + 1))
    return programme


@pytest.mark.parametrize("wanted", [{}, {"kind": "give"}, {"text": "tom"}, {"text": "nobody"}])
def test_the_latest_movements(moved: Programme, system: Scope, wanted: dict[str, str]) -> None:
    found = search(entries(system, moved), **wanted)
    rows = listing("-key", "movement__at").ordered(found, "movement_id", "pk")
    assert len(rows) == {"give": 10, "tom": 8, "nobody": 0}.get("".join(wanted.values()), 20)
    assert the_same(Walked(rows, "movement", [latest(found, moved)]), rows)


def test_the_latest_movements_of_whom_somebody_may_see(
    moved: Programme, buyer: Buyer, staff: AddStaff, unit: Unit, system: Scope
) -> None:
    Account.objects.filter(member__name="Tom").update(member=None)
    mine = scope_of(staff("admin", "admin", unit))
    found = entries(mine, moved)
    rows = listing("-key", "movement__at").ordered(found, "movement_id", "pk")
    assert len(rows) == 12 and len(entries(system, moved)) == 20
    assert the_same(Walked(rows, "movement", [latest(found, moved)]), rows)


def test_a_page_far_behind_is_asked_for_as_a_whole(
    moved: Programme, system: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "COUNTED", 5)
    rows = listing("-key", "movement__at").ordered(entries(system, moved), "movement_id", "pk")
    assert the_same(Walked(rows, "movement", [latest(entries(system, moved), moved)]), rows)


@pytest.mark.parametrize("falling", [True, False])
def test_people_step_by_step(programme: Programme, buyer: Buyer, falling: bool) -> None:
    steps = [Level.objects.create(programme=programme, name=str(place), position=place) for place in range(4)]
    for number, step in enumerate((2, 0, 2, 3, 0, 2)):
        Standing.objects.create(
            programme=programme, member=buyer(f"M{number}"), level=steps[step], since=NOW.date(), why="bar"
        )
    found, sign = Standing.objects.filter(programme=programme), "-" if falling else ""
    rows = listing(f"{sign}key", "level__position").ordered(found, "member")
    parts = [
        found.filter(level=each).order_by(f"{sign}member").values_list("member", flat=True)
        for each in (reversed(steps) if falling else steps)
    ]
    assert the_same(Walked(rows, "member", parts), rows)
