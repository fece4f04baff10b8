"""Members by what platforms call them: ids that lie encrypted and are found by their hash."""

import importlib
import json
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from django.apps import apps
from django.db import connection
from pytest_django import Settings

from qunyu.communities.models import Community
from qunyu.communities.queries import called, elsewhere, search_communities
from qunyu.jobs.port import load
from qunyu.kernel.actor import Actor
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.personal import ERASED, holders
from qunyu.kernel.platform_ids import keyed_id, masked_id, name_of, sealed_id, typable
from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import NOT_READABLE
from qunyu.members.matching import match
from qunyu.members.models import Identity, Mark, Member
from qunyu.members.personal import person_of
from qunyu.members.profile import reveal
from qunyu.members.queries import Wanted, accounts, members, search_people
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.privacy.erasing import whole
from tests.deployment_fixtures import NOW, AddStaff, ImportFile, SignedIn

CHAT = """\
time,community,community_name,kind,message_id,author_id,author_name,text
2026-03-01T09:30:00+08:00,tea,Tea,message,1,wx_mei_77,Mei,hello
2026-03-01T09:31:00+08:00,tea,Tea,message,2,wx_tom_88,,hello too
"""
IDS = ("wx_mei_77", "wx_tom_88", "wx_nobody")


@pytest.fixture
def tea_by_id(import_file: ImportFile, unit: Unit) -> None:
    """A group of `unit` in which everybody has a stable id."""
    import_file("tea.csv", CHAT, unit)


def test_stable_ids_lead_to_members(tea_by_id: None, system: Scope) -> None:
    found = accounts(system, IDS)
    assert {each.id for each in found} == {"wx_mei_77", "wx_tom_88"}
    assert {each.member for each in found} == set(Identity.objects.values_list("member", flat=True))
    for text, names in (
        ("wx_mei_77", ["Mei"]),
        ("WX_mei_77", []),
        ("wx_mei", []),
        ("wx_tom_88", [name_of("wx_tom_88")]),
    ):
        assert [each.name for each in search_people(system, text=text)] == names
        assert [each.name for each in members(system, Wanted(text=text))] == names


def test_names_within_one_group_are_no_ids(tea: Community, system: Scope) -> None:
    assert accounts(system, Identity.objects.values_list("name", flat=True)) == []
    assert set(Identity.objects.values_list("sealed", flat=True)) == {""}


