"""One person, many identities, in the console: profile, fields, contacts, links, merging and the queue of suggestions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.flows import importing
from qunyu.flows.actions import ask_import
from qunyu.flows.place import place
from qunyu.flows.request import ImportRequest, Part
from qunyu.flows.suggesting import suggest
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.platform_ids import keyed_id, sealed_id
from qunyu.kernel.scope import Scope
from qunyu.members.models import (
    Contact,
    Field,
    Identity,
    Link,
    Member,
    Membership,
    MergeDecision,
    ProfileEntry,
    ProfileImport,
    Suggestion,
)
from qunyu.members.profile_importing import run
from qunyu.people.actions import grant
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.deployment_fixtures import NOW, AddStaff, SignedIn

PHONE = "13800000000"


def member(name: str) -> Member:
    return Member.objects.filter(identities__name=name).distinct().get()


def page(name: str, more: str = "") -> str:
    return f"/members/{member(name).public_id}{more}"


@pytest.fixture
def profile(tea: Community, boss: Client) -> Member:
    """Mei, of whom a phone, a birthday and a region are known."""
    given = {"real_name": "林小满", "phone": PHONE, "birthday": "2月29日", "region": "上海", "gender": "女"}
    assert boss.post(page("Mei", "/edit"), given).status_code == 302
    return member("Mei")


def test_a_profile_is_written_masked_and_revealed_for_a_reason(profile: Member, boss: Client) -> None:
    Identity.objects.filter(name="Mei").update(
        community=None, key=keyed_id("wxid_mei9k"), sealed=sealed_id("wxid_mei9k")
    )
    shown = read(boss.get(page("Mei")))
    assert all(text in shown for text in ("138****0000", "上海", "林**", "女", "wx••••9k"))
    assert PHONE not in shown
    refused = boss.post(page("Mei", "/reveal"), {"reason": ""})
    assert PHONE not in read(refused)
    assert "wxid_mei9k" not in shown + read(refused)
    part = boss.post(page("Mei", "/reveal"), {"reason": "回电"}, headers={"HX-Request": "true"})
    assert PHONE in part.content.decode()
    assert "wxid_mei9k" in part.content.decode()
    assert "2月29日" in part.content.decode()
    entry = AuditEntry.objects.get(action="member.reveal")
    assert (entry.reason, entry.object_id) == ("回电", str(profile.pk))
    assert PHONE not in read(boss.get(page("Mei")))


def test_what_may_not_be_revealed_stays_masked(
    tea: Community, staff: AddStaff, signed_in: SignedIn, unit: Unit, other_unit: Unit, system: Scope
) -> None:
    mei, far = member("Mei"), Community.objects.create(unit=other_unit, platform="qq", key="far", name="Far")
    Identity.objects.filter(name="Mei").update(
        community=None, key=keyed_id("wxid_mei9k"), sealed=sealed_id("wxid_mei9k")
    )
    own = Member.objects.create(name="Mei too")
    told = {"member": mei, "own_member": own, "platform": "qq", "name": "Mei too"}
    other = Identity.objects.create(key=keyed_id("100023456"), sealed=sealed_id("100023456"), **told)
    Membership.objects.create(identity=other, community=far, first_at=NOW, last_at=NOW)
    owner = staff("owner", "owner", unit)
    grant(by=system, staff=owner, role="admin", unit=other_unit, now=NOW)
    client = signed_in(owner)
    assert "10••••56" in read(client.get(page("Mei")))
    part = client.post(page("Mei", "/reveal"), {"reason": "回电"}, headers={"HX-Request": "true"}).content.decode()
    assert "wxid_mei9k" in part and "10••••56" in part and "100023456" not in part
    mine = Identity.objects.get(name="Mei")
    assert AuditEntry.objects.get(action="member.reveal").data["ids"] == [mine.pk]


def test_a_sensitive_field_left_empty_stays_and_is_cleared_on_request(profile: Member, boss: Client) -> None:
    form = read(boss.get(page("Mei", "/edit")))
    assert PHONE not in form
    boss.post(page("Mei", "/edit"), {"phone": "", "real_name": "", "region": ""})
    shown = read(boss.get(page("Mei")))
    assert "138****0000" in shown
    assert ProfileEntry.objects.filter(field="region").latest("id").value == ""
    boss.post(page("Mei", "/edit"), {"phone": "", "clear-phone": "yes"})
    assert "<dt>手机号</dt>\n      <dd>–" in read(boss.get(page("Mei")))


def test_a_wrong_value_stands_at_its_field_and_nothing_is_written(tea: Community, boss: Client) -> None:
    response = boss.post(page("Mei", "/edit"), {"phone": "138****0000", "birthday": "2月30日", "region": "上海"})
    assert response.status_code == 400
    shown = response.content.decode()
    assert 'id="error-phone"' in shown
    assert 'id="error-birthday"' in shown
    assert 'value="上海"' in shown
    assert not ProfileEntry.objects.exists()


def test_a_change_is_undone_and_made_again(profile: Member, boss: Client) -> None:
    entry = ProfileEntry.objects.get(field="region")
    boss.post(page("Mei", f"/profile/{entry.pk}/undo"))
    assert "<dt>地区</dt>" not in read(boss.get(page("Mei")))
    boss.post(page("Mei", f"/profile/{entry.pk}/undo"), {"back": "yes"})
    assert "<dt>地区</dt>" in read(boss.get(page("Mei")))


def test_who_may_not_edit_sees_no_forms_and_changes_nothing(
    profile: Member, admin: Client, owner: Client, boss: Client
) -> None:
    entries = AuditEntry.objects.count()
    assert "原因" not in read(admin.get(page("Mei"))).split("修改记录")[0]
    assert admin.post(page("Mei", "/reveal"), {"reason": "回电"}).status_code == 403
    assert AuditEntry.objects.filter(action="member.reveal").count() == 0
    assert AuditEntry.objects.count() == entries
    assert admin.get("/settings/fields").status_code == 403


def test_staff_of_another_unit_find_nobody(
    profile: Member, runners: Community, staff: AddStaff, signed_in: SignedIn, other_unit: Unit
) -> None:
    far = signed_in(staff("far", "owner", other_unit))
    before = ProfileEntry.objects.count()
    for method, more in (
        ("get", ""),
        ("get", "/edit"),
        ("post", "/edit"),
        ("post", "/reveal"),
        ("post", "/contacts"),
        ("get", "/merge"),
    ):
        assert getattr(far, method)(page("Mei", more), {"region": "x"}).status_code == 404
    assert ProfileEntry.objects.count() == before


def test_contacts_are_noted_changed_removed_and_on_the_timeline(tea: Community, boss: Client) -> None:
    wrong = boss.post(page("Mei", "/contacts"), {"channel": "call", "direction": "out", "summary": ""})
    assert (wrong.status_code, Contact.objects.count()) == (400, 0)
    told = {
        "channel": "call",
        "direction": "out",
        "summary": "问了新茶",
        "result": "周五再聊",
        "at": "2026-03-10T09:30",
    }
    boss.post(page("Mei", "/contacts"), told)
    row = Contact.objects.get()
    events = boss.get(page("Mei", "?source=contacts")).context["events"]
    assert [(each.text, each.link) for each in events] == [("问了新茶\n→ 周五再聊", row.public_id)]
    address = page("Mei", f"/contacts/{row.public_id}")
    assert "问了新茶" in boss.get(address).content.decode()
    boss.post(address, {**told, "summary": "问了白茶", "do": "save"})
    row.refresh_from_db()
    assert row.summary == "问了白茶"
    boss.post(address, {"do": "remove"})
    assert not Contact.objects.exists()


def test_the_timeline_holds_every_source_and_goes_on_where_it_stopped(profile: Member, boss: Client) -> None:
    whole = boss.get(page("Mei")).context["events"]
    kinds = {each.icon for each in whole}
    assert {"message", "id"} <= kinds
    assert [each.cursor for each in whole] == sorted((each.cursor for each in whole), reverse=True)
    for source, icons in (("talk", {"message"}), ("profile", {"id"}), ("orders", set()), ("merges", set())):
        assert {each.icon for each in boss.get(page("Mei", f"?source={source}")).context["events"]} == icons
    rest = boss.get(page("Mei", f"?before={whole[1].cursor}")).context["events"]
    assert [each.cursor for each in rest] == [each.cursor for each in whole[2:]]


def test_two_are_merged_and_told_apart_on_their_page(tea: Community, boss: Client) -> None:
    mei, tom = member("Mei"), member("Tom")
    found = boss.get(page("Mei", "/merge?q=Tom"))
    assert tom.public_id in found.content.decode()
    refused = boss.post(page("Mei", "/merge"), {"other": mei.public_id})
    assert (refused.status_code, MergeDecision.objects.count()) == (400, 0)
    boss.post(page("Mei", "/merge"), {"other": tom.public_id, "why": "同一个手机"})
    head = Identity.objects.get(name="Tom").member
    assert head == Identity.objects.get(name="Mei").member
    gone = tom if head == mei else mei
    assert boss.get(f"/members/{gone.public_id}")["Location"] == f"/members/{head.public_id}"
    shown = boss.get(f"/members/{head.public_id}").content.decode()
    assert all(text in shown for text in ("同一个手机", "撤回", "一个人，多个身份"))
    none = boss.post(f"/members/{head.public_id}/unmerge", {})
    assert none.status_code == 400
    ticked = Identity.objects.get(name="Tom").pk
    boss.post(f"/members/{head.public_id}/unmerge", {"identity": [ticked]})
    assert Identity.objects.get(name="Tom").member == tom
    act = MergeDecision.objects.get(ended_at=None).act
    boss.post(f"/members/decisions/{act}/take-back", {"member": head.public_id})
    assert Identity.objects.get(name="Tom").member == head


def test_links_show_on_both_pages(tea: Community, boss: Client) -> None:
    told = {"other": "Tom", "who": "other", "kind": "parent", "since": "2026-03-01", "note": "三年级"}
    boss.post(page("Mei", "/links"), told)
    link = Link.objects.get()
    assert (link.decider, link.user) == (member("Tom"), member("Mei"))
    assert "决策人：" in read(boss.get(page("Mei")))
    assert "替其决策：" in read(boss.get(page("Tom")))
    for given in ({"other": ""}, {"other": "nobody"}, {"other": "Mei", "kind": "parent"}, {**told, "since": "soon"}):
        assert boss.post(page("Mei", "/links"), given).status_code == 400
    assert Link.objects.count() == 1
    boss.post(page("Mei", f"/links/{link.public_id}/remove"))
    assert not Link.objects.exists()


def test_fields_are_made_filled_changed_and_deleted(tea: Community, boss: Client, unit: Unit) -> None:
    told = {"name_zh": "爱喝", "key": "likes", "kind": "choices", "options": "绿茶\n白茶", "unit": unit.public_id}
    assert boss.post("/settings/fields/new", {**told, "key": "Likes"}).status_code == 400
    boss.post("/settings/fields/new", told)
    field = Field.objects.get()
    assert "爱喝" in boss.get("/settings/fields").content.decode()
    boss.post(page("Mei", "/edit"), {"likes": ["绿茶", "白茶"]})
    assert "绿茶、白茶" in boss.get(page("Mei")).content.decode()
    address = f"/settings/fields/{field.public_id}"
    boss.post(address, {"do": "save", "name_zh": "爱喝什么", "options": "绿茶\n白茶\n红茶"})
    field.refresh_from_db()
    assert (field.name_zh, field.options) == ("爱喝什么", ["绿茶", "白茶", "红茶"])
    boss.post(address, {"do": "archive"})
    assert "爱喝什么" not in read(boss.get(page("Mei", "/edit")))
    boss.post(address, {"do": "restore"})
    refused = boss.post(address, {"do": "delete", "typed": "别的"})
    assert (refused.status_code, Field.objects.count()) == (400, 1)
    boss.post(address, {"do": "delete", "typed": "爱喝什么"})
    assert not Field.objects.exists()


TWINS = "time,community,author_id,author_name,text\n2026-03-05 10:00,{0},{0}1,半山听雨茶,hello\n"


@pytest.fixture
def question(system: Scope, tmp_path: Path, unit: Unit) -> Suggestion:
    """半山听雨茶 on two platforms."""
    for platform in ("qq", "wechat"):
        path = tmp_path / f"{platform}.csv"
        path.write_text(TWINS.format(platform), encoding="utf-8")
        request = ImportRequest(parts=(Part((str(path),)),), platform=platform)
        owner = ask_import(by=system, unit_id=unit.pk, title=platform, request=request, now=NOW)
        importing.run(owner.pk, place=place(), now=NOW)
    suggest(now=NOW)
    return Suggestion.objects.get()


def test_the_queue_is_decided_in_bulk_and_undone(question: Suggestion, boss: Client, admin: Client) -> None:
    shown = boss.get("/members/same")
    assert "半山听雨茶" in shown.content.decode()
    assert "名字连同符号都相同" in shown.content.decode()
    done = boss.post("/members/same/decide", {"pair": [question.pk], "do": "same", "back": "?kind=name"})
    assert done["Location"].startswith("/members/same?kind=name&done=")
    assert question.one.own_member_id in (
        Identity.objects.get(pk=question.other_id).member_id,
        question.other.own_member_id,
    )
    assert Identity.objects.filter(name="半山听雨茶").values("member").distinct().count() == 1
    after = boss.get(done["Location"])
    assert after.context["undoable"] == 1
    boss.post("/members/same/undo", {"acts": after.context["acts"]})
    assert Identity.objects.filter(name="半山听雨茶").values("member").distinct().count() == 2
    boss.post("/members/same/decide", {"pair": [question.pk], "do": "later"})
    assert "没有需要判断的" in boss.get("/members/same").content.decode()
    boss.post("/members/same/decide", {"pair": [question.pk], "do": "back"})
    assert "半山听雨茶" in admin.get("/members/same").content.decode()
    boss.post("/members/same/decide", {"pair": [], "do": "same"})
    assert MergeDecision.objects.filter(ended_at=None).count() == 0


def test_the_queue_is_searched_exported_and_asked_anew(question: Suggestion, boss: Client) -> None:
    assert len(boss.get("/members/same?q=半山").context["listing"].rows) == 1
    assert len(boss.get("/members/same?q=别人").context["listing"].rows) == 0
    file = b"".join(boss.get("/members/same?export=csv"))
    assert "半山听雨茶" in file.decode("utf-8-sig")
    assert boss.post("/members/same/look").status_code == 302


def test_pages_ask_the_database_no_more_for_more(
    profile: Member, question: Suggestion, boss: Client, django_assert_max_num_queries: Any
) -> None:
    boss.post(page("Mei", "/links"), {"other": "Tom", "kind": "parent"})
    with django_assert_max_num_queries(43):
        boss.get(page("Mei"))
    with django_assert_max_num_queries(20):
        boss.get(page("Mei", "/edit"))
    with django_assert_max_num_queries(10):
        boss.get("/members/same")


def exported(response: Any) -> list[str]:
    return b"".join(response).decode("utf-8-sig").splitlines()


def test_the_list_exports_fields_masked_and_for_a_reason_in_the_clear(
    profile: Member, boss: Client, admin: Client
) -> None:
    columns = "column=field_phone&column=field_region&column=member_id&q=Mei"
    masked = exported(boss.get(f"/members?{columns}&export=csv"))
    assert masked == ["成员,成员编号,手机号,地区", f"Mei,{profile.public_id},138****0000,上海"]
    assert "导出敏感信息原文" in boss.get(f"/members?{columns}").content.decode()
    assert "导出敏感信息原文" not in boss.get("/members").content.decode()
    given = {"column": ["field_phone"], "q": "Mei", "export": "csv"}
    assert boss.post("/members/export", {**given, "reason": ""}).status_code == 302
    assert admin.post("/members/export", {**given, "reason": "寄样品"}).status_code == 403
    assert not AuditEntry.objects.filter(action="profiles.export").exists()
    assert exported(boss.post("/members/export", {**given, "reason": "寄样品"})) == ["成员,手机号", f"Mei,{PHONE}"]
    entry = AuditEntry.objects.get(action="profiles.export")
    assert (entry.reason, entry.data) == ("寄样品", {"people": 1, "fields": ["phone"]})


def test_the_list_counts_decisions_where_people_are_linked(tea: Community, boss: Client) -> None:
    assert "决策" not in read(boss.get("/members")).split("<table")[0]
    boss.post(page("Mei", "/links"), {"other": "Tom", "kind": "parent"})
    context = boss.get("/members").context
    assert (context["listing"].page.paginator.count, context["spared"]) == (4, 1)


def test_profiles_are_imported_in_two_steps_and_undone(
    profile: Member, boss: Client, tmp_path: Path, unit: Unit
) -> None:
    table = f"成员编号,名称,手机号,地区,职业\n{profile.public_id},,,杭州,\nnobody,,,北京,\n,新朋友,13900000000,,教师\n"
    path = tmp_path / "people.csv"
    path.write_text(table, encoding="utf-8")
    with path.open("rb") as file:
        step = boss.post("/members/import", {"files": file})["Location"]
    shown = boss.get(step)
    assert shown.context["counts"] == {"lines": 3, "people": 1, "values": 1, "new": 0, "same": 0, "wrong": 2}
    refused = boss.post(step, {"do": "start", "unit": unit.public_id, "create": "yes"})
    assert (refused.status_code, ProfileImport.objects.count()) == (400, 0)
    assert "1 行有误" in refused.content.decode()
    boss.post(step, {"do": "start", "unit": unit.public_id, "create": "yes", "skip": "yes"})
    owner = ProfileImport.objects.get()
    run(key=owner.pk, now=NOW + timedelta(days=400))
    assert "杭州" in read(boss.get(page("Mei")))
    assert "教师" in boss.get(page("新朋友")).content.decode()
    assert "people.csv" in boss.get("/members/import").content.decode()
    boss.post(f"/members/imports/{owner.public_id}/undo")
    assert "上海" in read(boss.get(page("Mei")))
    assert not Member.objects.filter(name="新朋友").exists()


def test_an_unknown_column_is_named(profile: Member, boss: Client, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("成员编号,鞋码\nx,38\n", encoding="utf-8")
    with path.open("rb") as file:
        step = boss.post("/members/import", {"files": file})["Location"]
    response = boss.get(step)
    assert response.status_code == 400
    assert "没有名为“鞋码”的列" in response.content.decode()
    boss.post(step, {"do": "drop"})
    assert boss.get(step).status_code == 404
