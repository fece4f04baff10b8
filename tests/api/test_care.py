"""The gate for contacts, occasions and asks, by the API."""

from __future__ import annotations

import pytest
from django.utils import timezone

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