def test_only_where_members_may_be_seen(tea_by_id: None, staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    assert accounts(Scope(Actor("staff", 1, "nobody")), IDS) == []
    away = scope_of(staff("away", "owner", other_unit))
    assert accounts(away, IDS) == []
    assert not search_people(away, text="wx_mei_77").exists()
    assert accounts(scope_of(staff("analyst", "analyst", unit)), IDS) == []
    assert len(accounts(scope_of(staff("owner", "owner", unit)), IDS)) == 2


def test_ids_are_read_whole_for_a_reason_only(tea_by_id: None, staff: AddStaff, unit: Unit) -> None:
    mei = Member.objects.get(name="Mei")
    identity = mei.identities.get()
    assert (identity.shown_key, identity.clear_key) == ("wx••••77", "wx_mei_77")
    owner = scope_of(staff("owner", "owner", unit))
    assert reveal(by=owner, member=mei, reason="call back", now=NOW).ids == {
        identity.pk: (identity.platform, "wx_mei_77")
    }
    assert AuditEntry.objects.get(action="member.reveal").data == {"fields": [], "ids": [identity.pk]}


@pytest.mark.parametrize(
    ("id", "shown"),
    [("wxid_9k", "w••••k"), ("12345678", "12••••78"), ("10001", "1••••1"), ("abcd", "••••"), ("", "••••")],
)
def test_a_mask_never_shows_half_of_an_id(id: str, shown: str) -> None:
    assert masked_id(id) == shown


def readable() -> None:
    """As deployments of before had it."""
    for each in Identity.objects.exclude(sealed=""):
        key = each.clear_key
        if each.name == name_of(key):
            Member.objects.filter(own_identity=each).update(name=key)
            Identity.objects.filter(pk=each.pk).update(name=key)
        Identity.objects.filter(pk=each.pk).update(key=key, sealed="")


def test_ids_masked_alike_are_told_apart_and_their_ends_can_be_typed() -> None:
    one, other = name_of("wx_mei_77"), name_of("wx_sam_77")
    assert (one[:9], other[:9], one == other) == ("wx••••77 ", "wx••••77 ", False)
    assert (typable(one), typable("Mei Lin")) == (keyed_id("wx_mei_77")[:6], "Mei Lin")


TELEGRAM: dict[str, Any] = {
    "name": "Zhao Min", "type": "personal_chat", "id": 712345678, "messages": [
        {"id": 1, "type": "message", "date_unixtime": "1772328600", "from": "Zhao Min", "from_id": "user712345678", "text": "hello"},
        {"id": 2, "type": "message", "date_unixtime": "1772328660", "from": "Lin", "from_id": "user712000001", "text": "hi"},
    ],
}  # fmt: skip


def test_a_direct_chat_is_named_by_a_hash_and_forgotten_with_its_partner(
    import_file: ImportFile, unit: Unit, system: Scope
) -> None:
    import_file("result.json", json.dumps(TELEGRAM), unit, "chat")
    chat = Community.objects.get()
    assert (chat.key, chat.readable_key, chat.name) == (keyed_id("712345678"), "712345678", "Zhao Min")
    assert list(search_communities(system, text="712345678")) == [chat] and not search_communities(system, text="71234")
    assert called("712345678", "telegram", "/") == {("telegram", chat.key)}
    import_file("again.json", json.dumps(TELEGRAM), unit, "chat")
    zhao = Identity.objects.get(key=keyed_id("user712345678"))
    person = replace(person_of(zhao.own_member), terms=("Zhao Min",))
    holders()["identities"].erase(person)
    import_file("later.json", json.dumps(TELEGRAM), unit, "chat")
    chat = Community.objects.get()
    assert (chat.sealed, chat.name, chat.key) == ("", ERASED, keyed_id("712345678"))


def test_a_chat_is_sealed_once_its_partner_is_known(import_file: ImportFile, unit: Unit, other_unit: Unit) -> None:
    table = CHAT.replace("tea,Tea", "712345678,Zhao")
    import_file("chat.csv", table, unit, "chat")
    assert Community.objects.get().sealed == ""
    import_file("later.csv", table.replace("wx_tom_88", "712345678"), unit, "chat")
    assert Community.objects.get().readable_key == "712345678"
    Community.objects.all().delete()
    import_file("result.json", json.dumps(TELEGRAM), unit, "chat")
    assert elsewhere([("telegram", "712345678")], other_unit.path) == {("telegram", "712345678")}
    wechat = CHAT.replace("tea,Tea", "wxid_mei7,").replace("wx_mei_77", "wxid_lin")
    import_file("chat.csv", wechat, unit, "chat")
    assert Community.objects.exclude(platform="telegram").get().name == name_of("wxid_mei7")


def test_an_id_sealed_under_another_key_closes_nothing(
    tea_by_id: None, staff: AddStaff, signed_in: SignedIn, settings: Settings
) -> None:
    mei = Identity.objects.get(name="Mei")
    here, settings.SECRET_KEY = settings.SECRET_KEY, "a former key"
    foreign = sealed_id("wx_mei_77")
    settings.SECRET_KEY = here
    Identity.objects.filter(pk=mei.pk).update(sealed=foreign)
    Mark.objects.create(identity=mei, kind="union", value=keyed_id("un_mei_1"), sealed=foreign)
    boss, key = signed_in(staff("boss", "director")), mei.own_member.public_id
    assert NOT_READABLE.zh in boss.get(f"/members/{key}").content.decode()
    accounts_now = boss.get(f"/api/v1/members/{key}").json()["identities"]
    assert [(each["key"], each["unreadable"]) for each in accounts_now] == [("••••", True)]
    shown = boss.post(f"/api/v1/members/{key}/profile/reveal", {"reason": "call"}, "application/json").json()
    assert [each["id"] for each in shown["ids"]] == [None]
    assert AuditEntry.objects.get(action="member.reveal").data == {"fields": [], "ids": [], "unreadable_ids": [mei.pk]}
    match({mei.pk})
    load()
    person = whole(person_of(mei.own_member))
    assert person.terms == ("Mei",)
    holder = holders()["identities"]
    told: Any = holder.export(person)
    assert [each["key"] for each in told["identities"]] == [None]
    assert len(holder.stops(person)) == 0
    assert holder.erase(person) == {"elsewhere": 0, "unreadable": 2}


def test_what_lay_open_before_is_sealed(tea_by_id: None, system: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    move = importlib.import_module("qunyu.members.migrations.0014_seal_ids")
    rewritten: list[Any] = []
    monkeypatch.setattr(move, "CHUNK", 1)
    before = sorted(each.clear_key for each in Identity.objects.all())
    readable()
    Mark.objects.create(identity=Identity.objects.get(name="Mei"), kind="union", value="un_mei_1")
    tea = Community.objects.get()
    chat = Community.objects.create(key="wx_mei_77", name="wx_mei_77", platform=tea.platform, unit=tea.unit)
    full = Mock(side_effect=OSError("the disk is full"))
    monkeypatch.setattr(move, "rewrite", full)
    with pytest.raises(OSError, match="full"):
        move.seal_ids(apps, connection.schema_editor(atomic=False))
    monkeypatch.setattr(move, "rewrite", rewritten.append)
    for _ in range(2):
        move.seal_ids(apps, connection.schema_editor(atomic=False))
        assert sorted(each.clear_key for each in Identity.objects.all()) == before
        assert sorted(Member.objects.values_list("name", flat=True)) == ["Mei", name_of("wx_tom_88")]
        assert set(Mark.objects.values_list("value", flat=True)) == {keyed_id("un_mei_1")}
        assert len(accounts(system, IDS)) == 2
        chat.refresh_from_db()
        tea.refresh_from_db()
        assert (chat.readable_key, chat.name, tea.sealed) == ("wx_mei_77", name_of("wx_mei_77"), "")
    assert len(rewritten) == 2
