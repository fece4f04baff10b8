"""Prospects through the API."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.prospects.measuring import measure
from qunyu.prospects.weighing import weigh
from tests.deployment_fixtures import NOW

BASE = "/api/v1"
JSON = "application/json"


@pytest.fixture
def listed(system: Scope, unit: Unit, tea: Community) -> str:
    """The unit's public id, once it has lists."""
    measure(by=system, unit=unit, now=NOW)
    weigh(unit=unit, now=NOW)
    return unit.public_id


def test_a_list_is_read_page_by_page_and_acted_on(boss: Client, listed: str) -> None:
    first = boss.get(f"{BASE}/prospects", {"unit": listed, "limit": "2"}).json()
    rest = boss.get(first["next"]).json()
    assert [each["rank"] for each in first["items"] + rest["items"]] == [1, 2, 3]
    row = first["items"][0]
    assert (row["member"]["name"], row["reason"], row["chance"]) == ("小茶", "asked", None)
    assert row["words"].startswith("小茶，")
    measures = boss.get(f"{BASE}/prospects/measures", {"unit": listed}).json()
    assert measures["ordered_until"] is None
    assert (measures["measured"], measures["judged"], measures["outcome"]["people"]) == (False, None, 0)
    who = f"{BASE}/prospects/people/{row['member']['id']}"
    told = {"unit": listed, "channel": "direct", "summary": "您好", "outcome": "none"}
    made = boss.post(f"{who}/attempts", told, content_type=JSON)
    assert (made.status_code, made.json()["reason"]) == (201, "asked")
    held = boss.put(f"{who}/hold", {"unit": listed, "why": "出差"}, content_type=JSON).json()
    assert (held["state"], held["against"], held["held_until"]) == ("waiting", ["held"], [None])
    refused = boss.post(f"{who}/attempts", told, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_now")
    assert boss.delete(f"{who}/hold?unit={listed}").json()["state"] == "ready"
    assert len(boss.get(f"{BASE}/prospects/attempts", {"unit": listed}).json()["items"]) == 1
    assert boss.get(f"{BASE}/prospects").json()["items"] == []
    assert boss.get(f"{BASE}/prospects/measures").status_code == 404
    assert boss.get(f"{BASE}/prospects", {"unit": "nobody"}).status_code == 404


def test_settings_and_worth(boss: Client, listed: str) -> None:
    place = f"{BASE}/prospects/settings/{listed}"
    wanted = {"numbers": {"worth.margin": 40}, "words": {"due": "{name}，您好"}}
    kept = boss.put(place, wanted, content_type=JSON).json()
    assert (kept["in_force"]["worth.margin"], kept["spoken"]["due"]) == (40, "{name}，您好")
    refused = boss.put(place, {"numbers": {"worth.hour": 5}, "words": {"due": "{x}"}}, content_type=JSON)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "due")
    assert boss.get(place).json()["in_force"]["worth.hour"] is None
    told = boss.get(f"{BASE}/worth/measures", {"unit": listed}).json()
    assert set(told["unknown"]) == {"discounts", "margin", "hour", "point", "costs"}
    assert boss.get(f"{BASE}/worth", {"unit": listed}).json()["items"] == []
    member = Member.objects.get(name="Mei")
    assert boss.get(f"{BASE}/prospects/people/{member.public_id}", {"unit": listed}).json()["row"]["rank"] > 0
