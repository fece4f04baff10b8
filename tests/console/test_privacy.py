"""The pages of whoever protects personal data, and consents on pages."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client

from qunyu.communities.models import Community
from qunyu.jobs.port import run_now
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.privacy import erasing
from qunyu.privacy.models import Consent, Period, Purpose, Request
from tests.api.calling import Caller
from tests.console.conftest import read
from tests.deployment_fixtures import AddStaff, SignedIn


def asked(boss: Client, member: Member, kind: str) -> Request:
    told = {"kind": kind, "asker": "self", "channel": "chat", "checked": "account", "note": "群里说的"}
    assert boss.post("/settings/privacy/new", {"member": member.public_id, **told}).status_code == 302
    return Request.objects.latest("id")


def test_the_page_tells_what_is_kept_and_keeps_its_questions_few(
    tea: Community, boss: Client, django_assert_max_num_queries: object
) -> None:
    assert "还没有人提出请求" in read(boss.get("/settings/privacy"))
    for member in Member.objects.all():
        asked(boss, member, "export")
    with django_assert_max_num_queries(68):  # type: ignore[operator]
        text = read(boss.get("/settings/privacy"))
    assert text.count("还剩") == 4
    assert "身份与社群" in text and "联系记录" in text


def test_a_copy_is_asked_for_made_and_had(tea: Community, boss: Client) -> None:
    row = asked(boss, Member.objects.get(name="Mei"), "export")
    address = f"/settings/privacy/{row.public_id}"
    assert "生成文件" in read(boss.get(address))
    assert boss.get(f"{address}/file").status_code == 400
    boss.post(address, {"do": "export"})
    run_now("privacy.export", request=row.pk)
    assert "下载" in read(boss.get(address))
    assert b"".join(boss.get(f"{address}/file").streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert "下载个人信息" in read(boss.get("/settings/privacy"))


def test_an_erasure_needs_the_name_and_leads_to_a_receipt(
    tea: Community, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No database is written anew inside a test's transaction; test_erasure.py does it for real.
    monkeypatch.setattr(erasing, "rewrite", lambda models: None)
    mei = Member.objects.get(name="Mei")
    page, row = mei.public_id, asked(boss, mei, "erasure")
    address = f"/settings/privacy/{row.public_id}"
    assert "输入成员的名字以确认" in read(boss.get(address))
    refused = boss.post(address, {"do": "erase", "typed": "mei", "reason": "本人要求"})
    assert refused.status_code == 400 and "请原样输入成员的名字" in read(refused)
    boss.post(address, {"do": "erase", "typed": "Mei", "reason": "本人要求"})
    run_now("privacy.erase", request=row.pk)
    row.refresh_from_db()
    receipt = boss.get(f"/settings/privacy/receipts/{row.receipt.public_id}")
    assert receipt.json()["counts"]["identities"] == {"found": 1}
    assert "移出停止名单" in read(boss.get(address))
    assert boss.get(f"/members/{page}").status_code == 404
    assert "Mei" not in read(boss.get("/members")) and "已删除的成员" not in read(boss.get("/members"))
    assert "4" in read(boss.get("/communities"))


def test_periods_are_looked_at_and_set(tea: Community, boss: Client) -> None:
    looked = boss.post("/settings/privacy/period", {"kind": "texts", "days": "30", "do": "look"}, follow=True)
    assert "现在会删除" in read(looked) and not Period.objects.filter(kind="texts").exists()
    boss.post("/settings/privacy/period", {"kind": "texts", "days": "400", "do": "save"})
    assert Period.objects.get(kind="texts").days == 400
    assert boss.post("/settings/privacy/period", {"kind": "texts", "days": "-3", "do": "save"}).status_code == 400
    boss.post("/settings/privacy/period", {"kind": "texts", "days": "", "do": "save"})
    assert not Period.objects.filter(kind="texts").exists()


def test_consents_are_noted_listed_and_exported(tea: Community, boss: Client) -> None:
    mei = Member.objects.get(name="Mei")
    told = {"purpose": "marketing", "state": "granted", "source": "form", "at": "2026-03-01", "evidence": "表单 7"}
    assert boss.post(f"/members/{mei.public_id}/consents", told).status_code == 302
    assert boss.post(f"/members/{mei.public_id}/consents", {**told, "at": "gestern"}).status_code == 400
    assert "营销联系" in read(boss.get(f"/members/{mei.public_id}"))
    assert "Mei" in read(boss.get("/members/consents?purpose=marketing&which=now"))
    assert "Mei" not in read(boss.get("/members/consents?state=withdrawn"))
    shown = "&".join(f"column={each}" for each in ("member_id", "purpose", "state", "at", "evidence"))
    answer = boss.get(f"/members/consents?export=csv&{shown}")
    file = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    given = BytesIO(file.replace("同意".encode(), "撤回".encode()).replace(b"2026-03-01", b"2026-03-02"))
    given.name = "consents.csv"
    assert boss.post("/members/consents/import", {"file": given}).status_code == 302
    assert list(Consent.objects.order_by("at").values_list("state", flat=True)) == ["granted", "withdrawn"]


def test_who_protects_nothing_sees_no_way_to_it(tea: Community, staff: AddStaff, signed_in: SignedIn) -> None:
    admin = signed_in(staff("admin", "admin"))
    assert admin.get("/settings/privacy").status_code == 403
    assert "个人信息保护" not in read(admin.get("/members"))


def test_the_audit_trail_is_searched_by_what_it_shows(tea: Community, boss: Client) -> None:
    mei = Member.objects.get(name="Mei")
    asked(boss, mei, "export")
    boss.post(f"/members/{mei.public_id}/consents", {"purpose": "service", "state": "granted", "source": "chat"})
    found = boss.get("/settings/audit?q=mei").context["listing"].rows
    assert len(found) == 1 and "记录同意" in str(found)
    assert len(boss.get("/settings/audit?q=登记个人信息&days=7").context["listing"].rows) == 1
    assert not boss.get("/settings/audit?q=mei&action=privacy.erase").context["listing"].rows


def test_purposes_and_the_deadline_are_the_officers(
    tea: Community, boss: Client, staff: AddStaff, signed_in: SignedIn
) -> None:
    page, unit = "/settings/privacy/purposes", Unit.objects.get(parent=None).public_id
    wrong = boss.post(f"{page}/new", {"unit": unit, "key": "Photos", "name_zh": "活动照片"})
    assert (wrong.status_code, 'id="error-key"' in read(wrong), "活动照片" in read(wrong)) == (400, True, True)
    boss.post(f"{page}/new", {"unit": unit, "key": "photos", "name_zh": "活动照片"})
    assert "活动照片" in read(boss.get(f"{page}?q=照片"))
    mei, row = Member.objects.get(name="Mei"), Purpose.objects.get()
    assert "活动照片" in read(boss.get(f"/members/{mei.public_id}"))
    boss.post(f"{page}/{row.public_id}", {"do": "archive"})
    assert "活动照片" not in read(boss.get(f"/members/{mei.public_id}"))
    exported = b"".join(boss.get(f"{page}?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "photos" in exported and "marketing" in exported
    api = Caller(boss)
    assert [each["retired"] for each in api.get("/privacy/purposes").body] == [False] * 5 + [True]
    changed = api.ask("patch", f"/privacy/purposes/{row.public_id}", {"name_en": "Photos", "retired": False}).body
    assert (changed["name_zh"], changed["name_en"], changed["retired"]) == ("活动照片", "Photos", False)
    late = boss.post("/settings/privacy/deadline", {"due_days": "31"})
    assert (late.status_code, "1 到 30 之间" in read(late), 'value="31"' in read(late)) == (400, True, True)
    assert boss.post("/settings/privacy/deadline", {"due_days": "7"}).status_code == 302
    asked_for = asked(boss, mei, "export")
    assert (asked_for.due_on - asked_for.asked_at.astimezone(settings.QUNYU_ZONE).date()).days == 7
    assert api.ask("put", "/privacy/due-days", {"days": 10}).body == {"days": 10}
    owner = signed_in(staff("owner", "owner"))
    assert [owner.get(each).status_code for each in (page, f"{page}/new", f"{page}/{row.public_id}")] == [403] * 3
