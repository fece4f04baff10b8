"""The tree, roles, accounts, grants and tokens through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from qunyu.people.models import ApiToken, Grant, Role, Staff, Unit
from qunyu.people.queries import root_unit, scope_of
from tests.api.calling import As, Caller
from tests.deployment_fixtures import PASSWORD, AddStaff, sign_in


def test_a_unit_is_added_renamed_moved_and_removed(api: Caller, unit: Unit, other_unit: Unit) -> None:
    assert api.ask("put", "/levels", {"names": ["公司", "大区", "门店"]}).body == {"names": ["公司", "大区", "门店"]}
    made = api.ask("post", "/units", {"parent": unit.public_id, "name": "静安店"})
    assert (made.status, made.body["level"], made.body["parent"]) == (201, "门店", unit.public_id)
    assert "staff.manage" in made.body["permissions"]
    path = f"/units/{made.body['id']}"
    moved = api.ask("patch", path, {"name": "天河店", "parent": other_unit.public_id}).body
    assert (moved["name"], moved["parent"]) == ("天河店", other_unit.public_id)
    assert api.ask("delete", f"/units/{other_unit.public_id}").body["code"] == "unit_held"
    assert api.ask("delete", path).status == 204
    assert {each["name"] for each in api.get("/units").body} == {"总部", "华东店", "华南店"}


def test_both_changes_of_a_unit_happen_or_neither(api: Caller, unit: Unit, other_unit: Unit) -> None:
    answer = api.ask("patch", f"/units/{unit.public_id}", {"parent": other_unit.public_id, "name": "a/b"})
    assert (answer.status, answer.body["code"], answer.body["errors"][0]["field"]) == (422, "bad_name", "name")
    unit.refresh_from_db()
    assert unit.parent == root_unit()


def test_roles_of_ones_own(api: Caller) -> None:
    wanted = {"name_zh": "店长", "permissions": ["members.view"], "code": "keeper"}
    made = api.ask("post", "/roles", wanted)
    assert (made.status, made.body["name_en"], made.body["built_in"], made.body["held_by"]) == (201, "店长", False, 0)
    changed = api.ask("put", "/roles/keeper", {**wanted, "permissions": ["orders.view"]})
    assert changed.body["permissions"] == ["orders.view"]
    assert len(api.get("/roles").body) == 9
    assert api.ask("delete", "/roles/keeper").status == 204
    assert api.ask("delete", "/roles/owner").body["code"] == "built_in"
    bad = api.ask("post", "/roles", {**wanted, "permissions": ["members.fly"]})
    assert (bad.status, bad.body["errors"][0]["field"]) == (422, "permissions")
    assert Role.objects.count() == 8


def test_an_account_from_first_to_last(api: Caller, unit: Unit, client: Client) -> None:
    wanted = {"username": "zhen", "name": "阿珍", "role": "owner", "unit": unit.public_id}
    made = api.ask("post", "/staff", wanted)
    assert (made.status, made.body["active"]) == (201, True)
    path = f"/staff/{made.body['id']}"
    given = api.ask("post", f"{path}/grants", {"role": "admin", "unit": unit.public_id}).body
    assert [each["role"] for each in api.get(path).body["grants"]] == ["admin", "owner"]
    assert api.ask("delete", f"{path}/grants/{given['id']}").status == 204
    link = api.ask("post", f"{path}/invitation").body["address"]
    assert client.post(link, {"password": PASSWORD}).status_code == 302
    zhen = Staff.objects.get(username="zhen")
    assert zhen.check_password(PASSWORD)
    assert set(scope_of(zhen).units("members.view")) == {unit.pk}
    closed = api.ask("patch", path, {"active": False, "name": "珍"}).body
    assert (closed["active"], closed["name"]) == (False, "珍")


def test_accounts_are_searched_page_by_page(api: Caller, staff: AddStaff, unit: Unit) -> None:
    for number in range(5):
        staff(f"ann{number}", "kol", unit)
    assert len(api.all_of("/staff?limit=2&q=ann")) == 5
    assert [each["username"] for each in api.get("/staff?q=nn3").body["items"]] == ["ann3"]
    assert len(api.get(f"/staff?unit={unit.public_id}").body["items"]) == 5
    assert api.get("/staff?unit=nowhere").status == 404


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"password": "short"}, "weak_password", "password"),
        ({"role": "emperor"}, "unknown_role", "role"),
        ({"username": ""}, "bad_name", "username"),
    ],
)
def test_what_makes_no_account(api: Caller, unit: Unit, changes: dict[str, Any], code: str, field: str) -> None:
    before = Staff.objects.count()
    wanted = {"username": "zhen", "name": "阿珍", "role": "owner", "unit": unit.public_id, **changes}
    answer = api.ask("post", "/staff", wanted)
    assert (answer.status, answer.body["code"], answer.body["errors"][0]["field"]) == (422, code, field)
    assert Staff.objects.count() == before


def test_nobody_closes_their_own_account_by_a_token_either(caller: As) -> None:
    first, second = caller(), caller()
    one, two = Staff.objects.filter(username__startswith="director").order_by("id")
    refused = first.ask("patch", f"/staff/{one.public_id}", {"active": False})
    assert (refused.status, refused.body["code"]) == (409, "own_access")
    assert first.ask("patch", f"/staff/{two.public_id}", {"active": False}).status == 200
    assert (first.get("/me").status, second.get("/me").status) == (200, 401)
    mine = Grant.objects.get(staff=one)
    assert first.ask("delete", f"/staff/{one.public_id}/grants/{mine.pk}").body["code"] == "own_access"


def test_tokens_with_scopes(staff: AddStaff, unit: Unit) -> None:
    client = Client()
    sign_in(client, staff("ann", "director"))
    me = Caller(client)
    asked = {"name": "robot", "days": 7, "permissions": ["members.view"], "unit": unit.public_id}
    made = me.ask("post", "/tokens", asked)
    assert (made.status, made.body["token"]["permissions"]) == (201, ["members.view"])
    robot = Caller(Client(), made.body["secret"])
    assert robot.get("/me").body["permissions"] == {"members.view": [unit.public_id]}
    assert robot.get("/orders").status == 403
    refused = robot.ask("post", "/tokens", {"name": "heir"})
    assert (refused.status, refused.body["code"]) == (403, "token_by_token")
    assert [each["name"] for each in me.get("/tokens").body] == ["robot"]
    assert "secret" not in me.get("/tokens").body[0]
    assert robot.ask("delete", f"/tokens/{made.body['token']['id']}").status == 204
    assert robot.get("/me").status == 401
    assert me.ask("post", "/tokens", {**asked, "permissions": []}).status == 422
    assert me.ask("post", "/tokens", {**asked, "unit": "nowhere"}).status == 404
    assert ApiToken.objects.count() == 1
