"""One's own account and tokens, the audit trail, the metric catalogue."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.insights.metric import metrics
from qunyu.people.models import ApiToken, Staff, Unit
from qunyu.people.queries import scope_of_token
from tests.deployment_fixtures import PASSWORD, AddStaff, SignedIn


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
    boss.post("/settings/tokens", {"name": "mine"})
    token = ApiToken.objects.get()
    assert "mine" not in owner.get("/settings/tokens").content.decode()
    assert owner.post(f"/settings/tokens/{token.public_id}/revoke").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_audit_trail_tells_who_did_what(tea: Community, boss: Client) -> None:
    boss.post(f"/communities/{tea.public_id}/settings", {"name": "新名字", "type": ""})
    response = boss.get("/settings/audit?action=community.edit")
    rows = [[str(value) for _, value in cells] for _, cells in response.context["listing"].rows]
    assert [row[1:] for row in rows] == [["Director", "编辑社群", f"community {tea.pk}", 'fields=["name"]']]
    assert not boss.get("/settings/audit?q=nobody").context["listing"].rows
    text = b"".join(boss.get("/settings/audit?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "编辑社群" in text


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
