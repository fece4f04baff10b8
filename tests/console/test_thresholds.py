"""Thresholds of units: the form, its preview, and what it refuses."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.flows.labelling import label
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.people.actions import change_settings
from qunyu.people.models import Unit, UnitSetting
from qunyu.people.queries import root_unit
from tests.console.conftest import read
from tests.deployment_fixtures import NOW


@pytest.fixture
def address(tea: Community, unit: Unit) -> str:
    """The form of the tea lovers' unit, whose people are labelled."""
    label(now=NOW)
    return f"/settings/thresholds/{unit.public_id}"


def settings() -> dict[str, float]:
    return dict(UnitSetting.objects.values_list("key", "value"))


def test_the_form_names_what_holds_and_from_where(address: str, boss: Client, system: Scope) -> None:
    change_settings(by=system, unit=root_unit(), changes={"active_messages": 20.0}, now=NOW)
    page = read(boss.get(address))
    assert "留空: 20 (总部)" in page
    assert "留空: 5 (默认)" in page
    assert "全部沿用上级" in read(boss.get("/settings/thresholds"))


def test_saving_sets_and_empties(address: str, boss: Client) -> None:
    response = boss.post(address, {"active_messages": "20", "demand_value": "1.5", "save": "yes"}, follow=True)
    assert "已保存；成员标签正在更新" in read(response)
    assert settings() == {"active_messages": 20.0, "demand_value": 1.5}
    assert 'value="1.5"' in read(boss.get(address))
    entry = AuditEntry.objects.get(action="unit.settings")
    assert entry.data == {
        "to": {"active_messages": 20.0, "demand_value": 1.5},
        "was": {"active_messages": None, "demand_value": None},
    }
    assert "没有改动" in read(boss.post(address, {"active_messages": "20", "demand_value": "1.5"}, follow=True))
    boss.post(address, {"active_messages": ""})
    assert settings() == {}


def test_a_preview_tells_who_would_move_and_keeps_everything(address: str, boss: Client) -> None:
    page = read(boss.post(address, {"active_messages": "1", "preview": "yes"}))
    assert "会有哪些变动" in page
    assert "涉及人数: 4" in page
    assert "普通 → <strong>活跃</strong>" in page
    assert "没有人会是 “专业”" in page
    assert 'value="1"' in page
    assert settings() == {}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"active_messages": "many"}, "“many”不是数字；留空则沿用上级"),
        ({"active_messages": "0"}, "“活跃：真正发言”须在 1 与 3000 之间"),
        ({"active_messages": "nan"}, "“活跃：真正发言”须在 1 与 3000 之间"),
        ({"active_messages": "1e400"}, "“活跃：真正发言”须在 1 与 3000 之间"),
        ({"active_messages": "1.5"}, "“活跃：真正发言”须为整数"),
        ({"contributing_answers": "21"}, "“贡献：回答提问”（21）不能高于“专业：回答提问”（20）"),
        ({"tier_window": "4000"}, "“看多长时间”须在 7 与 365 之间"),
    ],
)
@pytest.mark.parametrize("button", ["save", "preview"])
def test_what_is_wrong_is_told_at_the_field(
    typed: dict[str, str], told: str, button: str, address: str, boss: Client
) -> None:
    response = boss.post(address, {**typed, button: "yes"})
    assert response.status_code == 400
    page = read(response)
    assert told in page
    assert f'id="error-{next(iter(typed))}"' in page
    assert f'value="{next(iter(typed.values()))}"' in page
    assert settings() == {}


def test_a_crossing_below_is_refused(address: str, boss: Client, system: Scope, unit: Unit) -> None:
    change_settings(by=system, unit=unit, changes={"contributing_answers": 10.0}, now=NOW)
    response = boss.post(f"/settings/thresholds/{root_unit().public_id}", {"professional_answers": "8"})
    assert response.status_code == 400
    assert "在“华东店”" in read(response)
    assert settings() == {"contributing_answers": 10.0}


def test_only_who_may_changes_thresholds(address: str, admin: Client, owner: Client, other_unit: Unit) -> None:
    assert admin.get("/settings/thresholds").status_code == 403
    assert admin.post(address, {"active_messages": "20"}).status_code == 404
    assert owner.get(f"/settings/thresholds/{other_unit.public_id}").status_code == 404
    assert owner.get(f"/settings/thresholds/{root_unit().public_id}").status_code == 404
    assert "总部" not in read(owner.get("/settings/thresholds"))
    assert settings() == {}
    assert owner.post(address, {"active_messages": "20"}).status_code == 302
    assert settings() == {"active_messages": 20.0}
