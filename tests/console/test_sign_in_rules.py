"""The page of the sign-in rules, and an account's sign-in as its manager sees it."""

from __future__ import annotations

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Scope
from qunyu.people.actions import grant
from qunyu.people.models import Staff, StaffSession, Unit
from qunyu.people.second_factor import confirm, has_factor, setup_of, start_setup
from qunyu.people.sign_in_rules import rules_now
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, PASSWORD, AddStaff, SignedIn

RULES = {
    "min_length": "12", "password_days": "90", "remembered": "3", "idle_minutes": "60", "lifetime_hours": "12",
    "second_factor": "directors",
}  # fmt: skip


def test_rules_are_changed_and_told_in_the_audit_trail(boss: Client, director: Staff) -> None:
    assert boss.post("/settings/sign-in", RULES).status_code == 302
    rules = rules_now()
    assert {key: str(getattr(rules, key)) for key in RULES} == RULES
    assert entries()[0].action == "sign_in.rules"


@pytest.mark.parametrize(
    ("key", "value"), [("min_length", "9"), ("remembered", "x"), ("second_factor", "cats"), ("idle_minutes", "")]
)
def test_what_is_wrong_stands_at_its_field(key: str, value: str, boss: Client) -> None:
    response = boss.post("/settings/sign-in", {**RULES, key: value})
    assert (response.status_code, list(response.context["form"].errors)) == (400, [key])
    assert rules_now().password_days == 0


def test_a_manager_of_a_unit_reads_them_only(staff: AddStaff, signed_in: SignedIn, unit: Unit, owner: Client) -> None:
    local = signed_in(staff("local", "director", unit))
    page = read(local.get("/settings/sign-in"))
    assert "disabled" in page
    assert local.post("/settings/sign-in", RULES).status_code == 403
    assert owner.get("/settings/sign-in").status_code == 403
    assert rules_now().password_days == 0


def test_the_rules_stand_beside_every_field_where_a_password_is_chosen(
    boss: Client, director: Staff, staff: AddStaff
) -> None:
    boss.post("/settings/sign-in", {**RULES, "second_factor": "nobody", "min_length": "17", "password_days": "0"})
    for page in (
        "/settings/account",
        "/settings/account/password",
        "/organisation/staff",
        f"/organisation/staff/{staff('mei').public_id}/access",
    ):
        assert "至少 17 个字符" in read(boss.get(page)), page


def test_a_manager_sees_and_ends_sessions(boss: Client, staff: AddStaff, signed_in: SignedIn) -> None:
    mei = staff("mei", "owner")
    theirs = [signed_in(mei) for _ in range(3)]
    first = StaffSession.objects.filter(staff=mei).earliest("id")
    page = f"/organisation/staff/{mei.public_id}"
    assert read(boss.get(f"{page}/access")).count("<tr>") == 4
    boss.post(f"{page}/sessions/{first.public_id}/end")
    assert [each.get("/settings/account").status_code for each in theirs] == [302, 200, 200]
    assert "已结束 2 个登录" in read(boss.post(f"{page}/sessions/end", follow=True))
    assert [each.get("/settings/account").status_code for each in theirs] == [302, 302, 302]


def test_a_manager_gives_a_password_to_be_changed(boss: Client, staff: AddStaff, signed_in: SignedIn) -> None:
    mei = staff("mei", "owner")
    theirs, page = signed_in(mei), f"/organisation/staff/{mei.public_id}/access"
    weak = boss.post(page, {"password": "short"})
    assert (weak.status_code, list(weak.context["form"].errors)) == (400, ["password"])
    assert boss.post(page, {"password": "a first phrase 9"}).status_code == 302
    assert theirs.get("/settings/account").status_code == 302
    client = Client()
    client.post("/sign-in", {"username": "mei", "password": "a first phrase 9"})
    assert client.get("/board")["Location"] == "/settings/account/password"


def test_a_manager_resets_a_lost_second_factor(boss: Client, staff: AddStaff) -> None:
    mei = staff("mei", "owner")
    reset = f"/organisation/staff/{mei.public_id}/factor/reset"
    assert boss.post(reset).status_code == 400
    start_setup(staff=mei, now=timezone.now())
    setup = setup_of(mei)
    assert setup is not None
    confirm(staff=mei, code=pyotp.TOTP(setup.secret).at(timezone.now()), now=timezone.now())
    assert "重置" in read(boss.get(f"/organisation/staff/{mei.public_id}/access"))
    assert boss.post(reset).status_code == 302
    assert not has_factor(mei)


def test_other_branches_are_out_of_reach(
    staff: AddStaff, signed_in: SignedIn, unit: Unit, other_unit: Unit, director: Staff
) -> None:
    local, mei = signed_in(staff("local", "director", unit)), staff("mei", "owner", other_unit)
    for who in (mei, director):
        page = f"/organisation/staff/{who.public_id}"
        assert local.get(f"{page}/access").status_code == 404
        for path, data in (("access", {"password": "a first phrase 9"}), ("sessions/end", {}), ("factor/reset", {})):
            assert local.post(f"{page}/{path}", data).status_code == 404, path
    assert Staff.objects.get(pk=mei.pk).check_password(PASSWORD)


def test_somebody_with_a_role_elsewhere_too_is_not_looked_into(
    staff: AddStaff, signed_in: SignedIn, unit: Unit, other_unit: Unit, system: Scope
) -> None:
    local, both = signed_in(staff("local", "director", unit)), staff("both", "owner", unit)
    grant(by=system, staff=both, role="owner", unit=other_unit, now=NOW)
    theirs, page = signed_in(both), f"/organisation/staff/{both.public_id}"
    assert local.get(f"{page}/access").status_code == 403
    for path, data in (("access", {"password": "a first phrase 9"}), ("sessions/end", {}), ("factor/reset", {})):
        assert local.post(f"{page}/{path}", data).status_code == 403, path
    assert theirs.get("/settings/account").status_code == 200


def test_ones_own_password_is_not_changed_that_way(boss: Client, director: Staff) -> None:
    response = boss.post(f"/organisation/staff/{director.public_id}/access", {"password": "a first phrase 9"})
    assert response.status_code == 400
    assert "我的账号" in response.context["form"].top
    assert Staff.objects.get(pk=director.pk).check_password(PASSWORD)
