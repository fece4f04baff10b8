"""Labels and thresholds through the API."""

from __future__ import annotations

from typing import Any

import pytest

from qunyu.communities.models import Community
from qunyu.flows.labelling import label
from qunyu.members.models import Member
from qunyu.people.models import Unit, UnitSetting
from qunyu.people.queries import root_unit
from tests.api.calling import As, Caller
from tests.deployment_fixtures import NOW


@pytest.fixture
def labelled(tea: Community, shop: Unit) -> Community:
    """The tea lovers, labelled."""
    label(now=NOW)
    return tea


def by_key(answer: Any) -> dict[str, Any]:
    return {each["label"]: each for each in answer.body["labels"]}


def test_labels_with_how_many_have_each_value(labelled: Community, api: Caller) -> None:
    answer = api.get(f"/labels?communities={labelled.public_id}")
    assert answer.body["as_of"] == "2026-03-15"
    tier = by_key(answer)["tier"]
    assert {each["value"]: each["people"] for each in tier["values"]} == {
        "ordinary": 3, "active": 0, "contributing": 0, "professional": 0,
    }  # fmt: skip
    assert tier["thresholds"][0]["key"] == "tier_window"
    assert [each["reference"] for each in answer.body["labels"]] == [False, False, False, True, True]


def test_before_the_first_run_nobody_is_labelled(tea: Community, api: Caller) -> None:
    answer = api.get("/labels")
    assert answer.body["as_of"] is None
    assert all(each["people"] == 0 for each in by_key(answer)["tier"]["values"])


def test_a_member_with_labels_and_reasons(labelled: Community, api: Caller) -> None:
    mei = Member.objects.get(name="Mei", identities__platform="whatsapp")
    (row,) = [each for each in api.get("/members?search=Mei").body["items"] if each["id"] == mei.public_id]
    assert row["labels"]["tier"] == "ordinary"
    told = {each["label"]: each for each in api.get(f"/members/{mei.public_id}").body["told"]}
    assert told["tier"]["reason"] == "4.3 real messages per 30 days (below 12)"
    assert told["tier"]["since"] == "2026-03-15"
    assert told["tier"]["until"] is None


def test_people_are_chosen_by_label(labelled: Community, api: Caller) -> None:
    found = [row["name"] for row in api.all_of("/members?labels=tier:ordinary&labels=trust_level:basic")]
    assert sorted(found) == ["Lin", "Mei", "Tom", "小茶"]
    assert api.all_of("/members?labels=tier:active") == []


@pytest.mark.parametrize(
    ("given", "code"),
    [("tier", "bad_label"), ("rank:first", "unknown_label"), ("tier:first", "unknown_label_value"), (":", "unknown_label")],
)  # fmt: skip
def test_labels_that_make_no_sense(labelled: Community, api: Caller, given: str, code: str) -> None:
    answer = api.get(f"/members?labels={given}")
    assert (answer.status, answer.body["code"], answer.body["errors"][0]["field"]) == (422, code, "labels")


def test_without_orders_no_stages_and_types(labelled: Community, caller: As, unit: Unit) -> None:
    admin = caller("admin", unit)
    assert by_key(admin.get("/labels")).keys() == {"tier", "orbit_level", "trust_level"}
    for row in admin.get("/members?search=Mei").body["items"]:
        assert row["labels"].keys() == {"tier", "orbit_level", "trust_level"}
    assert len(admin.all_of("/members?labels=stage:revenue")) == 0


def test_thresholds_are_read_changed_and_inherited(labelled: Community, api: Caller, unit: Unit) -> None:
    path = f"/units/{unit.public_id}/thresholds"
    before = {each["key"]: each for each in api.get(path).body["thresholds"]}
    assert before["active_messages"] == {"key": "active_messages", "value": 12.0, "own": None, "source": None}
    root = root_unit()
    api.ask("put", f"/units/{root.public_id}/thresholds", {"changes": {"active_messages": 20}})
    changed = api.ask("put", path, {"changes": {"loyal_orders": 4}})
    found = {each["key"]: each for each in changed.body["thresholds"]}
    assert found["active_messages"]["value"] == 20
    assert found["active_messages"]["source"] == {"id": root.public_id, "name": "总部"}
    assert found["loyal_orders"] == {
        "key": "loyal_orders", "value": 4.0, "own": 4.0, "source": {"id": unit.public_id, "name": "华东店"},
    }  # fmt: skip
    api.ask("put", path, {"changes": {"loyal_orders": None}})
    assert dict(UnitSetting.objects.values_list("key", "value")) == {"active_messages": 20.0}


def test_a_preview_changes_nothing(labelled: Community, api: Caller, unit: Unit) -> None:
    answer = api.ask("post", f"/units/{unit.public_id}/thresholds/preview", {"changes": {"active_messages": 4}})
    assert answer.body["people"] == 6  # two of them are buyers in no community
    assert {"label": "tier", "before": "ordinary", "after": "active", "people": 1} in answer.body["moves"]
    assert "tier:professional" in answer.body["empty"]
    assert not UnitSetting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"active_messages": 0}, "bad_threshold", "active_messages"),
        ({"no_such": 1}, "unknown_threshold", "no_such"),
        ({"professional_answers": 4}, "crossed_thresholds", "contributing_answers"),
    ],
)
def test_thresholds_that_make_no_sense(
    labelled: Community, api: Caller, unit: Unit, changes: dict[str, float], code: str, field: str
) -> None:
    for method, path in (("put", ""), ("post", "/preview")):
        answer = api.ask(method, f"/units/{unit.public_id}/thresholds{path}", {"changes": changes})
        assert (answer.status, answer.body["code"], answer.body["errors"][0]["field"]) == (422, code, field)
    assert not UnitSetting.objects.exists()


def test_thresholds_are_for_who_may(labelled: Community, caller: As, unit: Unit, other_unit: Unit) -> None:
    path = f"/units/{unit.public_id}/thresholds"
    for method, data in (("get", None), ("put", {"changes": {"active_messages": 20}})):
        assert caller("admin", unit).ask(method, path, data).status == 403
        assert caller("owner", other_unit).ask(method, path, data).status == 404
    assert not UnitSetting.objects.exists()


def test_advice_says_why_there_is_none(labelled: Community, api: Caller) -> None:
    (found,) = api.get("/advice").body
    assert found["community"]["name"] == "Tea lovers"
    assert found["advice"] == []
    assert found["why_none"] == "not enough data: fewer than 20 people of known type"
    assert sum(found["user_types"].values()) == 3


def test_advice_needs_people_and_orders(labelled: Community, caller: As, unit: Unit) -> None:
    for role in ("admin", "analyst"):
        assert caller(role, unit).get("/advice").status == 403
