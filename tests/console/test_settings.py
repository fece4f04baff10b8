"""One's own account and tokens, the audit trail, the metric catalogue."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

import qunyu
from qunyu.communities.actions import move_to_unit
from qunyu.communities.models import Community
from qunyu.insights.metric import metrics
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Language, speaking
from qunyu.people import actions
from qunyu.people.models import ApiToken, Staff, Unit
from qunyu.people.queries import scope_of_token
from qunyu.reports.names import ACTIONS
from tests.deployment_fixtures import NOW, PASSWORD, AddStaff, SignedIn


def test_the_password_is_changed_here_and_ends_sessions_elsewhere(director: Staff, signed_in: SignedIn) -> None:
    here, elsewhere = signed_in(director), signed_in(director)
    response = here.post("/settings/account", {"old": PASSWORD, "new": "another long phrase 8"})
    assert response.status_code == 302
    director.refresh_from_db()
    assert director.check_password("another long phrase 8")
    assert here.get("/settings/account").status_code == 200
    assert elsewhere.get("/settings/account").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong", "another long phrase 8", "old"), (PASSWORD, "short", "new"), (PASSWORD, "", "new")],
)
def test_a_bad_password_changes_nothing(old: str, new: str, field: str, boss: Client, director: Staff) -> None:
    response = boss.post("/settings/account", {"old": old, "new": new})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    director.refresh_from_db()
    assert director.check_password(PASSWORD)


def test_a_token_is_shown_once_and_revoked(boss: Client) -> None:
    page = boss.post("/settings/tokens", {"name": "报表", "days": "7"}).content.decode()
    found = re.search(r"qy_[\w-]{43}", page)
    assert found is not None
    now = timezone.now()
    assert scope_of_token(found[0], now) is not None
    assert scope_of_token(found[0], now + timedelta(days=7, minutes=1)) is None
    token = ApiToken.objects.get()
    listed = boss.get("/settings/tokens").content.decode()
    assert "报表" in listed
    assert "qy_" not in listed
    assert boss.post(f"/settings/tokens/{token.public_id}/revoke").status_code == 302
    assert scope_of_token(found[0], now) is None
    assert "已撤销" in boss.get("/settings/tokens").content.decode()


def test_a_token_needs_a_name(boss: Client) -> None:
    assert boss.post("/settings/tokens", {"name": " "}).status_code == 400
    assert not ApiToken.objects.exists()


def test_nobody_reaches_anothers_tokens(boss: Client, owner: Client) -> None:
    boss.post("/settings/tokens", {"name": "总部的报表"})
    token = ApiToken.objects.get()
    assert "总部的报表" not in owner.get("/settings/tokens").content.decode()
    assert owner.post(f"/settings/tokens/{token.public_id}/revoke").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_audit_trail_tells_who_did_what(tea: Community, boss: Client) -> None:
    boss.post(f"/communities/{tea.public_id}/settings", {"name": "新名字", "type": ""})
    response = boss.get("/settings/audit?action=community.edit")
    rows = [[str(value) for _, value in cells] for _, cells in response.context["listing"].rows]
    assert [row[1:] for row in rows] == [["Director", "编辑社群", "社群 新名字", "更改项：名称"]]
    assert not boss.get("/settings/audit?q=nobody").context["listing"].rows
    text = b"".join(boss.get("/settings/audit?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "编辑社群" in text


def told(client: Client, language: Language = "zh") -> dict[str, tuple[str, str]]:
    """What the audit trail says of the latest entry of each action: object and details."""
    listing = client.get("/settings/audit").context["listing"]
    with speaking(language):
        rows = [[str(value) for _, value in cells] for _, cells in listing.rows]
    return {row[2]: (row[3], row[4]) for row in reversed(rows)}


def test_entries_name_what_they_are_about(
    tea: Community, boss: Client, director: Staff, other_unit: Unit, system: Scope
) -> None:
    _, _ = actions.issue_token(by=system, staff=director, name="报表", expires_at=None, now=NOW)
    move_to_unit(by=system, community=tea, unit_id=other_unit.pk, now=NOW)
    assert told(boss) | {
        "授予角色": ("账号 Director", "角色：总负责，组织单位：总部"),
        "新增组织单位": ("组织单位 华南店", "上级：总部"),
        "生成 API 令牌": ("API 令牌 报表", "账号：Director"),
        "移动社群到另一单位": ("社群 Tea lovers", "组织单位：华南店"),
        "开始导入": ("导入 WhatsApp Chat with Tea lovers.txt", "组织单位：华东店"),
    } == told(boss)
    english = told(boss, "en")
    assert english["Moved a community to another unit"] == ("Community Tea lovers", "Unit: 华南店")
    assert english["Gave a role"] == ("Account Director", "Role: Director, Unit: 总部")


def test_the_system_is_called_so_in_both_languages(tea: Community, boss: Client) -> None:
    listing = boss.get("/settings/audit?action=import.finish").context["listing"]
    (row,) = listing.rows
    who = row[1][1][1]
    assert [who.zh, who.en] == ["系统", "System"]


def test_what_is_gone_keeps_its_number(tea: Community, boss: Client, system: Scope, other_unit: Unit) -> None:
    move_to_unit(by=system, community=tea, unit_id=other_unit.pk, now=NOW)
    key = tea.pk
    Community.objects.all().delete()
    assert told(boss)["移动社群到另一单位"] == (f"社群 #{key}", "组织单位：华南店")


def recorded_actions() -> set[str]:
    """Every action that some module's call of audit.record names, whether there or in a variable of the same function."""
    found: set[str] = set()
    for path in Path(qunyu.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "audit.record(" not in text:
            continue
        for function in (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)):
            found |= _actions_in(function)
    return found


