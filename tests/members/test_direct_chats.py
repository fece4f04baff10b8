"""Chats with one person, whom nothing else makes known: their key is the person's id, and never lies open."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from qunyu.communities.models import Community
from qunyu.communities.queries import search_communities
from qunyu.jobs.port import load
from qunyu.kernel.personal import ERASED, Person, holders
from qunyu.kernel.platform_ids import keyed_id, name_of
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity, Member
from qunyu.members.personal import person_of
from qunyu.people.models import Unit
from qunyu.privacy.erasing import whole
from tests.deployment_fixtures import ImportFile

AT = 1772328660


def telegram(kind: str = "personal_chat") -> str:
    said = {
        "id": 2,
        "type": "message",
        "date_unixtime": str(AT),
        "from": "Lin",
        "from_id": "user712000001",
        "text": "hi",
    }
    return json.dumps({"name": None, "type": kind, "id": 712345678, "messages": [said]})


def qq(kind: str = "private") -> str:
    said = {
        "id": "76000", "seq": "1", "timestamp": AT * 1000, "sender": {"uid": "u_lin", "uin": "100001", "name": "小林"},
        "type": "type_1", "content": {"text": "在吗", "elements": [], "resources": []}, "recalled": False, "system": False,
    }  # fmt: skip
    told = {"metadata": {"name": "QQChatExporter V5"}, "chatInfo": {"name": "赵敏", "type": kind}, "messages": [said]}
    return json.dumps(told, ensure_ascii=False)


def chatlog(talker: str = "zhaomin-88") -> str:
    said = {"seq": 1, "time": "2026-03-01T09:31:00+08:00", "talker": talker, "talkerName": "", "isChatRoom": False,
            "sender": "wxid_lin", "senderName": "小林", "isSelf": True, "type": 1, "subType": 0, "content": "在吗"}  # fmt: skip
    return json.dumps([said], ensure_ascii=False)


def zulip() -> str:
    people = [{"id": 9017, "full_name": "Lin"}, {"id": 9018, "full_name": "Zhao"}]
    said = {"id": 5, "type": "private", "timestamp": AT, "sender_id": 9017, "sender_email": "lin@example.com",
            "sender_full_name": "Lin", "display_recipient": people, "content": "hi", "content_type": "text/x-markdown"}  # fmt: skip
    return json.dumps({"messages": [said]})


WHATSAPP = "01/03/2026, 09:31 - Lin: hello\n01/03/2026, 09:32 - Lin: are you there?\n"
CHATS = (
    ("result.json", telegram(), "712345678", "personal_chat"),
    ("friend_20001234_20260301_093000.json", qq(), "20001234", "赵敏"),
    ("chat.json", chatlog(), "zhaomin-88", ""),
    ("zulip.json", zulip(), "direct:9017,9018", "Lin, Zhao"),
    ("WhatsApp Chat with +86 138 0000 7788.txt", WHATSAPP, "+86 138 0000 7788", ""),
)


def lying_open(text: str) -> bool:
    """Whether some column of some community holds it."""
    return any(text in str(value) for row in Community.objects.values() for value in row.values())


@pytest.mark.parametrize(("file", "text", "key", "name"), CHATS)
def test_a_chat_is_sealed_from_its_first_import_on(
    file: str, text: str, key: str, name: str, import_file: ImportFile, unit: Unit, system: Scope
) -> None:
    import_file(file, text, unit, "chat")
    chat = Community.objects.get()
    assert (chat.key, chat.readable_key, lying_open(key)) == (keyed_id(key), key, False)
    assert chat.name == (name or name_of(key))
    # It is found by its whole key, by people and by imports.
    assert list(search_communities(system, text=key)) == [chat]
    import_file(file, text, unit, "chat")
    assert Community.objects.get() == chat


@pytest.mark.parametrize(
    ("file", "text", "key"),
    [
        ("result.json", telegram("private_supergroup"), "712345678"),
        ("group_20001234_20260301_093000.json", qq("group"), "20001234"),
        ("chat.json", chatlog("20001@chatroom"), "20001@chatroom"),
    ],
)
def test_groups_stay_as_they_are(file: str, text: str, key: str, import_file: ImportFile, unit: Unit) -> None:
    import_file(file, text, unit, "chat")
    assert Community.objects.values_list("key", "sealed").get() == (key, "")


def test_one_of_before_is_sealed_when_it_is_imported_again(import_file: ImportFile, unit: Unit) -> None:
    import_file("chat.json", chatlog(), unit, "chat")
    Community.objects.update(key="zhaomin-88", sealed="", name="zhaomin-88")
    import_file("chat.json", chatlog(), unit, "chat")
    assert not lying_open("zhaomin-88")
    assert Community.objects.get().readable_key == "zhaomin-88"


def known_later(import_file: ImportFile, unit: Unit) -> Person:
    """The partner of the chat, who wrote in a group since."""
    import_file("chat.json", chatlog(), unit, "chat")
    said = "time,community,author_id,author_name,text\n2026-03-02T09:30:00+08:00,tea,zhaomin-88,Zhao Min,hello\n"
    import_file("wechat.csv", said, unit, "chat")
    Identity.objects.filter(key=keyed_id("zhaomin-88")).update(platform="wechat")
    load()
    return whole(person_of(Member.objects.get(own_identity__key=keyed_id("zhaomin-88"))))


def test_once_they_are_known_their_copy_and_their_erasure_cover_it(import_file: ImportFile, unit: Unit) -> None:
    person = known_later(import_file, unit)
    copy: Any = holders()["identities"].export(person)
    assert [(each["platform"], each["key"]) for each in copy["direct_chats"]] == [("wechat", "zhaomin-88")]
    assert holders()["identities"].erase(person) == {"elsewhere": 1, "unreadable": 0}
    chat = Community.objects.get(platform="wechat")
    assert (chat.key, chat.sealed, chat.name) == (keyed_id("zhaomin-88"), "", ERASED)
    assert holders()["identities"].erase(person)["elsewhere"] == 0
    import_file("again.json", chatlog(), unit, "chat")
    assert Community.objects.get(platform="wechat").name == ERASED


def test_a_chat_of_several_keeps_the_others_and_loses_the_one(import_file: ImportFile, unit: Unit) -> None:
    import_file("zulip.json", zulip(), unit, "chat")
    load()
    holders()["identities"].erase(whole(person_of(Member.objects.get(name="Lin"))))
    chat = Community.objects.get()
    assert (chat.key, chat.sealed, chat.name) == (keyed_id("direct:9017,9018"), "", f"{ERASED}, Zhao")


def test_what_lay_open_before_is_sealed(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    move = importlib.import_module("qunyu.members.migrations.0018_seal_direct_chats")
    rewritten: list[Any] = []
    monkeypatch.setattr(move, "rewrite", rewritten.append)
    for platform, key, name in (
        ("telegram", "712345678", "Zhao Min"),
        ("qq", "20001234", "20001234"),
        ("wechat", "zhaomin-88", "赵敏"),
        ("whatsapp", "+86 138 0000 7788", "+86 138 0000 7788"),
        ("zulip", "direct:9,10", "Lin, Zhao"),
        ("wechat", "teafriends", "teafriends"),
        ("wechat", "20001@chatroom", "茶友群"),
        ("whatsapp", "Tea lovers", "Tea lovers"),
    ):
        Community.objects.create(unit=unit, platform=platform, key=key, name=name)
    busy = Community.objects.create(unit=unit, platform="telegram", key="1000001", name="Tea")
    for number in range(3):
        member = Member.objects.create(name=f"P{number}")
        identity = Identity.objects.create(
            member=member, own_member=member, platform="telegram", key=str(number), name="P"
        )
        identity.memberships.create(community=busy, first_at="2026-03-01T00:00Z", last_at="2026-03-01T00:00Z")
    for _ in range(2):
        move.seal_direct_chats(apps, connection.schema_editor(atomic=False))
        open_ones = set(Community.objects.filter(sealed="").values_list("key", flat=True))
        assert open_ones == {"teafriends", "20001@chatroom", "Tea lovers", "1000001"}
        assert Community.objects.get(key=keyed_id("20001234")).name == name_of("20001234")
        assert Community.objects.get(key=keyed_id("712345678")).readable_key == "712345678"
    assert len(rewritten) == 2
