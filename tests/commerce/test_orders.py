"""Reads of orders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.commerce import queries
from qunyu.commerce.models import Order
from qunyu.commerce.queries import last_order_day
from qunyu.events.models import Import
from qunyu.kernel.scope import Scope
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of, units_below
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db


def ordered(unit: Unit, days: int, supplied_by: Import | None = None) -> None:
    """An order of the unit, so many days after NOW."""
    Order.objects.create(
        unit=unit, reference=f"{unit.pk} {days}", fact_id="00", ordered_at=NOW + timedelta(days=days), amount=100, currency="CNY",
        status="paid", supplied_by=supplied_by,
    )  # fmt: skip


@pytest.mark.parametrize("newest", [1, 2, 1_000])
def test_the_last_day_is_that_of_the_units_and_of_what_may_be_seen(
    system: Scope, unit: Unit, other_unit: Unit, staff: AddStaff, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    everywhere = units_below(root_unit())
    assert last_order_day(system, everywhere) is None
    ordered(unit, 1)
    ordered(unit, -3)
    ordered(other_unit, 5)
    monkeypatch.setattr(queries, "NEWEST", newest)
    ordered(unit, 9, Import.objects.create(unit_id=unit.pk, title="x", created_at=NOW, state="saving"))
    here, there = date(2026, 3, 21), date(2026, 3, 25)
    found = [last_order_day(system, each) for each in ([unit.pk], [other_unit.pk], everywhere, [])]
    assert found == [here, there, there, None]
    mine = scope_of(staff("owner", "owner", unit))
    assert [last_order_day(mine, each) for each in (everywhere, [unit.pk], [other_unit.pk])] == [here, here, None]
