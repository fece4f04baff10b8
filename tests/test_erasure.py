"""Erasure: afterwards no byte of a person's identifiers or words is found anywhere, and every figure is what it was."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection

from qunyu.events.actions import publish
from qunyu.events.lake import rollup
from qunyu.events.models import Import
from qunyu.events.queries import problems_of
from qunyu.flows import importing
from qunyu.flows.actions import ask_import
from qunyu.flows.place import lake, place
from qunyu.flows.request import ImportRequest, Part
from qunyu.flows.rewarding import reward
from qunyu.insights.board import board
from qunyu.insights.question import Question
from qunyu.jobs.port import run_now
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.personal import ERASED
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope, system_scope
from qunyu.loyalty.ledger import Gift, move
from qunyu.loyalty.models import Account, Earning, Movement, Programme
from qunyu.loyalty.programmes import save_programme
from qunyu.members import contacts, tagging
from qunyu.members.models import Identity, Member, TagGroup
from qunyu.members.profile import change, profile
from qunyu.members.queries import search_people
from qunyu.members.tags import add_group, add_tag
from qunyu.people.queries import root_unit
from qunyu.privacy import erasing, exporting, receipts, stopping
from qunyu.privacy.models import Receipt, Request, Stopped
from qunyu.privacy.requests import Asked, open_request
from qunyu.satisfaction.complaints import Done, handle
from qunyu.satisfaction.models import Ask
from qunyu.satisfaction.opinions import Said, note
from qunyu.satisfaction.replying import paper, reply
from qunyu.satisfaction.surveys import Wording, ask, link_of, make_survey, open_survey
from qunyu.segments.actions import add_segment, take_snapshot
from qunyu.segments.conditions import Speaker
from qunyu.segments.models import Segment
from tests.erasure_care import HELD, NAMED, plant
from tests.jobs.deployment import Deployment

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
# All of one invented person: name, id, phone, e-mail, order, words.
NAME, WXID, PHONE, EMAIL, ORDER = "赵铁柱", "wxid_zhao7788", "13800007788", "zhao7788@example.com", "SO-778899"
SAYS = "我家门牌是银杏路七十七号"
BOUGHT = "单刻银杏叶的紫砂壶"
SECRETS = (NAME, WXID, PHONE, EMAIL, ORDER, SAYS, BOUGHT, "银杏路")
QUESTIONS: list[dict[str, Any]] = [
    {"kind": "stars", "title": "满意吗？"},
    {"kind": "text", "title": f"{NAME}还说了什么？", "required": False},
]

CHAT = f"""time,author_id,author,text,community
2026-03-01 09:00:00,wxid_li,李梅,大家早上好，今天喝什么茶？,茶友群
2026-03-01 09:05:00,{WXID},{NAME},{SAYS}，谁来一起喝？,茶友群
2026-03-01 09:06:00,wxid_li,李梅,@{NAME} 我来，等我半个小时就到,茶友群
2026-03-01 09:07:00,wxid_wang,王强,@{NAME} 我来，等我半个小时就到,茶友群
2026-03-02 10:00:00,{WXID},{NAME},今天下雨了，改天再约吧,茶友群
2026-03-02 10:01:00,wxid_wang,王强,今天下雨了，改天再约吧,茶友群
2026-03-02 10:02:00,wxid_li,李梅,{NAME}的电话是{PHONE}，有事打给他,茶友群
"""
# A chat with one person, named by nothing but their id.
DIRECT = f"time,author_id,author,text,community\n2026-03-02 11:00:00,{WXID},{NAME},{SAYS},{WXID}\n"
MEMBERS = f"community,name,member_id,phone\n茶友群,{NAME},{WXID},{PHONE}\n茶友群,李梅,wxid_li,13900001111\n"
ORDERS = (
    "order_id,customer_id,customer_name,phone,ordered_at,amount,status,product,quantity\n"
    f"{ORDER},{PHONE},{NAME},{PHONE},2026-03-03 10:00:00,88.00,paid,{BOUGHT},2\n"
    f"SO-1,c1,李梅,13900001111,2026-03-03 11:00:00,12.00,paid,贺卡（写给{PHONE}）,1\n"
)
# A later export of the shop that does not say who bought.
NOBODYS = f"order_id,ordered_at,amount,status,product\n{ORDER},2026-03-03 10:00:00,88.00,paid,{BOUGHT}\n"
FILES = (("chat.csv", CHAT, "chat"), ("members.csv", MEMBERS, "members"), (f"{NAME}.csv", ORDERS, "orders"))


def bring(folder: Path, scope: Scope, files: tuple[tuple[str, str, str], ...] = FILES) -> Import:
    folder.mkdir(exist_ok=True)
    for name, text, _ in files:
        (folder / name).write_text(text, encoding="utf-8")
    parts = tuple(Part((str(folder / name),), yields, "wechat") for name, _, yields in files)
    owner = ask_import(by=scope, unit_id=root_unit().pk, title=files[-1][0], request=ImportRequest(parts), now=NOW)
    importing.run(owner.pk, place=place(), now=NOW)
    owner.refresh_from_db()
    return owner


def known(scope: Scope) -> Member:
    """The person, with a profile and a contact, and somebody else's contact that tells of them."""
    zhao = Member.objects.get(identities__key=keyed_id(WXID))
    li = Member.objects.get(identities__key=keyed_id("wxid_li"))
    today = date(2026, 3, 20)
    change(
        by=scope, member=zhao, changes={"real_name": NAME, "email": EMAIL, "note": f"住{SAYS}"}, now=NOW, today=today
    )
    change(by=scope, member=li, changes={"real_name": f"{NAME}的妹妹", "region": f"{NAME}家"}, now=NOW, today=today)
    for member in (zhao, li):
        told = {"channel": "call", "direction": "out", "summary": f"谈到{NAME}"}
        contacts.note_contact(by=scope, member=member, now=NOW, at=NOW, **told)
        treated(scope, member)
    return zhao


