"""Units, accounts and grants."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from qunyu.kernel.models import AuditEntry
from qunyu.people.models import Grant, Staff, Unit
from qunyu.people.queries import root_unit, scope_of
from tests.deployment_fixtures import PASSWORD, AddStaff, SignedIn

NEW = {"username": "zhen", "name": "阿珍", "password": PASSWORD, "role": "owner"}


@pytest.fixture
def manager(staff: AddStaff, signed_in: SignedIn, unit: Unit) -> Client:
    """A director of `unit` alone."""
    return signed_in(staff("manager", "director", unit))


def test_the_page_shows_tree_people_and_roles(boss: Client, unit: Unit, owner: Client) -> None:
    page = boss.get("/organisation").content.decode()
    assert "总部" in page
    assert "华东店" in page
    assert "群主 · 华东店" in page
    assert "管理组织与账号" in page


def test_a_unit_is_added_below_another(boss: Client, unit: Unit) -> None:
    response = boss.post("/organisation/units", {"name": "静安店", "parent": unit.public_id})
    assert response.status_code == 302
    made = Unit.objects.get(name="静安店")
    assert (made.parent, made.path) == (unit, f"{unit.path}{made.pk}/")


def test_an_account_is_added_with_its_role(boss: Client, unit: Unit) -> None:
    assert boss.post("/organisation/staff", {**NEW, "unit": unit.public_id}).status_code == 302
    made = Staff.objects.get(username="zhen")
    assert made.check_password(PASSWORD)
    assert scope_of(made).may("imports.run", unit.pk)
    assert not scope_of(made).may("imports.run", root_unit().pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"username": "director"}, "username"),
        ({"password": "short"}, "password"),
        ({"role": "emperor"}, "role"),
        ({"unit": "nowhere"}, "unit"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(
    wrong: dict[str, str], field: str, boss: Client, unit: Unit
) -> None:
    response = boss.post("/organisation/staff", {**NEW, "unit": unit.public_id, **wrong})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert response.context["open_form"] == "staff"
    assert not Staff.objects.filter(username="zhen").exists()


def test_roles_are_given_and_taken_back(boss: Client, staff: AddStaff, unit: Unit) -> None:
    zhen = staff("zhen")
    boss.post(f"/organisation/staff/{zhen.public_id}/grants", {"role": "admin", "unit": unit.public_id})
    given = Grant.objects.get(staff=zhen)
    assert (given.role.code, given.unit) == ("admin", unit)
    assert boss.post(f"/organisation/staff/{zhen.public_id}/grants/{given.pk}/take").status_code == 302
    assert not Grant.objects.filter(staff=zhen).exists()
    assert AuditEntry.objects.get(action="staff.revoke").data == {"role": "admin", "unit": unit.pk}


def test_an_account_is_closed_and_opened_again(boss: Client, staff: AddStaff, signed_in: SignedIn) -> None:
    zhen = staff("zhen", "analyst")
    theirs = signed_in(zhen)
    boss.post(f"/organisation/staff/{zhen.public_id}/active", {"active": "no"})
    assert theirs.get("/board").status_code == 302
    boss.post(f"/organisation/staff/{zhen.public_id}/active", {"active": "yes"})
    zhen.refresh_from_db()
    assert zhen.is_active
    assert AuditEntry.objects.filter(action__in=("staff.stop", "staff.resume")).count() == 2


def test_nobody_takes_away_their_own_access(boss: Client, director: Staff) -> None:
    mine = Grant.objects.get(staff=director)
    response = boss.post(f"/organisation/staff/{director.public_id}/grants/{mine.pk}/take")
    assert response.status_code == 400
    assert "不能收回自己的权限" in response.content.decode()
    assert boss.post(f"/organisation/staff/{director.public_id}/active", {"active": "no"}).status_code == 400
    director.refresh_from_db()
    assert director.is_active
    assert Grant.objects.filter(pk=mine.pk).exists()


def test_a_manager_of_a_unit_rules_there_only(
    manager: Client, director: Staff, unit: Unit, other_unit: Unit, staff: AddStaff
) -> None:
    page = manager.get("/organisation").content.decode()
    assert "华南店" not in page
    assert "Director" not in page
    top = Grant.objects.get(staff=director)
    assert manager.post(f"/organisation/staff/{director.public_id}/active", {"active": "no"}).status_code == 404
    assert manager.post(f"/organisation/staff/{director.public_id}/grants/{top.pk}/take").status_code == 404
    refused = manager.post("/organisation/staff", {**NEW, "unit": other_unit.public_id})
    assert refused.status_code == 400
    assert manager.post("/organisation/units", {"name": "x", "parent": root_unit().public_id}).status_code == 400
    assert not Unit.objects.filter(name="x").exists()
    assert not Staff.objects.filter(username="zhen").exists()


def test_somebody_with_a_role_elsewhere_too_cannot_be_closed_from_one_unit(
    manager: Client, staff: AddStaff, unit: Unit, other_unit: Unit, system: object
) -> None:
    from qunyu.people.actions import grant
    from tests.deployment_fixtures import NOW

    both = staff("both", "admin", unit)
    grant(by=system, staff=both, role="admin", unit=other_unit, now=NOW)  # type: ignore[arg-type]
    assert manager.post(f"/organisation/staff/{both.public_id}/active", {"active": "no"}).status_code == 403
    elsewhere = Grant.objects.get(staff=both, unit=other_unit)
    assert manager.post(f"/organisation/staff/{both.public_id}/grants/{elsewhere.pk}/take").status_code == 404
    both.refresh_from_db()
    assert both.is_active
    assert Grant.objects.filter(staff=both).count() == 2


def test_others_may_not_come_in(owner: Client, unit: Unit) -> None:
    assert owner.get("/organisation").status_code == 403
    for page in ("units", "staff"):
        assert (
            owner.post(f"/organisation/{page}", {**NEW, "unit": unit.public_id, "parent": unit.public_id}).status_code
            == 403
        )
    assert not Staff.objects.filter(username="zhen").exists()
    assert 'href="/organisation"' not in owner.get("/settings/account").content.decode()


def selected(page: str, name: str) -> list[str]:
    """The options chosen in every list called `name`."""
    lists = re.findall(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    return [text.strip() for each in lists for text in re.findall(r"<option[^>]* selected>([^<]*)", each)]


def test_what_was_chosen_stays_after_an_error(boss: Client, unit: Unit, staff: AddStaff) -> None:
    zhen = staff("zhen")
    values = {**NEW, "username": "other", "password": "short", "role": "analyst", "unit": unit.public_id}
    page = boss.post("/organisation/staff", values).content.decode()
    assert (selected(page, "role"), selected(page, "unit")) == (["分析员"], ["华东店"])
    page = boss.post("/organisation/units", {"name": "a/b", "parent": unit.public_id}).content.decode()
    assert selected(page, "parent") == ["华东店"]
    assert 'value="a/b"' in page
    response = boss.post(f"/organisation/staff/{zhen.public_id}/grants", {"role": "emperor", "unit": unit.public_id})
    assert selected(response.content.decode(), "unit") == ["华东店"]
    assert response.context["form"].errors["role"] in response.content.decode()
    assert not Grant.objects.filter(staff=zhen).exists()


def test_lists_of_units_show_their_depth(boss: Client, unit: Unit) -> None:
    page = boss.get("/organisation").content.decode()
    assert page.count(">　华东店</option>") == page.count(">总部</option>") == 3
