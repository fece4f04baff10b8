"""The gate for contacts, occasions and asks, by the API."""

from __future__ import annotations

import pytest
from django.utils import timezone

from qunyu.care.finding import find_occasions
from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import change_caps
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.api.calling import Caller


@pytest.fixture
def mei(tea: Community, system: Scope) -> Member:
    """Mei of the community Tea lovers, in a deployment without quiet hours: these tests run at night too."""
    changes = {"contact.quiet_from": 0.0, "contact.quiet_to": 0.0}
    change_caps(by=system, unit=root_unit(), changes=changes, now=timezone.now())
    return Member.objects.get(name="Mei")


def test_the_gate(api: Caller, mei: Member, unit: Unit) -> None:
    place = f"/members/{mei.public_id}"
    assert api.get(f"{place}/contactable").body["allowed"] is True
    assert api.ask("patch", f"/contact-caps/{unit.public_id}", {"values": {"contact.most": 3}}).status == 422
    changed = api.ask("patch", f"/contact-caps/{unit.public_id}", {"values": {"contact.most": 1}})
    assert (changed.body["own"], changed.body["in_force"]["contact.most"]) == ({"contact.most": 1}, 1)
    made = api.ask("post", f"{place}/reach", {"channel": "direct", "summary": "您好", "selling": True})
    assert (made.status, made.body["standing"], made.body["selling"]) == (201, "planned", True)
    refused = api.ask("post", f"{place}/reach", {"channel": "direct", "summary": "又是我"})
    assert (refused.status, refused.body["code"]) == (422, "may_not_contact")
    found = api.get(f"{place}/contactable?selling=true").body
    assert (found["reason"], found["all"], found["selling"]["counted"]) == (
        "selling_cap", {"counted": 1, "most": 1, "days": 7}, 1
    )  # fmt: skip
    assert api.ask("put", f"{place}/quiet", {"reason": "whim"}).status == 422
    assert api.ask("put", f"{place}/quiet", {"reason": "asked"}).body["quiet"]["reason"] == "asked"
    assert api.ask("delete", f"{place}/quiet").body["quiet"] is None
    assert {each["unit"] for each in api.get("/contact-caps").body} >= {unit.public_id}


def test_which_occasions_a_unit_looks_for(api: Caller, mei: Member, unit: Unit) -> None:
    place = f"/occasions/settings/{unit.public_id}"
    assert api.get(place).body["in_force"]["care.silent.days"] == 30
    for values, code in (({"care.silent.days": 3}, "bad_occasion_setting"), ({"x": 1}, "unknown_occasion_setting")):
        refused = api.ask("patch", place, {"values": values})
        told = [(each["field"], each["code"]) for each in refused.body["errors"]]
        assert (refused.status, told) == (422, [(next(iter(values)), code)])
    changed = api.ask("patch", place, {"values": {"care.silent.days": 45, "care.birthday.on": 0}}).body
    assert changed["own"] == {"care.silent.days": 45, "care.birthday.on": 0}
    assert "not seen for 45 days" in changed["looked_for"]["silent"]
    assert "birthday" not in changed["looked_for"]
    back = api.ask("patch", place, {"values": {"care.silent.days": None}}).body
    assert (back["own"], back["in_force"]["care.silent.days"]) == ({"care.birthday.on": 0}, 30)


def test_occasions_and_favours(api: Caller, mei: Member, unit: Unit) -> None:
    today = timezone.localdate()
    born = api.ask("patch", f"/members/{mei.public_id}/profile", {"values": {"birthday": f"1992-{today:%m-%d}"}})
    assert born.status == 200
    find_occasions(now=timezone.now())
    (row,) = api.get(f"/occasions?kind=birthday&unit={unit.public_id}&last={today}").body["items"]
    assert (row["member"]["name"], row["due"], row["allowed"], row["channel"]) == ("Mei", f"{today}", True, "direct")
    place = f"/occasions/{row['id']}/decide"
    assert api.ask("post", place, {"do": "later"}).status == 422
    assert api.ask("post", place, {"do": "done", "words": ""}).status == 422
    done = api.ask("post", place, {"do": "done", "words": row["words"]})
    assert (done.status, done.body["state"]) == (200, "done")
    assert api.ask("post", place, {"do": "leave_out", "reason": "x"}).status == 409
    assert api.ask("post", place, {"do": "undo"}).body["state"] == "open"
    assert api.get("/occasions/results").body == []
    assert api.get("/occasions/results?first=2026-03-01&last=2020-03-01").status == 422
    words = {"unit": unit.public_id, "kind": "birthday", "text": "亲爱的{name}"}
    (kept,) = api.ask("put", "/openings", words).body
    assert kept == {
        "unit": {"id": unit.public_id, "name": unit.name},
        "kind": "birthday",
        "channel": "direct",
        "text": "亲爱的{name}",
    }
    assert api.get("/occasions?kind=birthday").body["items"][0]["words"] == "亲爱的Mei"
    asked = api.ask("post", f"/members/{mei.public_id}/favours", {"kind": "recommendation", "what": "有朋友爱茶吗"})
    assert (asked.status, asked.body["outcome"]) == (201, "waiting")
    again = api.ask("post", f"/members/{mei.public_id}/favours", {"kind": "photo", "what": "晒一张"})
    assert (again.status, again.body["code"]) == (422, "bad_ask")
    favour = f"/favours/{asked.body['id']}"
    assert api.ask("put", f"{favour}/result", {"outcome": "did", "thanks": "word"}).body["thanks"] == "word"
    lin = Member.objects.get(name="Lin")
    (brought,) = api.ask("post", f"{favour}/brought", {"member": lin.public_id}).body
    assert (brought["member"]["name"], brought["measured"], brought["bought"]) == ("Lin", False, False)
    assert [each["brought"] for each in api.get("/favours/tallies").body] == [0, 0, 0, 0, 1]
    assert len(api.get(f"/favours?outcome=did&member={mei.public_id}").body["items"]) == 1
    assert api.get("/favours/candidates").body == []