def treated(scope: Scope, member: Member) -> None:
    """A tag, a complaint, a survey, points and a level, a fee and a place in a snapshot, each with words that name the person."""
    about = f"{NAME}说的"
    words = f"{NAME}：{SAYS}" if member.name == NAME else about
    group = TagGroup.objects.first() or add_group(by=scope, unit=root_unit(), name=f"{NAME}的客户", now=NOW)
    tag = group.tags.first() or add_tag(by=scope, group=group, name="老客", help=about, now=NOW)
    tagging.put(by=scope, tag=tag, members=[member.pk], reason=about, now=NOW)
    row = note(by=scope, member=member, said=Said("complaint", NOW, text=words, about=about), now=NOW)
    handle(by=scope, opinion=row, done=Done("answer", f"已给{NAME}补发"), now=NOW)
    survey = make_survey(by=scope, unit=root_unit(), wording=Wording("回访", QUESTIONS), now=NOW)
    open_survey(by=scope, survey=survey, to_all=False, now=NOW)
    survey.refresh_from_db()
    ask(by=scope, survey=survey, members=[member.pk], now=NOW)
    link = link_of(Ask.objects.get(survey=survey))
    reply(paper=paper(link, NOW), given={1: "4", 2: words}, now=NOW)
    programme = Programme.objects.first() or save_programme(
        by=scope, unit=root_unit(), now=NOW, told={"name": "会员", "currency": "积分"}
    )
    move(by=scope, programme=programme, member=member, gift=Gift(100, about), now=NOW)
    segment = Segment.objects.first() or add_segment(
        by=scope,
        unit=root_unit(),
        name="我们的人",
        condition=Speaker(scope).from_text(f"sent messages or name contains “{NAME}”"),
        now=NOW,
    )
    take_snapshot(by=scope, segment=segment, why=about, now=NOW)
    plant(scope, member, about, NOW)


def erase(scope: Scope, member: Member, **more: Any) -> Request:
    request = open_request(by=scope, member=member, kind="erasure", asked=Asked(note=f"{NAME}来电"), now=NOW)
    erasing.confirm(by=scope, request=request, typed=member.name, reason=f"{NAME}本人要求", now=NOW, **more)
    run_now("privacy.erase", request=request.pk)
    request.refresh_from_db()
    return request


def collected(scope: Scope) -> tuple[list[tuple[int, int, int]], int]:
    """What every account holds once points were given for all orders, and how many movements there are."""
    setting = {"on": True, "since": "2026-01-01", "figures": {"units": 10, "points": 2}}
    Programme.objects.update(rules={"order_amount": setting})
    reward(now=NOW)
    accounts = Account.objects.order_by("pk").values_list("pk", "balance", "owed")
    assert Movement.objects.filter(rule="order_amount").count() == Earning.objects.count() == 2
    return list(accounts), Movement.objects.count()


def figures(scope: Scope) -> dict[str, list[tuple[float | None, int | None]]]:
    answer = board(lake(), scope, Question(grain="day"))
    return {
        metric: [(answer.figure(metric, period).value, answer.figure(metric, period).n) for period in answer.periods]
        for metric, _, _, _ in answer.figures
    }


