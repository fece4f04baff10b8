"""Duties, load, effort and noted work through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qunyu.communities.models import Community, Duty, WorkEntry
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member, StaffLink
from qunyu.people.models import Staff, Unit, UnitSetting
from tests.api.calling import As, Caller
from tests.deployment_fixtures import AddStaff


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Admin of 华东店."""
    return staff("ann", "admin", unit)


def table(text: str, name: str = "table.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, text.encode())}


def test_a_duty_from_beginning_to_end(api: Caller, ann: Staff, tea: Community) -> None:
    wanted = {"community": tea.public_id, "account": ann.public_id, "kind": "owner"}
    given = api.ask("post", "/duties", wanted)
    assert (given.status, given.body["kind"], given.body["until"]) == (201, "owner", None)
    assert given.body["account"] == {"id": ann.public_id, "username": "ann", "name": "Ann"}
    assert api.ask("post", "/duties", wanted).body == given.body
    assert (
        api.all_of("/duties?running=true") == [given.body] == api.all_of(f"/duties?account={ann.public_id}&kind=owner")
    )
    ended = api.ask("delete", f"/duties/{given.body['id']}").body
    assert ended["until"] == ended["since"]
    assert (api.all_of("/duties?running=true"), api.all_of(f"/duties?running=false&community={tea.public_id}")) == (
        [],
        [ended],
    )


def test_a_key_gives_a_duty_once(api: Caller, ann: Staff, tea: Community) -> None:
    wanted = {"community": tea.public_id, "account": ann.public_id, "kind": "owner"}
    first, second = (api.ask("post", "/duties", wanted, Idempotency_Key="k1") for _ in range(2))
    assert (second.headers["Idempotency-Replayed"], second.body) == ("true", first.body)
    assert api.ask("delete", f"/duties/{first.body['id']}", Idempotency_Key="k2").status == 200


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"community": "nope"}, 404, "unknown_community"),
        ({"account": "nope"}, 404, "unknown_staff"),
        ({"kind": "king"}, 422, "invalid"),
    ],
)
def test_a_duty_that_cannot_be(
    api: Caller, ann: Staff, tea: Community, wrong: dict[str, str], status: int, code: str
) -> None:
    answer = api.ask(
        "post", "/duties", {"community": tea.public_id, "account": ann.public_id, "kind": "owner", **wrong}
    )
    assert (answer.status, answer.body["code"]) == (status, code)
    assert not Duty.objects.exists()


def test_everything_is_handed_over(api: Caller, ann: Staff, tea: Community, staff: AddStaff, unit: Unit) -> None:
    ben = staff("ben", "admin", unit)
    api.ask("post", "/duties", {"community": tea.public_id, "account": ann.public_id, "kind": "owner"})
    assert api.ask("post", "/duties/hand-over", {"account": ann.public_id, "to": ben.public_id}).body == {"duties": 1}
    assert [each["account"]["username"] for each in api.all_of("/duties?running=true")] == ["ben"]
    again = api.ask("post", "/duties/hand-over", {"account": ann.public_id, "to": ben.public_id})
    assert (again.status, again.body["code"]) == (422, "nothing_to_hand_over")


def test_duties_from_a_table(api: Caller, ann: Staff, tea: Community) -> None:
    good = "community,account,duty,member\nTea lovers,ann,owner,Mei\n"
    assert api.ask("post", "/duties/import", form=table(good)).body == {"added": 1, "already": 0, "linked": 1}
    bad = api.ask("post", "/duties/import", form=table("community,account,duty\nNowhere,ann,owner\n"))
    assert (bad.status, bad.body["code"], bad.body["errors"][0]["field"]) == (422, "bad_lines", "file")
    assert "line 2: there is no community “Nowhere”" in bad.body["detail"]
    assert api.ask("post", "/duties/import", form={}).status == 422


def test_who_somebody_is_in_the_chats(api: Caller, ann: Staff, tea: Community) -> None:
    mei = Member.objects.get(name="Mei")
    path = f"/operators/{ann.public_id}/people"
    assert (
        api.ask("put", f"{path}/{mei.public_id}").body == [{"id": mei.public_id, "name": "Mei"}] == api.get(path).body
    )
    assert api.ask("delete", f"{path}/{mei.public_id}").body == []
    assert not StaffLink.objects.exists()
    assert api.ask("put", f"{path}/nope").body["code"] == "unknown_member"


