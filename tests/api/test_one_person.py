"""One person, many identities, through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qunyu.api.models import KeptAnswer
from qunyu.communities.models import Community
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.platform_ids import keyed_id, sealed_id
from qunyu.members.models import Contact, Field, Identity, Link, Member, MergeDecision, ProfileEntry, Suggestion
from qunyu.members.profile_importing import run
from qunyu.people.models import Unit
from tests.api.calling import As, Caller
from tests.deployment_fixtures import NOW

PHONE = "13800000000"


@pytest.fixture
def mei(tea: Community) -> Member:
    return Member.objects.get(name="Mei")


@pytest.fixture
def tom(tea: Community) -> Member:
    return Member.objects.get(name="Tom")


def answers(body: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {each["field"]: (each["told"]["text"], each["told"]["value"]) for each in body["answers"] if each["told"]}


def test_a_profile_is_written_masked_revealed_and_undone(api: Caller, mei: Member) -> None:
    path = f"/members/{mei.public_id}/profile"
    done = api.ask("patch", path, {"values": {"phone": PHONE, "region": "Shanghai", "gender": "Female"}})
    assert done.status == 200
    expected = {"phone": ("138****0000", None), "region": ("Shanghai", "Shanghai"), "gender": ("Female", "female")}
    assert answers(done.body) == answers(api.get(path).body) == expected
    wrong = api.ask("patch", path, {"values": {"region": "Beijing", "phone": "x"}})
    assert (wrong.status, wrong.body["code"], wrong.body["errors"][0]["field"]) == (422, "bad_value", "phone")
    Identity.objects.filter(member=mei).update(
        community=None, key=keyed_id("wxid_mei9k"), sealed=sealed_id("wxid_mei9k")
    )
    assert [each["key"] for each in api.get(f"/members/{mei.public_id}").body["identities"]] == ["wx••••9k"]
    assert api.ask("post", f"{path}/reveal", {"reason": ""}).body["code"] == "reason_needed"
    shown = api.ask("post", f"{path}/reveal", {"reason": "call back"}, Idempotency_Key="r1")
    assert answers(shown.body)["phone"] == (PHONE, PHONE)
    assert [each["id"] for each in shown.body["ids"]] == ["wxid_mei9k"]
    assert AuditEntry.objects.get(action="member.reveal").reason == "call back"
    assert not KeptAnswer.objects.exists()
    api.ask("patch", path, {"values": {"region": None}})
    steps = api.get(f"{path}/changes").body
    assert (steps[0]["field"], steps[0]["before"], steps[0]["told"]["text"]) == ("region", "Shanghai", "")
    api.ask("patch", f"{path}/changes/{steps[0]['told']['change']}", {"withdrawn": True})
    assert answers(api.get(path).body)["region"] == ("Shanghai", "Shanghai")
    assert api.ask("patch", f"{path}/changes/999999", {"withdrawn": True}).status == 404


def test_moments(api: Caller, mei: Member) -> None:
    path = f"/members/{mei.public_id}/moments"
    first = api.get(f"{path}?limit=2&kinds=message").body
    assert [each["text"] for each in first["items"]] == ["我来", "=SUM(1;1) is what my sheet says"]
    rest = api.get(f"{path}?limit=2&kinds=message&before={first['next']}").body
    assert ([each["text"] for each in rest["items"]], rest["next"]) == (["Good morning! Which tea do you like?"], None)
    assert {each["kind"] for each in api.get(path).body["items"]} == {"message", "joined"}
    assert api.get(f"{path}?before=x").body["code"] == "bad_cursor"


def test_contacts(api: Caller, caller: As, mei: Member, unit: Unit) -> None:
    path = f"/members/{mei.public_id}/contacts"
    told = {"channel": "call", "direction": "out", "summary": "asked", "at": "2026-03-10T09:30:00+08:00"}
    made = api.ask("post", path, told)
    assert (made.status, made.body["at"]) == (201, "2026-03-10T01:30:00Z")
    assert api.ask("post", path, {**told, "channel": "pigeon"}).body["errors"][0]["field"] == "channel"
    changed = api.ask("patch", f"{path}/{made.body['id']}", {"summary": "asked again"})
    assert changed.body["summary"] == "asked again"
    assert caller("admin", unit).ask("patch", f"{path}/{made.body['id']}", {"summary": "mine"}).status == 403
    assert [each["summary"] for each in api.get(path).body] == ["asked again"]
    assert api.ask("delete", f"{path}/{made.body['id']}").body == {"changed": 1}
    assert not Contact.objects.exists()


def test_links(api: Caller, mei: Member, tom: Member) -> None:
    path = f"/members/{mei.public_id}/links"
    made = api.ask("post", path, {"other": tom.public_id, "kind": "parent", "note": "class 3"})
    assert (made.status, made.body["other"]["name"], made.body["decides"]) == (201, "Tom", True)
    assert api.ask("post", path, {"other": mei.public_id}).body["code"] == "link_self"
    assert api.ask("post", path, {"other": "nobody"}).body["errors"][0]["field"] == "other"
    assert [each["decides"] for each in api.get(f"/members/{tom.public_id}/links").body] == [False]
    assert api.ask("delete", f"{path}/{made.body['id']}").status == 200
    assert not Link.objects.exists()


def test_merging_and_telling_apart(api: Caller, mei: Member, tom: Member) -> None:
    one = f"/members/{mei.public_id}"
    assert api.ask("post", f"{one}/merge", {"other": mei.public_id}).body["code"] == "merge_self"
    api.ask("post", f"{one}/merge", {"other": tom.public_id, "why": "one phone"})
    head = Identity.objects.get(name="Tom").member
    identities = {each["name"]: each["id"] for each in api.get(f"/members/{head.public_id}").body["identities"]}
    assert identities == {"Mei": mei.public_id, "Tom": tom.public_id}
    path = f"/members/{head.public_id}"
    assert api.ask("post", f"{path}/unmerge", {"identities": ["x"]}).body["code"] == "unknown_identity"
    assert api.ask("post", f"{path}/unmerge", {"identities": list(identities.values())}).body["code"] == "unmerge_part"
    parted = api.ask("post", f"{path}/unmerge", {"identities": [tom.public_id]}).body
    assert Identity.objects.get(name="Tom").member == tom
    assert [each["verdict"] for each in api.get(f"{path}/decisions").body] == ["different", "same"]
    assert api.ask("delete", f"/decisions/{parted[0]['act']}").body == {"changed": 1}
    assert Identity.objects.get(name="Tom").member == head
    assert api.ask("delete", "/decisions/nothing").status == 404


def test_fields(api: Caller, mei: Member, unit: Unit) -> None:
    told = {"unit": unit.public_id, "key": "likes", "kind": "choice", "name_zh": "爱喝", "options": ["a", "b"]}
    made = api.ask("post", "/fields", told)
    assert (made.status, made.body["options"]) == (201, [["a", "a"], ["b", "b"]])
    assert api.ask("post", "/fields", told).body["code"] == "field_taken"
    path = f"/fields/{made.body['id']}"
    assert api.ask("patch", path, {"name_en": "Likes", "archived": True}).body["archived"] is True
    assert [each["key"] for each in api.get("/fields").body][-1] == "likes"
    api.ask("patch", path, {"archived": False})
    api.ask("patch", f"/members/{mei.public_id}/profile", {"values": {"likes": "a"}})
    assert api.ask("delete", path).body["code"] == "name_needed"
    assert api.ask("delete", f"{path}?typed=Likes").body == {"changed": 1}
    assert not Field.objects.exists()


def test_suggestions_are_decided(
    api: Caller, mei: Member, tom: Member, unit: Unit, caller: As, other_unit: Unit
) -> None:
    ids = sorted((mei.own_identity.pk, tom.own_identity.pk))
    row = Suggestion.objects.create(
        one_id=ids[0], other_id=ids[1], kind="name", score=70, reasons=[["bearers", 1, 2]], at=NOW
    )
    (found,) = api.get("/suggestions").body["items"]
    assert (found["id"], found["score"], found["why"], found["verdict"]) == (
        row.pk,
        70,
        ["2 people are called so"],
        None,
    )
    assert caller("owner", other_unit).get("/suggestions").body["items"] == []
    assert (
        api.ask("post", "/suggestions/decide", {"suggestions": [999], "verdict": "same"}).body["code"]
        == "unknown_suggestion"
    )
    assert MergeDecision.objects.count() == 0
    api.ask("post", "/suggestions/decide", {"suggestions": [row.pk], "verdict": "same"})
    assert Identity.objects.get(name="Tom").member == Identity.objects.get(name="Mei").member
    assert api.get("/suggestions").body["items"] == []
    assert api.get("/suggestions?state=same").body["items"][0]["act"] == MergeDecision.objects.get().act
    assert api.ask("post", "/suggestions/renew").status == 202


def test_a_table_is_checked_imported_and_undone(api: Caller, mei: Member, unit: Unit) -> None:
    def form(**more: str) -> dict[str, Any]:
        table = f"member_id,name,phone,region\n{mei.public_id},,,Shanghai\n,New,{PHONE},Beijing\n"
        return {"unit": unit.public_id, "file": SimpleUploadedFile("people.csv", table.encode()), **more}

    checked = api.ask("post", "/profile-imports/check", form=form()).body
    assert (checked["counts"]["wrong"], checked["lines"][0]["problems"]) == (1, ["nobody like this is known"])
    assert api.ask("post", "/profile-imports", form=form()).body["code"] == "wrong_lines"
    assert not ProfileEntry.objects.exists()
    asked = api.ask("post", "/profile-imports", form=form(create="true"))
    assert (asked.status, asked.body["state"], asked.body["counts"]["new"]) == (202, "waiting", 1)
    from qunyu.members.models import ProfileImport

    run(key=ProfileImport.objects.get().pk, now=NOW + timedelta(days=1))
    assert api.get("/profile-imports").body["items"][0]["state"] == "done"
    assert answers(api.get(f"/members/{mei.public_id}/profile").body) == {"region": ("Shanghai", "Shanghai")}
    assert api.ask("delete", f"/profile-imports/{asked.body['id']}").body["state"] == "undone"
    assert answers(api.get(f"/members/{mei.public_id}/profile").body) == {}
    assert api.ask("delete", f"/profile-imports/{asked.body['id']}").status == 409


@pytest.mark.parametrize(("role", "elsewhere"), [("auditor", False), ("admin", True), ("", False)])
def test_denied_writes_change_nothing(
    caller: As, api: Caller, mei: Member, tom: Member, unit: Unit, other_unit: Unit, role: str, elsewhere: bool
) -> None:
    somebody = caller(role, other_unit if elsewhere else unit)
    path = f"/members/{mei.public_id}"
    note = {"channel": "call", "direction": "out", "summary": "x"}
    for method, more, data in (
        ("patch", "/profile", {"values": {"region": "x"}}),
        ("post", "/profile/reveal", {"reason": "because"}),
        ("post", "/contacts", note),
        ("post", "/links", {"other": tom.public_id}),
        ("post", "/merge", {"other": tom.public_id}),
        ("post", "/unmerge", {"identities": [mei.public_id]}),
    ):
        assert somebody.ask(method, path + more, data).status in (403, 404, 422)
    field = {"unit": unit.public_id, "key": "likes", "kind": "text", "name_zh": "x"}
    assert somebody.ask("post", "/fields", field).status in (403, 404)
    for model in (ProfileEntry, Contact, Link, MergeDecision, Field):
        assert not model.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="member.").exists()