def _actions_in(function: ast.FunctionDef) -> set[str]:
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call)]
    given = [each.value for call in calls for each in call.keywords if each.arg == "action" and _records(call)]
    names = {each.id for each in given if isinstance(each, ast.Name)}
    assigned = [
        each.value
        for each in ast.walk(function)
        if isinstance(each, ast.Assign) and names & {to.id for to in each.targets if isinstance(to, ast.Name)}
    ]
    assert len(names) <= len(assigned), function.name
    nodes = [node for value in (*given, *assigned) for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return {str(node.value) for node in nodes}


def _records(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "record"


def test_every_action_that_is_recorded_has_a_name() -> None:
    actions = recorded_actions()
    assert {"community.move", "staff.resume", "import.ask"} <= actions
    assert actions <= ACTIONS.keys()


def test_the_audit_trail_is_for_who_may_see_all_of_it(staff: AddStaff, signed_in: SignedIn, unit: Unit) -> None:
    assert signed_in(staff("auditor", "auditor")).get("/settings/audit").status_code == 200
    assert signed_in(staff("local", "auditor", unit)).get("/settings/audit").status_code == 403
    assert signed_in(staff("owner", "owner")).get("/settings/audit").status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_catalogue_explains_every_metric(language: str, boss: Client) -> None:
    boss.post("/language", {"language": language})
    listed = boss.get("/board/metrics").content.decode()
    for metric in metrics().values():
        assert f"/board/metrics/{metric.key}" in listed
        page = boss.get(f"/board/metrics/{metric.key}")
        assert page.status_code == 200
        definition = metric.definition.zh if language == "zh" else metric.definition.en
        assert definition.split("&")[0].split("'")[0][:30] in page.content.decode()
        assert metric.source in page.content.decode()


def test_the_catalogue_can_be_searched_and_knows_what_it_has(boss: Client) -> None:
    found = [metric.key for metric, _ in boss.get("/board/metrics?q=repurchase").context["found"]]
    assert found == ["repurchase_interval", "repurchase_rate"]
    missing = boss.get("/board/metrics/happiness")
    assert missing.status_code == 404
    assert "happiness" in missing.content.decode()


def test_a_worked_example_is_shown_as_people_read_numbers(boss: Client) -> None:
    gives = boss.get("/board/metrics/revenue").context["gives"]
    assert [text for _, text in gives] == ["¥ 40.00", "$ 7.00"]