def test_load_with_limits_and_their_preview(api: Caller, ann: Staff, tea: Community, unit: Unit) -> None:
    assert [each["community"]["name"] for each in api.get("/load").body["unowned"]] == ["Tea lovers"]
    api.ask("post", "/duties", {"community": tea.public_id, "account": ann.public_id, "kind": "owner"})
    found = api.get("/load").body
    (row,) = [each for each in found["operators"] if each["account"]["username"] == "ann"]
    assert (found["as_of"], found["unowned"]) == ("2026-03-14", [])
    assert (row["communities"], row["members"], row["newcomers"], row["limits"], row["over"]) == (1, 3, 4, {}, [])
    path = f"/units/{unit.public_id}/load-limits"
    would = api.ask("post", f"{path}/preview", {"changes": {"load.members": 2}}).body
    assert [each["over"] for each in would["operators"] if each["account"]["username"] == "ann"] == [["load.members"]]
    assert api.get(path).body["own"] == {}
    assert api.ask("put", path, {"changes": {"load.members": 2}}).body["in_force"] == {"load.members": 2.0}
    wrong = api.ask("put", path, {"changes": {"load.members": 0}})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "load.members")


def test_effort_with_its_texts(api: Caller, ann: Staff, tea: Community) -> None:
    api.ask("post", "/duties/import", form=table("community,account,duty,member\nTea lovers,ann,owner,Mei\n"))
    api.ask(
        "post",
        "/work-entries",
        {"day": "2026-03-05", "minutes": 40, "kind": "content", "account": ann.public_id, "community": tea.public_id},
    )
    found = api.get("/effort?first=2026-03-01&last=2026-03-31").body
    (row,) = found["rows"]
    assert (found["as_of"], row["account"]["username"], row["community"]["name"]) == ("2026-03-14", "ann", "Tea lovers")
    assert row["doing"] == {
        "messages": 3, "days": 3, "answers": 0, "promotions": 0, "minutes": 3.0, "sittings": 3, "greeted": 0, "came": 2,
    }  # fmt: skip
    assert (row["noted_minutes"], row["noted_entries"], row["shared"]) == (40, 1, 1)
    results = {each["metric"]: each for each in row["results"]}
    assert results["leaves"]["value"] == 1.0
    assert (results["orders"]["value"], results["orders"]["reason"]["code"]) == (None, "orders")
    (total,) = found["totals"]
    assert (total["messages"], total["repeats"], total["minutes"], total["repeat_minutes"]) == (3, 0, 3.0, 0.0)
    assert [each["day"] for each in total["days"]] == ["2026-03-01", "2026-03-02", "2026-03-14"]
    assert api.get(f"/operators/{ann.public_id}/texts?first=2026-03-01&last=2026-03-31").body == []
    assert api.get("/effort?first=2026-03-02&last=2026-03-01").body["code"] == "bad_period"


def test_work_from_beginning_to_end(api: Caller, tea: Community) -> None:
    made = api.ask("post", "/work-entries", {"day": "2026-03-05", "minutes": 40, "kind": "links", "note": "flyers"})
    assert (made.status, made.body["kind"], made.body["community"]) == (201, "links", None)
    path = f"/work-entries/{made.body['id']}"
    changed = api.ask(
        "put", path, {"day": "2026-03-06", "minutes": 41, "kind": "other", "community": tea.public_id}
    ).body
    assert (changed["day"], changed["minutes"], changed["community"]["name"]) == ("2026-03-06", 41, "Tea lovers")
    assert api.all_of("/work-entries?first=2026-03-06&last=2026-03-06") == [changed]
    assert api.all_of("/work-entries?last=2026-03-05") == []
    assert api.ask("delete", path).body == changed
    assert api.ask("delete", path).body["code"] == "unknown_work"
    wrong = api.ask("post", "/work-entries", {"day": "2026-03-05", "minutes": 0, "kind": "links"})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "minutes")
    machines = [each["key"] for each in api.get("/work-kinds").body if each["machine"]]
    assert machines == ["links", "reporting"]


