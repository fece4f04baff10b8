"""What of points those see who may see no orders."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.kernel.scope import Scope
from qunyu.loyalty.deeds import Told
from qunyu.loyalty.earnings import collect
from qunyu.loyalty.models import Programme
from qunyu.people.models import Unit
from tests.api.calling import Caller
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn
from tests.loyalty.conftest import Buyer, buyer, community, programme

__all__ = ["buyer", "community", "programme"]
pytestmark = pytest.mark.django_db
LEDGER = "/members/points/ledger"


def test_what_orders_earned_is_told_only_to_whom_orders_are_shown(
    programme: Programme, buyer: Buyer, system: Scope, staff: AddStaff, signed_in: SignedIn, unit: Unit
) -> None:
    assert programme.starts_on < date(2026, 3, 1)
    buyer("Mei", 71_00)
    collect(by=system, programme=programme, told=Told(), now=NOW)
    boss, admin = signed_in(staff("boss", "director")), signed_in(staff("admin", "admin", unit))
    assert "+71" in read(boss.get(LEDGER))
    page = admin.get(LEDGER)
    shown = read(page)
    assert "订单积分（无查看权限）" in shown
    assert "+71" not in shown
    assert (b"sort=-amount" in page.content, b"sort=-amount" in boss.get(LEDGER).content) == (False, True)
    exported = b"".join(admin.get(f"{LEDGER}?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("Mei" in exported, "71" in exported.replace(programme.public_id, "")) == (True, False)
    entries = f"/points/programmes/{programme.public_id}/entries"
    told = [Caller(each).get(entries).body["items"][0]["amount"] for each in (boss, admin)]
    assert told == [71, None]
