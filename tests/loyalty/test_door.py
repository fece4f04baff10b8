"""Bars of a VIP community: the database lets in exactly those whom the rule lets in, and each row says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.communities.models import Community
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.loyalty import vip
from qunyu.loyalty.deeds import Told
from qunyu.loyalty.door import at_door, counts, reasons
from qunyu.loyalty.earnings import collect
from qunyu.loyalty.levels import bar
from qunyu.loyalty.models import Programme, VipCommunity
from qunyu.loyalty.reaching import reaching
from qunyu.loyalty.rules.levels import Bar, reached
from qunyu.loyalty.standing import figures_of, people_of
from qunyu.members.models import Identity, Label, Member
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.loyalty.conftest import Buyer, order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)
EACH = [
    *(bar("points_year", least) for least in (0, 5, 31)),
    *(bar("spent_year", least, "CNY") for least in (0, 5_00, 30_01)),
    *(bar("spent_ever", least, currency) for least, currency in ((30_00, "CNY"), (1, "USD"))),
    *(bar("orders", least) for least in (0, 1, 3)),
    *(bar("tier", least) for least in (0, 1)),
    *(bar("months", least) for least in (0, 6, 7, 24)),
]


@pytest.fixture
def people(programme: Programme, buyer: Buyer, unit: Unit, system: Scope) -> dict[str, Member]:
    """Four of the programme, one of whom is merged into another, and one who has nothing to do with it."""
    found = {name: buyer(name, *amounts) for name, *amounts in (("Mei", 10_00, 20_00), ("Tom", 30_00), ("Lin",), ("Ann", 5_00))}  # fmt: skip
    order(found["Lin"], unit, "old", 30_00, NOW - timedelta(days=800))
    collect(by=system, programme=programme, told=Told(), now=NOW)
    Identity.objects.filter(own_member=found["Ann"]).update(member=found["Mei"])
    label = {"key": "tier", "rule": 0, "figures": "{}", "since": TODAY}
    stranger = Member.objects.create(name="stranger")
    Identity.objects.create(member=stranger, own_member=stranger, platform="wechat", key="s", name="stranger")
    for name, value in (("Mei", "active"), ("Tom", "ordinary")):
        Label.objects.create(member=found[name], value=value, unit_id=unit.pk, **label)
    Label.objects.create(member=stranger, value="professional", unit_id=unit.pk, **label)
    return found


def by_rule(programme: Programme, bars: list[Bar], every: bool) -> set[str]:
    figures = figures_of(programme, people_of(programme), TODAY)
    met = [key for key, each in figures.items() if bars and reached(bars, every, each)]
    return set(Member.objects.filter(pk__in=met).values_list("name", flat=True))


def by_database(programme: Programme, bars: list[Bar], every: bool) -> set[str]:
    ordinary = Member.objects.filter(role="member", identities__isnull=False)
    return set(ordinary.filter(reaching(programme, bars, every, TODAY)).values_list("name", flat=True))


def test_the_database_lets_in_whom_the_rule_lets_in(programme: Programme, people: dict[str, Member]) -> None:
    several = [[EACH[1], EACH[9]], [EACH[4], EACH[11]], [EACH[6], EACH[8], EACH[13]], []]
    for bars in [*([each] for each in EACH), *several]:
        for every in (True, False):
            assert by_database(programme, bars, every) == by_rule(programme, bars, every), (bars, every)
    assert by_database(programme, [bar("orders", 3)], False) == {"Mei"}
    assert "stranger" not in by_database(programme, [bar("tier", 0)], False)


@pytest.fixture
def marked(programme: Programme, people: dict[str, Member], community: Community, system: Scope) -> VipCommunity:
    """Open to who paid 30 yuan in a year, or a fee."""
    terms = vip.Terms(None, 20_00, "CNY", [bar("spent_year", 30_00, "CNY")])
    return vip.mark(by=system, community=community, terms=terms, now=NOW)


def test_who_is_at_the_door_and_why(
    marked: VipCommunity, people: dict[str, Member], system: Scope, staff: AddStaff, unit: Unit
) -> None:
    people["Tom"].own_identity.memberships.update(left_at=NOW)
    vip.note_fee(by=system, vip=marked, member=people["Lin"], paid=vip.Paid(date(2025, 4, 1)), now=NOW)

    def told(scope: Scope, name: str) -> dict[str, str]:
        rows = list(at_door(scope, marked, TODAY, name))
        why = reasons(scope, marked, rows, TODAY)
        return {each.name: " / ".join(text.zh for text in why[each.pk]) for each in rows}

    assert told(system, "present") == {
        "Mei": "近 12 个月实付 35.00 CNY（标准 30.00 CNY）",
        "Lin": "会费有效至 2026-04-01",
    }
    assert told(system, "ending") == {"Lin": "会费有效至 2026-04-01"}
    near = scope_of(staff("admin", "admin", unit))
    assert told(near, "invite") == {"Tom": "订单指标（无查看权限）"}
    later = TODAY + timedelta(days=30)
    assert counts(near, marked, later) == {"present": 2, "unmet": 1, "ending": 0, "invite": 1}


def test_bars_that_are_none_are_refused(marked: VipCommunity, community: Community, system: Scope) -> None:
    for terms, field in ((vip.Terms(), "level"), (vip.Terms(bars=[Bar("tier", 9)]), "bars")):
        with pytest.raises(DomainError) as refused:
            vip.mark(by=system, community=community, terms=terms, now=NOW)
        assert (refused.value.code, refused.value.data["field"]) == ("bad_vip", field)
    assert VipCommunity.objects.get().bars == [{"kind": "spent_year", "least": 30_00, "currency": "CNY"}]