def spread(data: bytes, name: str) -> Iterator[bytes]:
    """The bytes of a file as they lie, and all that can be unpacked of them."""
    yield data
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    if zipfile.is_zipfile(name):
        with zipfile.ZipFile(name) as file:
            for each in file.namelist():
                yield file.read(each)
    if data[:4] == b"PAR1":
        yield repr([sorted(each.items()) for each in pq.ParquetFile(name).read().to_pylist()]).encode()
        yield repr(pq.ParquetFile(name).metadata.to_dict()).encode()
    if re.search(rb"\\u[0-9a-f]{4}", data):
        yield re.sub(
            rb"(?:\\u[0-9a-f]{4})+", lambda found: json.loads(b'"' + found[0] + b'"').encode("utf-8", "replace"), data
        )


def copied(scope: Scope, member: Member, folder: Path) -> str:
    """Makes a person's copy; what the copies hold."""
    export = open_request(by=scope, member=member, kind="export", asked=Asked(), now=NOW)
    exporting.begin(by=scope, request=export, now=NOW)
    run_now("privacy.export", request=export.pk)
    return "".join(
        data.decode(errors="ignore")
        for path in (folder / "exports").rglob("*.zip")
        for data in spread(path.read_bytes(), str(path))
    )


def places_of(folder: Path, secrets: tuple[str, ...] = SECRETS) -> set[tuple[str, str]]:
    """(file, secret) of every secret that some file of the folder holds."""
    found = set()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        for data in spread(path.read_bytes(), str(path)):
            found |= {(str(path.relative_to(folder)), each) for each in secrets if each.encode() in data}
    return found


