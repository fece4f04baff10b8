"""A list as pages take it holds whom the whole list holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from qunyu.communities.duties import local_day
from qunyu.communities.models import Community
from qunyu.kernel.platform_ids import keyed_id, sealed_id
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity, Member, Membership
from qunyu.people.models import Unit
from qunyu.prospects import listing
from qunyu.prospects.actions import leave_alone
from qunyu.prospects.listing import Listed
from qunyu.prospects.models import Prospect, ProspectRun
from qunyu.prospects.queries import STATES, Wanted, candidates, prospects
from tests.console.conftest import read
from tests.deployment_fixtures import NOW

pytestmark = pytest.mark.django_db


def on_the_list(run: ProspectRun, tea: Community, rank: int) -> None:
    """One more person, who asked something."""
    name = f"M{rank}"
    member = Member.objects.create(name=name)
    told = {"key": keyed_id(name), "sealed": sealed_id(name), "name": name}
    identity = Identity.objects.create(member=member, own_member=member, platform="wechat", **told)
    Membership.objects.create(identity=identity, community=tea, first_at=NOW, last_at=NOW, joined_at=NOW)
    Prospect.objects.create(run=run, member=member, rank=rank, signals=",asked,")


@pytest.fixture
def mixed(system: Scope, unit: Unit, tea: Community, run: ProspectRun) -> ProspectRun:
    """A list of nine: the third is left alone, every second of them is a newcomer who said nothing."""
    for rank in range(4, 10):
        on_the_list(run, tea, rank)
    for row in Prospect.objects.filter(run=run).order_by("rank"):
        if row.rank % 2:
            Prospect.objects.filter(pk=row.pk).update(signals=",newcomer,", spoken=0)
        if row.rank == 3:
            until = local_day(NOW) + timedelta(days=2)
            leave_alone(by=system, unit=unit, member=row.member, until=until, why="出差", now=NOW)
    return run


@pytest.mark.parametrize("state", [*STATES, ""])
@pytest.mark.parametrize("fewest", [1, 2, 100])
def test_page_by_page_it_is_the_whole(
    system: Scope, mixed: ProspectRun, monkeypatch: pytest.MonkeyPatch, state: str, fewest: int
) -> None:
    monkeypatch.setattr(listing, "FEWEST", fewest)
    wanted = Wanted(state=state)
    whole = list(prospects(system, mixed, wanted, NOW))
    assert len(whole) == {"ready": 4, "early": 4, "waiting": 1, "": 9}[state]

    def fresh() -> Listed:
        return Listed(candidates(system, mixed, wanted), mixed, state, NOW)

    assert list(fresh()) == whole
    assert fresh().count() == len(whole)
    assert [fresh().at_most(limit) for limit in (1, 2, 50)] == [min(limit, len(whole)) for limit in (1, 2, 50)]
    for start in range(len(whole) + 1):
        assert fresh()[start : start + 2] == whole[start : start + 2]


def test_in_any_order_with_what_is_unknown_last(system: Scope, mixed: ProspectRun) -> None:
    wanted = Wanted(state="ready")
    for number, row in enumerate(prospects(system, mixed, wanted, NOW)):
        Prospect.objects.filter(pk=row.pk).update(chance=(None, 0.1, 0.2, 0.1)[number])
    order = (F("chance").desc(nulls_last=True), "-pk")
    whole = list(prospects(system, mixed, wanted, NOW).order_by(*order))
    found = Listed(candidates(system, mixed, wanted).order_by(*order), mixed, "ready", NOW)
    assert [each.chance for each in whole] == [0.2, 0.1, 0.1, None]
    assert found[0:3] == whole[:3] and found[1:9] == whole[1:]


def test_a_list_that_is_gone_meanwhile_is_short_and_no_fault(system: Scope, mixed: ProspectRun) -> None:
    found = Listed(candidates(system, mixed, Wanted()), mixed, "ready", NOW)
    assert found.at_most(50) == 4
    Prospect.objects.filter(pk=found[0:1][0].pk).delete()
    assert (len(found[0:25]), len(list(found))) == (3, 3)


def test_a_long_list_is_not_counted_to_its_end(
    mixed: ProspectRun, tea: Community, boss: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rank in range(10, 50):
        on_the_list(mixed, tea, rank)
    page, given = reverse("console:prospects"), {"unit": unit.public_id}
    assert "1–25 / 44" in read(boss.get(page, given))
    monkeypatch.setattr(listing, "QUICK", 40)
    monkeypatch.setattr(Listed, "counted", 30)
    assert "1–25 / 30+" in read(boss.get(page, given))
    assert "1–25 / 44" in read(boss.get(page, {**given, "count": "all"}))
    assert "26–44 / 44" in read(boss.get(page, {**given, "page": "2"}))
