"""Erasure, elsewhere: in the names of chats, after an undo, and in the copies that others asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from qunyu.communities.models import Community
from qunyu.events.models import Import
from qunyu.flows.actions import ask_undo
from qunyu.jobs.port import run_now
from qunyu.jobs.registry import find
from qunyu.kernel.errors import DomainError
from qunyu.kernel.personal import ERASED
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import system_scope
from qunyu.members.merging import merge
from qunyu.members.models import Identity, Member
from qunyu.members.queries import search_people
from qunyu.privacy import exporting
from qunyu.privacy.requests import Asked, open_request
from tests.jobs.deployment import Deployment
from tests.test_erasure import (
    CHAT,
    DIRECT,
    FILES,
    NAME,
    NOW,
    ORDERS,
    PHONE,
    SAYS,
    WXID,
    bring,
    erase,
    places_of,
    rows_with,
)

# A chat of two that is called by nothing but a name, and a group that goes by the person's name.
TITLED = f"""time,community,author_name,text
2026-03-04 09:00:00,{NAME},{NAME},您好
2026-03-04 09:01:00,{NAME},店长,在的
2026-03-04 10:00:00,{NAME}的茶友,{NAME},大家好
2026-03-04 10:01:00,{NAME}的茶友,店长,欢迎
"""
ANSWERED = f"""time,author_id,author,text,community,community_name
2026-03-02 11:00:00,{WXID},{NAME},{SAYS},{WXID},{NAME}
2026-03-02 11:01:00,wxid_shop,店长,好的，收到,{WXID},{NAME}
"""


def test_a_chat_with_them_comes_back_without_their_name(opened: Deployment, tmp_path: Path) -> None:
    secrets = (NAME, WXID, SAYS)
    files = (("direct.csv", ANSWERED, "chat"), ("titled.csv", TITLED, "chat"))
    scope = system_scope("tests")
    bring(tmp_path / "given", scope, files)
    zhao = Member.objects.get(identities__key=keyed_id(WXID))
    for other in Member.objects.filter(name=NAME).exclude(pk=zhao.pk):
        merge(by=scope, one=zhao, other=other, now=NOW)
    erase(scope, Identity.objects.get(key=keyed_id(WXID)).member)
    assert rows_with(secrets) == set()
    assert {each.name for each in Community.objects.all()} == {ERASED, f"{ERASED}的茶友"}
    # The same files again find the chats, and after an undo they make them anew: without the person.
    bring(tmp_path / "again", scope, files)
    assert (rows_with(secrets), Community.objects.count()) == (set(), 3)
    for each in Import.objects.order_by("-pk"):
        ask_undo(by=scope, owner=each, now=NOW)
        run_now("flows.undo", import_id=each.pk)
    assert not Community.objects.exists()
    bring(tmp_path / "anew", scope, files)
    assert (rows_with(secrets), Community.objects.count()) == (set(), 3)
    assert {each.name for each in Community.objects.all()} == {ERASED}
    assert not Identity.objects.filter(name=NAME).exists()
    connection.close()
    assert places_of(opened.data / "lake", secrets) == set()


def test_copies_of_others_that_name_them_go_too(opened: Deployment, tmp_path: Path) -> None:
    scope = system_scope("tests")
    bring(tmp_path / "given", scope, FILES[:1])
    # Li wrote of the person, Wang did not.
    asked = {
        key: open_request(
            by=scope,
            member=Member.objects.get(identities__key=keyed_id(key)),
            kind="export",
            asked=Asked(),
            now=NOW,
        )
        for key in ("wxid_li", "wxid_wang")
    }
    for each in asked.values():
        exporting.begin(by=scope, request=each, now=NOW)
        run_now("privacy.export", request=each.pk)
        each.refresh_from_db()
    assert {path for path, _ in places_of(opened.data / "exports")} == {f"{asked['wxid_li'].public_id}.zip"}
    erase(scope, Member.objects.get(identities__key=keyed_id(WXID)))
    assert places_of(opened.data / "exports") == set()
    for each in asked.values():
        each.refresh_from_db()
    assert exporting.file_of(asked["wxid_wang"]).is_file()
    with pytest.raises(DomainError) as caught:
        exporting.download(by=scope, request=asked["wxid_li"], now=NOW)
    assert caught.value.code == "export_gone"


def test_nothing_that_writes_files_of_people_runs_beside_an_erasure() -> None:
    for name in ("privacy.erase", "privacy.keep", "privacy.export", "reports.make_due"):
        # Never two of this queue at once, over all processes: tests/jobs.
        assert find(name).queue == "lake"


def test_no_id_and_no_phone_lies_open(opened: Deployment, tmp_path: Path) -> None:
    ids = (WXID, "wxid_li", "wxid_wang", PHONE)
    # What people write of themselves and of others is text, and so is what a shop writes on a product.
    silent = "".join(line for line in CHAT.splitlines(keepends=True) if PHONE not in line)
    plain = ORDERS.replace(f"（写给{PHONE}）", "")
    scope = system_scope("tests")
    bring(
        tmp_path / "given",
        scope,
        (("chat.csv", silent, "chat"), ("direct.csv", DIRECT, "chat"), FILES[1], ("orders.csv", plain, "orders")),
    )
    assert {each for _, each in places_of(tmp_path / "given", ids)} == set(ids)
    assert {each.clear_key for each in Identity.objects.all()} >= set(ids)
    assert search_people(scope, text=WXID).count() == 1
    assert rows_with(ids) == set()
    connection.close()
    assert places_of(opened.data, ids) == set()