def rows_with(secrets: tuple[str, ...]) -> set[tuple[str, str]]:
    """(table, secret) of every secret that some row of the database holds, JSON decoded."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = repr(cursor.fetchall())
            text = rows + rows.encode().decode("unicode_escape", "ignore")
            found |= {(table, each) for each in secrets if each in text}
    return found


def test_nothing_of_an_erased_person_is_left(opened: Deployment, tmp_path: Path, on_postgres: bool) -> None:
    scope = system_scope("tests")
    bring(tmp_path / "given", scope, (("direct.csv", DIRECT, "chat"), *FILES))
    zhao = known(scope)
    own, books = zhao.pk, collected(scope)
    bring(tmp_path / "later", scope, (("nobodys.csv", NOBODYS, "orders"),))
    assert BOUGHT in copied(scope, zhao, opened.data)
    before = figures(scope)
    assert {secret for _, secret in places_of(opened.data) | rows_with(SECRETS)} == set(SECRETS)
    held = planted()

    request = erase(scope, zhao)
    assert request.state == "done"
    assert rows_with(SECRETS) == set()
    assert rows_of(HELD) == [count - 1 for count in held]
    assert figures(scope) == before
    # What was left of the person's points is closed out: nobody could spend them.
    assert collected(scope) == ([(books[0][0][0], 0, 0), *books[0][1:]], books[1] + 1)
    assert not search_people(scope, text=NAME).exists()
    assert_shell(scope, own)
    connection.close()
    assert places_of(opened.data) == set()

    # Who repeated whom, who asked and who answered is told anew from the facts, words or none.
    rollup.rebuild(place().lake)
    publish(place().lake)
    assert figures(scope) == before
    again = bring(tmp_path / "given", scope)
    # Two messages, a line of the list, an order.
    assert [each.data for each in problems_of(again) if each.code == "erased_people"] == [{"n": "4"}]
    assert figures(scope) == before
    assert not Identity.objects.filter(key=keyed_id(WXID)).exists()
    assert_receipt(scope, request)
    if not on_postgres:
        with closing(sqlite3.connect(opened.data / "db.sqlite3")) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def rows_of(models: tuple[Any, ...]) -> list[int]:
    return [each.objects.count() for each in models]


def planted() -> list[int]:
    """How many rows tell of people; every table that names the person does so."""
    assert {table for table, _ in rows_with((NAME,))} >= NAMED
    return rows_of(HELD)


def assert_shell(scope: Scope, own: int) -> None:
    """The person is nobody by name, the books keep their sums without words, and others keep what was written of them without the name."""
    shell = Member.objects.get(pk=own)
    mine = Movement.objects.filter(entries__account__member=shell)
    assert [each.reason for each in mine.exclude(kind="close")] == ["", ""]
    assert (shell.name, shell.erased) == (ERASED, True)
    li = profile(scope, Member.objects.get(identities__key=keyed_id("wxid_li")), reveal=True)
    told = {each.field.key: each.told.value for each in li if each.told}
    assert told == {"real_name": f"{ERASED}的妹妹", "region": f"{ERASED}家"}


def assert_receipt(scope: Scope, request: Request) -> None:
    """The receipt tells counts and nobody, is genuine, and is so no longer when a figure in it is another."""
    document = receipts.document(receipts.find_receipt(scope, Receipt.objects.get(request=request).public_id))
    assert not any(secret in json.dumps(document, ensure_ascii=False) for secret in SECRETS)
    counts = document["counts"]
    assert (counts["facts"], counts["orders"], counts["contacts"]) == (
        {"found": 5, "texts": 5, "mentions": 4},
        {"found": 1},
        # The survey of their own was handed over as a contact, the ask is one; and the quiet list.
        {"found": 4, "elsewhere": 3},
    )
    assert receipts.is_genuine(document)
    assert not receipts.is_genuine({**document, "counts": {}})
    assert AuditEntry.objects.filter(action="privacy.erased", object_id=str(request.pk)).count() == 1


def test_what_waits_to_be_imported_is_there_afterwards(opened: Deployment, tmp_path: Path) -> None:
    scope = system_scope("tests")
    bring(tmp_path / "given", scope, FILES[:1])
    folders = [opened.data / "imports" / name for name in ("waits", "left")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / f"{NAME}.csv").write_text(CHAT, encoding="utf-8")
    (opened.data / "uploads").mkdir(exist_ok=True)
    alone = opened.data / "uploads" / "alone.upload"
    alone.write_text(CHAT, encoding="utf-8")
    for path in (*folders, alone):
        os.utime(path, (0, 0))
    parts = (Part((str(folders[0] / f"{NAME}.csv"),), "chat", "wechat"),)
    waits = ask_import(by=scope, unit_id=root_unit().pk, title=NAME, request=ImportRequest(parts), now=NOW)
    erase(scope, Member.objects.get(identities__key=keyed_id(WXID)))
    assert [path.exists() for path in (*folders, alone)] == [True, False, False]
    importing.run(waits.pk, place=place(), now=NOW)
    waits.refresh_from_db()
    assert (waits.state, waits.title) == ("done", ERASED)


def test_who_comes_back_can_be_let_in_and_what_was_erased_stays_so(opened: Deployment, tmp_path: Path) -> None:
    scope = system_scope("tests")
    bring(tmp_path / "given", scope, FILES[:1])
    request = erase(scope, Member.objects.get(identities__key=keyed_id(WXID)))
    assert stopping.lift(by=scope, request=request, reason="本人重新加入", now=NOW) == Stopped.objects.count() > 0
    again = bring(tmp_path / "again", scope, FILES[:1])
    assert again.summary["facts"] == {"already": 7}
    assert {path for path, _ in places_of(opened.data / "lake", (SAYS,))} == set()


def test_an_erasure_that_broke_off_goes_on(opened: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = system_scope("tests")
    bring(tmp_path / "given", scope)
    zhao = known(scope)
    request = open_request(by=scope, member=zhao, kind="erasure", asked=Asked(), now=NOW)
    erasing.confirm(by=scope, request=request, typed=NAME, reason="本人要求", kept=["orders"], now=NOW)
    whole = erasing._note
    for fatal in ("facts", "orders", "identities"):

        def die(request: Request, holder: Any, counts: dict[str, int], fatal: str = fatal) -> None:
            if holder.key == fatal:
                raise KeyboardInterrupt
            whole(request, holder, counts)

        monkeypatch.setattr(erasing, "_note", die)
        with pytest.raises(KeyboardInterrupt):
            erasing.run(key=request.pk, now=NOW)
    monkeypatch.setattr(erasing, "_note", whole)
    assert erasing.unfinished() == [request.pk]
    assert run_now("privacy.keep") == dict.fromkeys(("views", "staff_sessions", "sign_in_failures", "exports"), 0)
    request.refresh_from_db()
    assert (request.state, request.steps["orders"]) == ("done", {"kept": 1})
    gone = tuple(each for each in SECRETS if each != ORDER)
    assert rows_with(gone) == set()
    connection.close()
    assert places_of(opened.data, gone) == set()
    assert {secret for _, secret in places_of(opened.data / "lake")} == {ORDER}
    assert not erasing.run(key=request.pk, now=NOW)
