"""Tags and experts through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qunyu.communities.models import Community
from qunyu.members.models import Member, Tagging
from qunyu.people.models import Unit
from tests.api.calling import As, Caller


@pytest.fixture
def mei(tea: Community) -> Member:
    return Member.objects.get(name="Mei")


@pytest.fixture
def stage(api: Caller, tea: Community, unit: Unit) -> dict[str, Any]:
    """An exclusive group of two tags."""
    group = api.ask("post", "/tag-groups", {"unit": unit.public_id, "name": "Stage", "exclusive": True}).body
    for name in ("new", "old"):
        assert api.ask("post", f"/tag-groups/{group['id']}/tags", {"name": name}).status == 201
    (found,) = api.ask("get", "/tags").body
    return dict(found)


def ids(group: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["id"] for each in group["tags"]}


def test_groups_and_tags_are_kept(api: Caller, stage: dict[str, Any]) -> None:
    group, tags = stage["id"], ids(stage)
    assert (stage["exclusive"], list(tags)) == (True, ["new", "old"])
    taken = api.ask("patch", f"/tags/{tags['old']}", {"name": "ＮＥＷ"})
    assert (taken.status, taken.body["errors"][0]["field"]) == (422, "name")
    assert api.ask("patch", f"/tags/{tags['old']}", {"name": "Old", "move": "up"}).body["name"] == "Old"
    changed = api.ask("patch", f"/tag-groups/{group}", {"exclusive": False, "help": "where they stand"}).body
    assert (changed["exclusive"], [each["name"] for each in changed["tags"]]) == (False, ["Old", "new"])
    assert api.ask("patch", f"/tags/{tags['old']}", {"archived": True}).body["archived"] is True
    assert [each["name"] for each in api.ask("get", "/tags").body[0]["tags"]] == ["new"]
    assert api.ask("delete", f"/tags/{tags['old']}").body == {"changed": 1}
    assert api.ask("delete", f"/tag-groups/{group}").body == {"changed": 1}
    assert api.ask("get", "/tags").body == []
    assert api.ask("get", f"/tag-groups/{group}").status in (404, 405)


def test_a_tag_is_put_found_taken_and_undone(api: Caller, stage: dict[str, Any], mei: Member) -> None:
    tags, people = ids(stage), {"members": [mei.public_id], "reason": "asked"}
    assert api.ask("post", f"/tags/{tags['new']}/put", people).body["people"] == 1
    before = api.ask("post", f"/tags/{tags['old']}/check", people).body
    assert before == {"asked": 1, "people": 1, "already": 0, "outside": 0, "replaced": 1, "kept": 0}
    act = api.ask("post", f"/tags/{tags['old']}/put", people).body
    found = api.ask("get", f"/members/{mei.public_id}/tags").body
    assert [(each["tag"]["name"], each["reason"], each["rule"]) for each in found["tags"]] == [("old", "asked", False)]
    assert len(found["history"]) == 2
    for mode, names in (("any", ["Mei"]), ("none", ["Lin", "Tom", "小茶"])):
        rows = api.ask("get", f"/members?tags={tags['old']}&tagged={mode}").body["items"]
        assert [each["name"] for each in rows] == names
    assert [each["id"] for each in api.ask("get", "/tag-acts?limit=1").body["items"]] == [act["id"]]
    assert api.ask("delete", f"/tag-acts/{act['id']}").body == {"changed": 1}
    assert api.ask("get", f"/members/{mei.public_id}/tags").body["tags"][0]["tag"]["name"] == "new"
    assert api.ask("delete", f"/tags/{tags['new']}").status == 409
    assert api.ask("post", f"/tags/{tags['new']}/take", people).body["people"] == 1
    assert not Tagging.objects.filter(withdrawn_at=None).exists()
    again = api.ask("post", f"/tags/{tags['new']}/merge", {"into": tags["old"]}).body
    assert (again["kind"], again["into"]["name"]) == ("merge", "old")


def test_a_table_is_checked_and_imported(api: Caller, stage: dict[str, Any], mei: Member, unit: Unit) -> None:
    def table(text: str) -> dict[str, Any]:
        return {"unit": unit.public_id, "file": SimpleUploadedFile("tags.csv", text.encode())}

    right = f"member_id,tag\n{mei.public_id},old\n"
    checked = api.ask("post", "/tag-imports/check", form=table(right)).body
    assert (checked["counts"]["tags"], checked["lines"][0]["tags"], Tagging.objects.count()) == (1, ["Stage/old"], 0)
    refused = api.ask("post", "/tag-imports", form=table(f"{right}nobody,old\n"))
    assert (refused.status, refused.body["code"], Tagging.objects.count()) == (422, "wrong_lines", 0)
    done = api.ask("post", "/tag-imports", form=table(right))
    assert (done.status, done.body["people"], done.body["title"]) == (201, 1, "tags.csv")


def test_experts_come_with_their_reasons(api: Caller, stage: dict[str, Any], caller: As, other_unit: Unit) -> None:
    query = "/experts?q=tea&first=2026-03-01&last=2026-03-31"
    found = api.ask("get", query).body
    told = [(each["member"]["name"], each["messages"], each["answers"], each["thanked"]) for each in found["experts"]]
    assert told == [("Tom", 1, 1, 0), ("Lin", 1, 0, 0)]
    assert (found["messages"], found["about"], found["questions"], found["people"]) == (8, 3, 1, 2)
    first = found["experts"][0]
    assert [(each["text"], each["answer"]) for each in first["quotes"]] == [("Green tea in the morning", True)]
    assert caller("owner", other_unit).ask("get", query).body["experts"] == []
    nothing = api.ask("get", "/experts?q=who")
    assert (nothing.status, nothing.body["code"]) == (422, "no_topic")
