"""The tree of units, accounts, roles of one's own, invitations, and the organisation as a file."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.people.actions import add_role, add_unit, grant, revoke
from qunyu.people.models import Grant, Role, Staff, Unit
from qunyu.people.queries import root_unit, scope_of
from tests.deployment_fixtures import NOW, PASSWORD, AddStaff, SignedIn

NEW = {"username": "zhen", "name": "阿珍", "password": PASSWORD, "role": "owner"}


@pytest.fixture
def manager(staff: AddStaff, signed_in: SignedIn, unit: Unit) -> Client:
    """A director of `unit` alone."""
    return signed_in(staff("manager", "director", unit))


def test_the_tree_shows_units_levels_and_what_lies_in_them(boss: Client, unit: Unit, owner: Client) -> None:
    boss.post("/organisation/levels", {"level": ["公司", "大区", ""]})
    page = boss.get("/organisation").content.decode()
    assert [each in page for each in ("总部", "华东店", "公司", "大区")] == [True] * 4
    row = next(each for each in boss.get("/organisation").context["rows"] if each.unit == unit)
    assert (row.path, row.level, row.communities, row.grants) == ("总部 / 华东店", "大区", 0, 1)


def test_the_tree_is_searched_and_downloaded(boss: Client, unit: Unit, other_unit: Unit) -> None:
    assert [each.unit for each in boss.get("/organisation?q=华南").context["rows"]] == [other_unit]
    assert "没有符合条件的内容" in boss.get("/organisation?q=nothing").content.decode()
    file = b"".join(boss.get("/organisation?export=csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert file.splitlines() == ["组织单位,层级,社群,授权", "总部,,0,1", "总部 / 华东店,,0,0", "总部 / 华南店,,0,0"]


def test_the_tree_asks_few_questions_however_large(
    boss: Client, unit: Unit, system: Scope, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        add_unit(by=system, parent=unit, name=str(number), now=NOW)
    with django_assert_max_num_queries(14):
        boss.get("/organisation")
    with django_assert_max_num_queries(16):
        boss.get(f"/organisation/units/{unit.public_id}")


def test_a_unit_is_added_below_another(boss: Client, unit: Unit) -> None:
    response = boss.post("/organisation/units", {"name": "静安店", "parent": unit.public_id})
    assert response.status_code == 302
    made = Unit.objects.get(name="静安店")
    assert (made.parent, made.path) == (unit, f"{unit.path}{made.pk}/")


def test_a_unit_is_renamed_moved_and_removed(boss: Client, unit: Unit, other_unit: Unit) -> None:
    address = f"/organisation/units/{unit.public_id}"
    assert boss.post(f"{address}/name", {"name": "华东大区"}).status_code == 302
    assert boss.post(f"{address}/move", {"parent": other_unit.public_id}).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.parent) == ("华东大区", other_unit)
    assert "总部 / 华南店 / 华东大区" in boss.get(address).content.decode()
    assert boss.post(f"{address}/remove").status_code == 302
    assert not Unit.objects.filter(pk=unit.pk).exists()
    assert boss.get(address).status_code == 404


@pytest.mark.parametrize(
    ("path", "values", "words"),
    [
        ("name", {"name": ""}, "请填写这一项"),
        ("name", {"name": "a/b"}, "不能含有"),
        ("name", {"name": "华南店"}, "已有名为“华南店”的单位"),
        ("move", {"parent": "nowhere"}, "没有编号为"),
        ("move", {"parent": "{unit}"}, "不能移到自己"),
    ],
)
def test_what_is_wrong_with_a_unit_stands_at_its_field(
    boss: Client, unit: Unit, other_unit: Unit, path: str, values: dict[str, str], words: str
) -> None:
    given = {name: value.format(unit=unit.public_id) for name, value in values.items()}
    response = boss.post(f"/organisation/units/{unit.public_id}/{path}", given)
    assert response.status_code == 400
    assert words in response.content.decode()
    unit.refresh_from_db()
    assert (unit.name, unit.parent) == ("华东店", root_unit())


def test_a_unit_that_holds_something_says_what(boss: Client, unit: Unit, owner: Client) -> None:
    response = boss.post(f"/organisation/units/{unit.public_id}/remove")
    assert response.status_code == 400
    assert "授权 1 项" in response.content.decode()
    assert Unit.objects.filter(pk=unit.pk).exists()


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


def test_accounts_are_searched_filtered_and_downloaded(boss: Client, staff: AddStaff, unit: Unit) -> None:
    staff("mei", "owner", unit)
    staff("tom", "analyst")
    staff("nobody")

    def names(query: str) -> list[str]:
        return [each.username for each in boss.get(f"/organisation/staff?{query}").context["listing"].page.object_list]

    assert names("") == ["director", "mei", "nobody", "tom"]
    assert names("q=ME") == ["mei"]
    assert names("role=analyst") == ["tom"]
    assert names(f"unit={unit.public_id}") == ["mei"]
    assert names(f"unit={root_unit().public_id}") == ["director", "mei", "tom"]
    assert names("state=roleless") == ["nobody"]
    assert names("state=closed") == []
    assert names("sort=-username") == ["tom", "nobody", "mei", "director"]
    file = b"".join(boss.get("/organisation/staff?export=csv&q=mei").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert file.splitlines()[1].startswith("Mei,mei,群主 · 华东店,在用")


def test_roles_are_given_and_taken_back(boss: Client, staff: AddStaff, unit: Unit) -> None:
    zhen = staff("zhen")
    boss.post(f"/organisation/staff/{zhen.public_id}/grants", {"role": "admin", "unit": unit.public_id})
    given = Grant.objects.get(staff=zhen)
    assert (given.role.code, given.unit) == ("admin", unit)
    assert "管理员 · " in boss.get(f"/organisation/staff/{zhen.public_id}").content.decode()
    assert boss.post(f"/organisation/staff/{zhen.public_id}/grants/{given.pk}/take").status_code == 302
    assert not Grant.objects.filter(staff=zhen).exists()
    assert AuditEntry.objects.get(action="staff.revoke").data == {"role": "admin", "unit": unit.pk}


def test_an_account_is_renamed_closed_and_opened_again(boss: Client, staff: AddStaff, signed_in: SignedIn) -> None:
    zhen = staff("zhen", "analyst")
    theirs = signed_in(zhen)
    assert boss.post(f"/organisation/staff/{zhen.public_id}/name", {"name": "阿珍"}).status_code == 302
    assert boss.post(f"/organisation/staff/{zhen.public_id}/name", {"name": " "}).status_code == 400
    boss.post(f"/organisation/staff/{zhen.public_id}/active", {"active": "no"})
    assert theirs.get("/board").status_code == 302
    boss.post(f"/organisation/staff/{zhen.public_id}/active", {"active": "yes"})
    zhen.refresh_from_db()
    assert (zhen.is_active, zhen.name) == (True, "阿珍")
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


def test_the_last_director_cannot_be_removed(boss: Client, director: Staff, staff: AddStaff, system: Scope) -> None:
    """By somebody with a role of their own at the top that does less than a director."""
    held = ("staff.manage", *(each for each in PERMISSIONS if each != "staff.manage"))
    add_role(by=system, name_zh="副总", permissions=held, code="deputy", now=NOW)
    other = staff("other", "director")
    mine = Grant.objects.get(staff=other)
    assert boss.post(f"/organisation/staff/{other.public_id}/grants/{mine.pk}/take").status_code == 302
    with pytest.raises(DomainError) as caught:
        revoke(by=system, grant=Grant.objects.get(staff=director), now=NOW)
    assert caught.value.code == "last_director"


def test_a_manager_of_a_unit_rules_there_only(
    manager: Client, director: Staff, unit: Unit, other_unit: Unit, staff: AddStaff
) -> None:
    tree = manager.get("/organisation").content.decode()
    assert "华南店" not in tree
    listed = manager.get("/organisation/staff").context["listing"].page.object_list
    assert [each.username for each in listed] == ["manager"]
    top = Grant.objects.get(staff=director)
    for path in ("", "/active", f"/grants/{top.pk}/take", "/invitation"):
        ask = manager.post if path else manager.get
        assert ask(f"/organisation/staff/{director.public_id}{path}", {"active": "no"}).status_code == 404
    assert manager.get(f"/organisation/units/{other_unit.public_id}").status_code == 404
    assert manager.post(f"/organisation/units/{other_unit.public_id}/remove").status_code == 404
    refused = manager.post("/organisation/staff", {**NEW, "unit": other_unit.public_id})
    assert refused.status_code == 400
    assert manager.post("/organisation/units", {"name": "x", "parent": root_unit().public_id}).status_code == 400
    assert manager.post("/organisation/levels", {"level": ["x"]}).status_code == 403
    assert manager.post("/organisation/roles", {"name_zh": "x", "permission": ["members.view"]}).status_code == 403
    assert not Unit.objects.filter(name="x").exists()
    assert not Staff.objects.filter(username="zhen").exists()


def test_somebody_with_a_role_elsewhere_too_cannot_be_closed_from_one_unit(
    manager: Client, staff: AddStaff, unit: Unit, other_unit: Unit, system: Scope
) -> None:
    both = staff("both", "admin", unit)
    grant(by=system, staff=both, role="admin", unit=other_unit, now=NOW)
    page = manager.get(f"/organisation/staff/{both.public_id}").content.decode()
    assert "另有 1 项在您管理范围之外" in page
    assert manager.post(f"/organisation/staff/{both.public_id}/active", {"active": "no"}).status_code == 403
    assert manager.post(f"/organisation/staff/{both.public_id}/invitation").status_code == 403
    elsewhere = Grant.objects.get(staff=both, unit=other_unit)
    assert manager.post(f"/organisation/staff/{both.public_id}/grants/{elsewhere.pk}/take").status_code == 404
    both.refresh_from_db()
    assert both.is_active
    assert Grant.objects.filter(staff=both).count() == 2


def test_others_may_not_come_in(owner: Client, unit: Unit) -> None:
    for page in ("", "/staff", "/roles", "/import"):
        assert owner.get(f"/organisation{page}").status_code == 403
    for page in ("units", "staff", "roles", "import", "levels"):
        asked = {**NEW, "unit": unit.public_id, "parent": unit.public_id}
        assert owner.post(f"/organisation/{page}", asked).status_code == 403
    assert not Staff.objects.filter(username="zhen").exists()
    assert 'href="/organisation"' not in owner.get("/settings/account").content.decode()


def test_a_role_is_copied_changed_and_removed(boss: Client, staff: AddStaff, unit: Unit) -> None:
    page = boss.get("/organisation/roles?copy=analyst")
    assert page.context["form"].text("name_zh") == "分析员（副本）"
    assert [code for code, _, on in page.context["permissions"] if on] == ["communities.view", "orders.view"]
    made = {"name_zh": "店长", "code": "keeper", "permission": ["members.view", "staff.manage"]}
    assert boss.post("/organisation/roles", made).status_code == 302
    ann = staff("ann", "keeper", unit)
    assert (
        boss.post("/organisation/roles/keeper", {"name_zh": "店长", "permission": ["orders.view"]}).status_code == 302
    )
    assert set(scope_of(ann).allowed) == {"orders.view"}
    boss.post("/organisation/roles/keeper/remove")
    assert Role.objects.filter(code="keeper").exists()
    Grant.objects.filter(staff=ann).delete()
    boss.post("/organisation/roles/keeper/remove")
    assert not Role.objects.filter(code="keeper").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"permission": []}, "permissions"),
        ({"code": "Not a code"}, "code"),
        ({"code": "owner"}, "code"),
    ],
)
def test_what_is_wrong_with_a_role_stands_at_its_field(boss: Client, values: dict[str, Any], field: str) -> None:
    response = boss.post("/organisation/roles", {"name_zh": "店长", "permission": ["members.view"], **values})
    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])
    assert f'id="error-{field}"' in response.content.decode()
    assert Role.objects.count() == 8


def test_a_built_in_role_cannot_be_changed(boss: Client) -> None:
    response = boss.post("/organisation/roles/owner", {"name_zh": "店长", "permission": ["members.view"]})
    assert response.status_code == 400
    assert "系统自带角色" in response.content.decode()


def test_an_invitation_lets_somebody_choose_a_password_once(boss: Client, staff: AddStaff, client: Client) -> None:
    zhen = staff("zhen", "analyst")
    page = boss.post(f"/organisation/staff/{zhen.public_id}/invitation").content.decode()
    address = re.search(r"http://testserver(/invitation/[\w-]+/[\w-]+)", page)
    assert address is not None
    assert "zhen" in client.get(address[1]).content.decode()
    assert client.post(address[1], {"password": "short"}).status_code == 400
    assert client.post(address[1], {"password": "a long new secret"}).status_code == 302
    zhen.refresh_from_db()
    assert zhen.check_password("a long new secret")
    assert client.get(address[1]).status_code == 404
    assert client.post(address[1], {"password": "another secret 9"}).status_code == 404
    assert client.get(f"/invitation/{zhen.public_id}/nonsense").status_code == 404
    zhen.refresh_from_db()
    assert zhen.check_password("a long new secret")
    trail = AuditEntry.objects.filter(action__in=("staff.invite", "staff.password")).values_list("actor", flat=True)
    assert trail[0] == f"staff:{zhen.pk}"


ROSTER = """\
组织单位,用户名,姓名,角色
华东店/静安店,ann,安,owner
华东店/静安店,,,
,tom,Tom,auditor
"""


def given(boss: Client, text: str, name: str = "roster.csv") -> Any:
    return boss.post("/organisation/import", {"file": SimpleUploadedFile(name, text.encode())})


def test_the_organisation_comes_from_a_file(boss: Client, unit: Unit) -> None:
    looked = given(boss, ROSTER)
    outcome = looked.context["outcome"]
    assert (outcome.units, len(outcome.accounts), outcome.grants, outcome.wrong) == (1, 2, 2, ())
    assert not Staff.objects.filter(username="ann").exists()
    done = boss.post("/organisation/import", {"lines": looked.context["lines"]})
    ann = Staff.objects.get(username="ann")
    assert (ann.name, ann.has_usable_password()) == ("安", False)
    assert scope_of(ann).may("members.view", Unit.objects.get(name="静安店").pk)
    links = re.findall(r"/invitation/[\w-]+/[\w-]+", done.content.decode())
    assert len(links) == 2
    again = given(boss, ROSTER).context["outcome"]
    assert (again.units, again.accounts, again.grants, again.wrong) == (0, (), 0, ())
    file = b"".join(boss.get("/organisation/import?export=csv").streaming_content)  # type: ignore[attr-defined]
    assert "华东店/静安店,ann,安,owner" in file.decode()
    whole = given(boss, file.decode("utf-8-sig")).context["outcome"]
    assert (whole.units, whole.accounts, whole.grants, whole.wrong) == (0, (), 0, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有内容"),
        ("unit,username,boss\n", "没有名为“boss”的列"),
        ("username,role\nann,owner\n", "缺少“组织单位”列"),
        ("unit,unit\nx,y\n", "出现了两次"),
        ("华东店,ann\n华东店,tom\n", "没有名为“华东店”的列"),
        ("1,2\n3,4\n", "第一行须是列名"),
    ],
)
def test_a_file_with_wrong_columns_says_which(boss: Client, text: str, words: str) -> None:
    response = given(boss, text)
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("华东店,ann,安,emperor", "没有角色“emperor”"),
        ("华东店,ann,安,", "须有角色"),
        ("华东店,,安,owner", "须有用户名"),
        ("华东店,director,别人,owner", "的姓名是"),
        ("/".join("abcdefghijklmn") + ",,,", "最多 12 层"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_made(boss: Client, line: str, words: str) -> None:
    text = f"unit,username,name,role\n新店,new,新,owner\n{line}\n"
    looked = given(boss, text)
    assert [each.line for each in looked.context["outcome"].wrong] == [3]
    assert words in looked.content.decode()
    assert "lines" in looked.context
    boss.post("/organisation/import", {"lines": looked.context["lines"]})
    assert not Unit.objects.filter(name="新店").exists()
    assert not Staff.objects.filter(username="new").exists()


def test_a_file_reaches_no_further_than_who_gives_it(manager: Client, unit: Unit, other_unit: Unit) -> None:
    text = "unit,username,name,role\n华东店,ann,安,owner\n华南店,tom,Tom,owner\n,zoe,Zoe,owner\n新店,,,\n"
    looked = given(manager, text)
    assert [each.line for each in looked.context["outcome"].wrong] == [3, 4, 5]
    forged = manager.post("/organisation/import", {"lines": "W10"})
    assert forged.status_code == 400
    assert not Staff.objects.filter(username="ann").exists()


def selected(page: str, name: str) -> list[str]:
    """The options chosen in every list called `name`."""
    lists = re.findall(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    return [text.strip() for each in lists for text in re.findall(r"<option[^>]* selected>([^<]*)", each)]


def test_what_was_chosen_stays_after_an_error(boss: Client, unit: Unit, staff: AddStaff) -> None:
    zhen = staff("zhen")
    values = {**NEW, "username": "other", "password": "short", "role": "analyst", "unit": unit.public_id}
    form = boss.post("/organisation/staff", values).content.decode().partition("staff-name")[2]
    assert (selected(form, "role"), selected(form, "unit")) == (["分析员"], ["华东店"])
    page = boss.post("/organisation/units", {"name": "a/b", "parent": unit.public_id}).content.decode()
    assert selected(page, "parent") == ["华东店"]
    assert 'value="a/b"' in page
    response = boss.post(f"/organisation/staff/{zhen.public_id}/grants", {"role": "emperor", "unit": unit.public_id})
    assert selected(response.content.decode(), "unit") == ["华东店"]
    assert response.context["form"].errors["role"] in response.content.decode()
    assert not Grant.objects.filter(staff=zhen).exists()
