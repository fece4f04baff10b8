"""Prospects through the API."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import change_caps
from qunyu.members.models import Contact, Member
from qunyu.members.quiet import keep_quiet
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from qunyu.prospects.measuring import measure
from qunyu.prospects.weighing import weigh
from tests.deployment_fixtures import NOW

BASE = "/api/v1"
JSON = "application/json"


@pytest.fixture
def listed(system: Scope, unit: Unit, tea: Community) -> str:
    """The unit's public id, once it has lists."""
    change_caps(by=system, unit=root_unit(), changes={"contact.quiet_from": 0.0, "contact.quiet_to": 0.0}, now=NOW)
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
    assert (held["state"], [each["reason"] for each in held["against"]]) == ("waiting", ["held", "selling_cap"])
    assert held["held_until"] == [None]
    refused = boss.post(f"{who}/attempts", told, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_now")
    back = boss.delete(f"{who}/hold?unit={listed}").json()
    (why,) = back["against"]
    assert (back["state"], why["reason"], why["passable"], why["possible_at"] > timezone.now().isoformat()) == (
        "waiting",
        "selling_cap",
        True,
        True,
    )
    capped = boss.post(f"{who}/attempts", told, content_type=JSON)
    assert (capped.status_code, capped.json()["code"]) == (422, "may_not_contact")
    passed = boss.post(f"{who}/attempts", {**told, "passing": "对方要货"}, content_type=JSON)
    assert (passed.status_code, Contact.objects.filter(standing="passed").count()) == (201, 1)
    assert len(boss.get(f"{BASE}/prospects/attempts", {"unit": listed}).json()["items"]) == 2
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


def test_who_is_not_to_be_contacted_says_so_and_is_not_tried(boss: Client, system: Scope, listed: str) -> None:
    mei = Member.objects.get(name="Mei")
    keep_quiet(by=system, member=mei, reason="asked", now=timezone.now())
    place = f"{BASE}/prospects/people/{mei.public_id}"
    told = boss.get(place, {"unit": listed}).json()
    assert (told["state"], told["against"]) == (
        "waiting",
        [{"reason": "quiet", "words": "请勿联系：对方要求不要联系", "possible_at": None, "passable": False}],
    )
    tried = {"unit": listed, "channel": "direct", "summary": "您好", "outcome": "none", "passing": "急"}
    assert boss.post(f"{place}/attempts", tried, content_type=JSON).json()["code"] == "may_not_contact"
    assert not Contact.objects.exists()
