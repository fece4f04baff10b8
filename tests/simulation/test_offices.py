"""The crew of a made-up brand holds its offices after loading."""

from __future__ import annotations

import json
from datetime import date

import pytest

from qunyu.communities.duty_queries import running, unowned
from qunyu.communities.queries import communities
from qunyu.flows.load import loads
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member, StaffLink
from qunyu.people.models import Staff
from qunyu.people.operators import reaches
from qunyu.simulation.loading import load
from tests.deployment_fixtures import NOW
from tests.simulation.conftest import Make


@pytest.mark.django_db
def test_every_open_community_is_run_by_its_crew(make: Make, system: Scope) -> None:
    made = make(members=60, days=14, ends_on=date(2026, 3, 19))
    load(made.folder, by=system, title="brand", now=NOW, progress=lambda step, done: None)
    cards = json.loads((made.folder / "communities.json").read_text(encoding="utf-8"))
    open_now = {each["key"]: keyed_id(each["owner_id"]) for each in cards if not each["dissolved"]}
    owned = running(system).filter(kind="owner")
    told = {
        each.community.key: each.staff.chat_people.get().member.identities.get(platform=each.community.platform).key
        for each in owned
    }
    assert told == open_now
    assert list(unowned(system, date(2026, 3, 20))) == []
    assert {each.kind for each in running(system)} == {"owner", "admin", "atmosphere"}
    assert running(system).values("community").distinct().count() == communities(system).filter(closed_on=None).count()
    accounts = list(Staff.objects.all())
    assert [each.username for each in accounts if each.has_usable_password()] == []
    assert StaffLink.objects.count() == len(accounts) == len({each.username for each in accounts})
    assert all(reaches(each.staff, each.community.unit.path) for each in running(system))
    roles = dict(StaffLink.objects.values_list("staff__username", "member__role"))
    assert set(roles.values()) == {"staff", "atmosphere"} <= set(Member.objects.values_list("role", flat=True))
    assert any(each.communities and each.members for each in loads(system, NOW).rows)