def test_pages_of_work_follow_one_another(api: Caller) -> None:
    text = "day,minutes,kind\n" + "".join(f"2026-03-0{day},{day},links\n" for day in range(1, 6))
    assert api.ask("post", "/work-entries/import", form=table(text)).body["added"] == 5
    assert [each["minutes"] for each in api.all_of("/work-entries?limit=2")] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("role", "path", "permission"),
    [
        ("", "/duties", "communities.view"),
        ("admin", "/load", "effort.view"),
        ("admin", "/effort", "effort.view"),
        ("admin", "/units/{unit}/load-limits", "settings.edit"),
        ("analyst", "/operators/{ann}/people", "members.view"),
    ],
)
def test_a_missing_permission_is_named(
    caller: As, ann: Staff, unit: Unit, role: str, path: str, permission: str
) -> None:
    answer = caller(role, unit).get(path.format(unit=unit.public_id, ann=ann.public_id))
    assert (answer.status, answer.body["code"]) == (403, "denied")


def test_what_is_in_another_unit_is_not_there(
    api: Caller, caller: As, ann: Staff, tea: Community, other_unit: Unit
) -> None:
    duty = api.ask("post", "/duties", {"community": tea.public_id, "account": ann.public_id, "kind": "owner"}).body
    entry = api.ask(
        "post", "/work-entries", {"day": "2026-03-05", "minutes": 5, "kind": "links", "account": ann.public_id}
    ).body
    stranger = caller("director", other_unit)
    assert stranger.get("/duties").body["items"] == stranger.get("/work-entries").body["items"] == []
    load = stranger.get("/load").body
    assert ([each["account"]["username"] for each in load["operators"]], load["unowned"]) == (
        [stranger.get("/me").body["username"]],
        [],
    )
    assert stranger.get("/effort").body["rows"] == []
    mei = Member.objects.get(name="Mei")
    for method, path, data, code in (
        ("delete", f"/duties/{duty['id']}", None, "unknown_duty"),
        ("delete", f"/work-entries/{entry['id']}", None, "unknown_work"),
        ("get", f"/effort?account={ann.public_id}", None, "unknown_staff"),
        ("get", f"/operators/{ann.public_id}/texts", None, "unknown_staff"),
        ("put", f"/operators/{ann.public_id}/people/{mei.public_id}", None, "unknown_staff"),
        (
            "post",
            "/duties",
            {"community": tea.public_id, "account": ann.public_id, "kind": "admin"},
            "unknown_community",
        ),
        ("post", "/duties/hand-over", {"account": ann.public_id, "to": ann.public_id}, "unknown_staff"),
        ("put", f"/units/{tea.unit.public_id}/load-limits", {"changes": {"load.members": 2}}, "unknown_unit"),
    ):
        answer = stranger.ask(method, path, data)
        assert (answer.status, answer.body["code"]) == (404, code), path
    assert Duty.objects.filter(until=None).count() == WorkEntry.objects.count() == 1
    assert not UnitSetting.objects.exists()


def test_writes_that_are_denied_change_nothing(api: Caller, caller: As, ann: Staff, tea: Community, unit: Unit) -> None:
    duty = api.ask("post", "/duties", {"community": tea.public_id, "account": ann.public_id, "kind": "owner"}).body
    admin, owner = caller("admin", unit), caller("owner", unit)
    mei = Member.objects.get(name="Mei")
    for who, method, path, data in (
        (admin, "post", "/duties", {"community": tea.public_id, "account": ann.public_id, "kind": "admin"}),
        (admin, "delete", f"/duties/{duty['id']}", None),
        (admin, "put", f"/units/{unit.public_id}/load-limits", {"changes": {"load.members": 2}}),
        (owner, "put", f"/operators/{ann.public_id}/people/{mei.public_id}", None),
        (
            owner,
            "post",
            "/work-entries",
            {"day": "2026-03-05", "minutes": 5, "kind": "links", "account": ann.public_id},
        ),
    ):
        assert who.ask(method, path, data).status == 403, path
    assert Duty.objects.filter(until=None).count() == 1
    assert not (UnitSetting.objects.exists() or StaffLink.objects.exists() or WorkEntry.objects.exists())


def test_a_tokens_owner_is_oneself(caller: As, unit: Unit, tea: Community, system: Scope) -> None:
    admin = caller("admin", unit)
    me = admin.get("/me").body["id"]
    assert (
        admin.ask("post", "/work-entries", {"day": "2026-03-05", "minutes": 5, "kind": "links"}).body["account"]["id"]
        == me
    )
    rows = admin.get(f"/effort?account={me}&first=2026-03-01&last=2026-03-31").body["rows"]
    assert [(row["community"], row["noted_minutes"]) for row in rows] == [(None, 5)]
