"""What the API tells as the console does: the audit trail, consents of everybody, the roster, runs of periods, a person's whole timeline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.links import add_link
from qunyu.members.models import Member
from qunyu.members.quiet import end_quiet, keep_quiet
from qunyu.people.models import Grant, Staff, Unit
from qunyu.people.sign_in_rules import change_rules
from qunyu.privacy.consents import Said, note
from qunyu.privacy.models import Consent, PeriodRun
from tests.api.calling import As, Caller
from tests.deployment_fixtures import NOW


@pytest.fixture
def mei(tea: Community) -> Member:
    return Member.objects.get(name="Mei")


def chinese(title: Words | str) -> str:
    return title.zh if isinstance(title, Words) else title


def table(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("table.csv", text.encode())}


def test_the_audit_trail_is_searched_as_on_the_page(api: Caller, caller: As, unit: Unit, system: Scope) -> None:
    change_rules(by=system, changes={"min_length": 14}, now=NOW)
    (entry,) = api.ask("get", "/audit?action=sign_in.rules").body["items"]
    assert (entry["by"], entry["action"], entry["at"][:10]) == ("System", "sign_in.rules", "2026-03-20")
    assert api.ask("get", "/audit?action=sign_in.rules&days=1").body["items"] == []
    named = api.ask("get", "/audit?search=华东店").body["items"]
    assert [each["action"] for each in named] == ["unit.add"]
    assert "华东店" in named[0]["object"]
    first = api.ask("get", "/audit?limit=1").body
    assert (len(first["items"]), first["next"] is None) == (1, False)
    assert caller("auditor", unit).ask("get", "/audit").status == 403
    assert caller("owner").ask("get", "/audit").status == 403


def test_consents_of_everybody(api: Caller, caller: As, mei: Member, unit: Unit, other_unit: Unit) -> None:
    text = f"member_id,purpose,state,date\n{mei.public_id},marketing,granted,2026-03-01\n{mei.public_id},marketing,withdrawn,2026-03-02\n"
    for counted in ({"added": 2, "already": 0}, {"added": 0, "already": 2}):
        answer = api.ask("post", "/consent-imports", form=table(text))
        assert (answer.status, answer.body) == (201, {**counted, "linked": 0})
    found = api.ask("get", "/consents").body["items"]
    assert [(each["state"], each["member"]["name"], each["source"]) for each in found] == [
        ("withdrawn", "Mei", "import"),
        ("granted", "Mei", "import"),
    ]
    assert [each["state"] for each in api.ask("get", "/consents?in_force=true").body["items"]] == ["withdrawn"]
    assert [each["state"] for each in api.ask("get", "/consents?state=granted&search=me").body["items"]] == ["granted"]
    assert api.ask("get", "/consents?search=tom").body["items"] == []
    assert caller("owner", other_unit).ask("get", "/consents").body["items"] == []
    assert caller("auditor", unit).ask("post", "/consent-imports", form=table(text)).status == 403
    wrong = api.ask("post", "/consent-imports", form=table(text.replace("state,date", "state,when")))
    assert (wrong.body["code"], Consent.objects.count()) == ("unknown_column", 2)


def test_the_roster_goes_out_and_comes_in(api: Caller, caller: As, unit: Unit) -> None:
    text = "unit,username,name,role\n华东店/一组,ann,安,owner\n华东店,ann,,kol\n"
    tried = api.ask("post", "/roster/check", form=table(text))
    assert tried.body == {"units": 1, "accounts": 1, "grants": 2, "wrong": []}
    assert not Staff.objects.filter(username="ann").exists()
    made = api.ask("post", "/roster", form=table(text))
    assert (made.status, made.body["units"], made.body["grants"]) == (201, 1, 2)
    (ann,) = made.body["accounts"]
    assert (ann["username"], Client().get(ann["address"]).status_code) == ("ann", 200)
    lines = api.ask("get", "/roster").body["items"]
    assert {"unit": "华东店/一组", "username": "ann", "name": "安", "role": "owner"} in lines
    again = "unit,username,name,role\n" + "".join(f"{','.join(each.values())}\n" for each in lines if each["unit"])
    assert api.ask("post", "/roster", form=table(again)).body == {"units": 0, "grants": 0, "accounts": []}
    refused = api.ask("post", "/roster", form=table("unit,username,name,role\n华东店/二组,bo,,king\n"))
    assert (refused.body["code"], Unit.objects.filter(name="二组").exists()) == ("bad_lines", False)
    assert caller("owner", unit).ask("get", "/roster").status == 403
    assert caller("owner", unit).ask("post", "/roster", form=table(text)).status == 403
    assert Grant.objects.filter(staff__username="ann").count() == 2


def test_runs_of_periods(api: Caller, caller: As) -> None:
    for kind, removed in (("contacts", 3), ("reports", 4)):
        PeriodRun.objects.create(kind=kind, at=NOW, before=NOW - timedelta(days=30), removed=removed)
    (run,) = api.ask("get", "/privacy/runs?kind=contacts").body["items"]
    assert (run["kind"], run["title"], run["removed"]) == ("contacts", "Contacts", 3)
    assert len(api.ask("get", "/privacy/runs").body["items"]) == 2
    assert caller("owner").ask("get", "/privacy/runs").status == 403


def test_the_whole_timeline(
    api: Caller, boss: Client, caller: As, mei: Member, system: Scope, other_unit: Unit
) -> None:
    lin = Member.objects.get(name="Lin")
    note(by=system, members=[mei], said=Said("marketing", "refused", wording="v2"), at=NOW, now=NOW)
    add_link(by=system, pair=(lin, mei), kind="parent", now=NOW, note="一起来的")
    keep_quiet(by=system, member=mei, reason="asked", note="太忙", now=NOW)
    end_quiet(by=system, member=mei, now=NOW + timedelta(days=1))
    path = f"/members/{mei.public_id}/timeline"
    told = {
        source: [each["text"] for each in api.ask("get", f"{path}?source={source}").body["items"]]
        for source in ("consents", "links", "quiet")
    }
    assert told == {
        "consents": ["marketing contact · chat message · v2"],
        "links": ["Lin decides · 一起来的"],
        "quiet": ["", "They asked not to be contacted · for good · 太忙"],
    }
    whole, page = (
        api.ask("get", path, Accept_Language="zh").body,
        boss.get(f"/members/{mei.public_id}").context["events"],
    )
    assert [(each["title"], each["text"]) for each in whole["items"]] == [
        (chinese(each.title), each.text) for each in page
    ]
    assert {"talk", "comings", "consents", "links", "quiet"} <= {each["source"] for each in whole["items"]}
    assert (whole["next"], api.ask("get", f"{path}?source=dreams").status) == (None, 422)
    assert caller("owner", other_unit).ask("get", path).status == 404
    assert caller("analyst").ask("get", path).status == 403
