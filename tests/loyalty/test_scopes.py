"""What of a person's points those see who work elsewhere, or may see no orders."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.communities.models import Community
from qunyu.console.pages.member_points import _fee_told
from qunyu.kernel.scope import Scope
from qunyu.loyalty import vip
from qunyu.loyalty.accounts import entries_of, shows_amount
from qunyu.loyalty.deeds import Told
from qunyu.loyalty.earnings import collect
from qunyu.loyalty.levels import Given, Rung, changes_of, give_level, grants_of, save_level
from qunyu.loyalty.models import Programme
from qunyu.loyalty.programmes import save_programme
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.loyalty.conftest import Buyer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


def test_other_programmes_and_what_orders_came_to_stay_hidden(
    programme: Programme, buyer: Buyer, community: Community, system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:  # fmt: skip
    mei = buyer("Mei", 10_00)
    collect(by=system, programme=programme, told=Told(), now=NOW)
    level = save_level(by=system, programme=programme, level=None, rung=Rung("银", months=0), now=NOW)
    give_level(by=system, level=level, member=mei, given=Given("老客户", TODAY), now=NOW)
    marked = vip.mark(by=system, community=community, terms=vip.Terms(None, 10_00, "CNY"), now=NOW)
    vip.note_fee(by=system, vip=marked, member=mei, paid=vip.Paid(TODAY, "Mei-1"), now=NOW)
    save_programme(by=system, unit=other_unit, now=NOW, told={"name": "别家", "currency": "分"})
    far, near = scope_of(staff("far", "owner", other_unit)), scope_of(staff("admin", "admin", unit))
    assert [shows_amount(system, each.movement) for each in entries_of(system, mei)] == [True]
    assert [shows_amount(near, each.movement) for each in entries_of(near, mei)] == [False]
    assert (len(changes_of(near, mei)), len(grants_of(near, mei, TODAY)), len(vip.fees_of(near, mei))) == (1, 1, 1)
    assert entries_of(far, mei) + changes_of(far, mei) + grants_of(far, mei, TODAY) + vip.fees_of(far, mei) == []
    (fee,) = vip.fees_of(near, mei)
    assert _fee_told(near, fee)[1:] == ("金额无查看权限", "")
    assert _fee_told(system, fee)[2] == "Mei-1"
