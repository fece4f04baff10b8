"""Imports of chats: nothing twice, nothing lost, nothing half."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from qunyu.communities.models import Community
from qunyu.events.models import Import
from qunyu.flows.place import place
from qunyu.kernel.errors import DomainError
from qunyu.members.models import Identity, Member, Membership
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME
from tests.flows.conftest import Desk

HEADER = "time,community,community_name,author_id,author_name,text,kind,message_id,other_id,bot\n"


def said(*lines: str) -> str:
    return HEADER + "".join(f"{line}\n" for line in lines)


def refused(desk: Desk, owner: Import) -> DomainError:
    """Why the import came to nothing; asserts that the deployment is as empty as before."""
    with pytest.raises(DomainError) as raised:
        desk.run(owner)
    owner.refresh_from_db()
    assert owner.state == "failed"
    assert owner.error == {"code": raised.value.code, "zh": raised.value.message.zh, "en": raised.value.message.en}
    assert not Community.objects.exists()
    assert not Identity.objects.exists()
    assert not Member.objects.exists()
    assert desk.facts() == []
    assert not (place().data / "staging" / str(owner.pk)).exists()
    return raised.value


def test_an_import_leaves_facts_people_and_a_summary(desk: Desk) -> None:
    owner = desk.bring({TEA_NAME: TEA_CHAT})
    assert owner.state == "done"
    assert owner.finished_at == NOW
    assert owner.summary == {
        "facts": {"message": 8, "joined": 2, "left": 1, "notice": 2, "already": 0},
        "rows": {"chat": 13},
        "formats": {"whatsapp": 1},
        "problems": {},
    }
    assert list(Community.objects.values_list("platform", "key", "name")) == [("whatsapp", "Tea lovers", "Tea lovers")]
    names = ["Lin", "Mei", "Tom", "小茶"]
    assert list(Identity.objects.order_by("key").values_list("key", flat=True)) == names
    assert list(Member.objects.order_by("name").values_list("name", flat=True)) == names
    assert not (place().data / "staging" / str(owner.pk)).exists()


def test_importing_twice_adds_nothing(desk: Desk) -> None:
    desk.bring({TEA_NAME: TEA_CHAT})
    before = desk.everything()
    again = desk.bring({TEA_NAME: TEA_CHAT})
    assert again.summary["facts"] == {"already": 13}
    assert desk.problems(again) == []
    assert desk.everything() == before


def test_a_longer_export_adds_only_what_is_new(desk: Desk) -> None:
    lines = TEA_CHAT.splitlines(keepends=True)
    desk.bring({TEA_NAME: "".join(lines[:8])})
    later = desk.bring({TEA_NAME: "".join(lines[2:])})
    assert later.summary["facts"] == {"message": 3, "left": 1, "already": 7}
    assert desk.problems(later) == []
    assert len(desk.texts()) == 8


@pytest.mark.parametrize("ids", [False, True])
def test_real_repetitions_within_a_file_stay(desk: Desk, ids: bool) -> None:
    lines = [f"2026-03-01 10:00:00,tea,,u1,n,好,,{f'm{n}' if ids else ''},," for n in range(3)]
    assert desk.bring({"a.csv": said(*lines)}).summary["facts"] == {"message": 3, "already": 0}
    assert desk.bring({"a.csv": said(*lines[:2])}).summary["facts"] == {"already": 2}
    fourth = desk.bring({"a.csv": said(*lines, lines[0].replace("m0", "m9"))})
    assert fourth.summary["facts"] == {"message": 1, "already": 3}


def test_files_that_overlap_within_one_import_count_once(desk: Desk) -> None:
    lines = [f"2026-03-01 10:0{n}:00,tea,,u1,n,line {n},,,," for n in range(6)]
    owner = desk.bring({"in/a.csv": said(*lines[:4]), "in/b.csv": said(*lines[2:])})
    assert owner.summary["facts"] == {"message": 6, "already": 0}
    assert owner.summary["rows"] == {"chat": 8}


def test_a_repeated_id_with_another_text_keeps_the_first(desk: Desk) -> None:
    owner = desk.bring(
        {
            "a.csv": said(
                "2026-03-01 10:00,tea,,u1,n,first,,m1,,",
                "2026-03-01 10:01,tea,,u1,n,same,,m2,,",
                "2026-03-01 10:02,tea,,u1,n,changed,,m1,,",
                "2026-03-01 10:01,tea,,u1,n,same,,m2,,",
            )
        }
    )
    assert desk.texts() == ["first", "same"]
    assert owner.summary["facts"] == {"message": 2, "already": 0}
    assert [(each.code, each.file, each.line, each.data) for each in desk.problems(owner)] == [
        ("duplicate_id", "a.csv", 4, {"value": "m1"})
    ]


def test_one_id_in_two_communities_is_two_messages(desk: Desk) -> None:
    lines = ("2026-03-01 10:00,tea,,u1,n,here,,m1,,", "2026-03-01 10:00,wine,,u1,n,there,,m1,,")
    owner = desk.bring({"a.csv": said(*lines)})
    assert (owner.summary["facts"], desk.problems(owner)) == ({"message": 2, "already": 0}, [])


def test_exports_that_disagree_are_both_kept_and_told(desk: Desk) -> None:
    desk.bring({TEA_NAME: TEA_CHAT})
    other = TEA_CHAT.replace("Green tea in the morning", "Green tea, I think").replace("我来", "我也来")
    owner = desk.bring({TEA_NAME: other})
    assert [(each.code, each.data) for each in desk.problems(owner)] == [
        (
            "exports_disagree",
            {"value": "Tea lovers", "first": "2026-03-01", "last": "2026-03-14", "only_new": "2", "only_old": "2"},
        )
    ]
    assert owner.summary["facts"] == {"message": 2, "already": 11}
    assert {"Green tea in the morning", "Green tea, I think", "我来", "我也来"} <= set(desk.texts())
    assert desk.problems(owner)[0].message.en.startswith("“Tea lovers” overlaps earlier imports from 2026-03-01")


def test_exports_of_different_times_do_not_disagree(desk: Desk) -> None:
    lines = TEA_CHAT.splitlines(keepends=True)
    desk.bring({TEA_NAME: "".join(lines[:7])})
    assert desk.problems(desk.bring({TEA_NAME: "".join(lines[7:])})) == []


def test_strict_refuses_with_nothing_changed(desk: Desk) -> None:
    lines = ("2026-03-01 10:00,tea,,u1,n,fine,,,,", "2026-02-30 10:00,tea,,u1,n,never,,,,")
    error = refused(desk, desk.ask({"a.csv": said(*lines)}, strict=True))
    assert error.code == "strict_problems"
    assert [each.line for each in error.data["problems"]] == [3]  # type: ignore[attr-defined]


def test_strict_refuses_what_only_shows_beside_other_imports(desk: Desk) -> None:
    desk.bring({TEA_NAME: TEA_CHAT})
    before = desk.everything()
    owner = desk.ask({TEA_NAME: TEA_CHAT.replace("我来", "我也来").replace("Mei:", "May:")}, strict=True)
    with pytest.raises(DomainError) as raised:
        desk.run(owner)
    assert raised.value.code == "strict_problems"
    assert desk.everything() == before


def test_strict_refuses_repeated_ids(desk: Desk) -> None:
    lines = ("2026-03-01 10:00,tea,,u1,n,first,,m1,,", "2026-03-01 10:00,tea,,u1,n,other,,m1,,")
    assert refused(desk, desk.ask({"a.csv": said(*lines)}, strict=True)).code == "strict_problems"


def test_strict_lets_a_clean_import_through(desk: Desk) -> None:
    assert desk.bring({TEA_NAME: TEA_CHAT}, strict=True).state == "done"


def zip_of(name: str, content: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


USELESS: dict[str, tuple[str, str | bytes, str]] = {
    "unknown format": ("cat.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "unknown_format"),
    "prose": ("diary.txt", "Dear diary,\ntoday we had tea.\n", "unknown_format"),
    "truncated JSON": (
        "result.json",
        '{"name": "tea", "type": "private_group", "id": 1, "messages": [{"id": 1, "ty',
        "truncated",
    ),
    "truncated zip": ("chat.zip", zip_of(TEA_NAME, TEA_CHAT)[:200], "bad_archive"),
    "zip of nothing known": ("photos.zip", zip_of("cat.jpg", "\x00\x01"), "unknown_format"),
    "empty": ("WhatsApp Chat with nobody.txt", "", "empty_file"),
    "empty zip": ("empty.zip", zip_of("WhatsApp Chat with nobody.txt", ""), "empty_file"),
    "header alone": ("a.csv", HEADER, "no_rows"),
    "impossible times alone": ("a.csv", said("2026-02-30 10:00,tea,,u1,n,x,,,,"), "impossible_time"),
    "future alone": ("a.csv", said("2030-02-03 10:00,tea,,u1,n,x,,,,"), "future_time"),
}


@pytest.mark.parametrize("what", list(USELESS))
def test_nothing_to_import_changes_nothing(desk: Desk, what: str) -> None:
    name, content, code = USELESS[what]
    error = refused(desk, desk.ask({name: content}))
    assert error.code == "nothing_to_import"
    problems: Any = error.data["problems"]
    assert [each.code for each in problems] == ([code] if code else [])
    if code:
        assert problems[0].file in error.message.zh
        assert problems[0].message.en in error.message.en
        assert list(desk.problems(Import.objects.get())) == problems


def test_what_comes_before_the_end_of_a_truncated_file_is_kept(desk: Desk) -> None:
    message = '{"time": "2026-03-01T10:00:00Z", "author_id": "u1", "text": "%s"}\n'
    owner = desk.bring({"tea.jsonl": message % "one" + message % "two" + (message % "three")[:40]})
    assert desk.texts() == ["one", "two"]
    assert [(each.code, each.line) for each in desk.problems(owner)] == [("truncated", 3)]


def test_an_include_that_matches_nothing(desk: Desk) -> None:
    error = refused(desk, desk.ask({TEA_NAME: TEA_CHAT}, include=("*.csv",)))
    assert (error.code, error.message.en) == ("nothing_to_import", "nothing to import: there are no files")


def test_impossible_and_future_times_are_problems_and_the_rest_comes(desk: Desk) -> None:
    lines = (
        "2026-02-30 10:00,tea,,u1,n,30 February,,,,",
        "2026-03-01 25:00,tea,,u1,n,25 o'clock,,,,",
        "2026-03-25 10:00,tea,,u1,n,next week,,,,",
        "0001-01-01T00:00:00Z,tea,,u1,n,the beginning,,,,",
        "9999-12-31T23:59:59Z,tea,,u1,n,the end,,,,",
        "2026-03-01 10:00,tea,,u1,n,fine,,,,",
    )
    owner = desk.bring({"a.csv": said(*lines)})
    assert desk.texts() == ["fine"]
    assert owner.summary["problems"] == {"impossible_time": 3, "future_time": 2}
    assert [each.line for each in desk.problems(owner)] == [2, 3, 4, 5, 6]


def test_mixed_encodings(desk: Desk) -> None:
    utf8, gbk = (f"2026-03-01 10:0{n},茶友群,,u{n},阿{n},早上好{n},,,,\n" for n in (1, 2))
    data = (
        HEADER.encode()
        + b"," * 65536
        + b"\n"
        + utf8.encode()
        + gbk.encode("gbk")
        + b"2026-03-01 10:03,\xff\xff,,u,n,x,,,,\n"
    )
    owner = desk.bring(
        {"a.csv": data, "b.csv": (HEADER + utf8).encode("utf-16"), "c.csv": (HEADER + gbk).encode("gbk")}
    )
    assert desk.texts() == ["早上好1", "早上好2"]
    assert owner.summary["facts"] == {"message": 2, "already": 0}
    assert owner.summary["problems"] == {"not_a_record": 1, "bad_encoding": 1}


def test_a_line_of_100_megabytes_in_little_memory(desk: Desk) -> None:
    path = desk.write("a.csv", said("2026-03-01 10:00,tea,,u1,n,before,,,,"))
    with path.open("ab") as stream:
        stream.write(b"2026-03-01 10:01,tea,,u1,n,")
        for _ in range(100):
            stream.write(b"x" * 1024 * 1024)
        stream.write(b"\n2026-03-01 10:02,tea,,u1,n,after,,,,\n")
    owner = desk.ask({"a.csv": path.read_bytes()})
    tracemalloc.start()
    desk.run(owner)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert desk.texts() == ["before", "after"]
    assert [(each.code, each.line) for each in desk.problems(owner)] == [("line_too_long", 3)]
    assert peak < 40 * 1024 * 1024


def days_of(desk: Desk) -> list[tuple[str, date, int]]:
    rows = sorted(desk.facts(), key=lambda row: row["occurred_at"])
    return [(row["text"], row["local_day"], row["local_hour"]) for row in rows]


def test_the_day_is_the_zones(desk: Desk) -> None:
    lines = ("2026-02-28T15:59:59Z,tea,,u1,n,last of February,,,,", "2026-02-28T16:00:00Z,tea,,u1,n,first of March,,,,")
    desk.bring({"a.csv": said(*lines)})
    assert days_of(desk) == [
        ("last of February", date(2026, 2, 28), 23),
        ("first of March", date(2026, 3, 1), 0),
    ]
    assert sorted(row["month"] for row in desk.facts()) == ["2026-02", "2026-03"]
    assert desk.figures("month")["messages"] == [1, 1]


def test_the_day_around_changes_of_the_clock(desk: Desk, settings: Settings) -> None:
    settings.QUNYU_ZONE = ZoneInfo("America/New_York")
    stamps = {
        "2025-11-02T05:30:00Z": (date(2025, 11, 2), 1),
        "2025-11-02T06:30:00Z": (date(2025, 11, 2), 1),
        "2025-11-03T04:59:59Z": (date(2025, 11, 2), 23),
        "2025-11-03T05:00:00Z": (date(2025, 11, 3), 0),
        "2026-03-08T04:59:59Z": (date(2026, 3, 7), 23),
        "2026-03-08T05:00:00Z": (date(2026, 3, 8), 0),
        "2026-03-08T06:59:59Z": (date(2026, 3, 8), 1),
        "2026-03-08T07:00:00Z": (date(2026, 3, 8), 3),
        "2026-03-09T03:59:59Z": (date(2026, 3, 8), 23),
        "2026-03-09T04:00:00Z": (date(2026, 3, 9), 0),
    }
    desk.bring({"a.csv": said(*(f"{stamp},tea,,u1,n,{stamp},,,," for stamp in stamps))})
    assert days_of(desk) == [(stamp, day, hour) for stamp, (day, hour) in stamps.items()]


def test_zones_of_half_and_quarter_hours(desk: Desk, settings: Settings) -> None:
    settings.QUNYU_ZONE = ZoneInfo("Asia/Kathmandu")
    desk.bring({"a.csv": said("2026-03-01T18:14:59Z,t,,u,n,a,,,,", "2026-03-01T18:15:00Z,t,,u,n,b,,,,")})
    assert days_of(desk) == [("a", date(2026, 3, 1), 23), ("b", date(2026, 3, 2), 0)]


def test_stamps_without_a_zone_are_read_in_the_source_zone(desk: Desk) -> None:
    desk.bring({"a.csv": said("2026-03-01 23:30,tea,,u1,n,x,,,,")}, source_zone="UTC")
    row = desk.facts()[0]
    assert (row["occurred_at"], row["local_day"]) == (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), date(2026, 3, 2))


def test_data_may_lie_in_a_folder_of_any_name(desk: Desk, settings: Settings) -> None:
    settings.QUNYU_DATA = settings.QUNYU_DATA / "o'brien 的数据 (2)*"
    settings.QUNYU_DATA.mkdir()
    desk.bring({TEA_NAME: TEA_CHAT})
    assert desk.bring({TEA_NAME: TEA_CHAT}).summary["facts"] == {"already": 13}
    assert sum(value or 0 for value in desk.figures()["messages"]) == 8


def test_names_too_long_for_the_database_are_cut(desk: Desk) -> None:
    lines = (f"2026-03-01 10:00,{'g' * 300},,,{'n' * 300},long,,,,", f"2026-03-01 10:00,tea,,{'u' * 300},x,long,,,,")
    desk.bring({"a.csv": said(*lines)})
    assert sorted(len(each.clear_key) for each in Identity.objects.all()) == [255, 255]
    assert desk.bring({"a.csv": said(*lines)}).summary["facts"] == {"already": 2}


def test_nul_in_names_and_values_of_damaged_files(desk: Desk) -> None:
    lines = ("2026-03-01 10:00,te\0a,,,na\0me,hi,,,,", "2026-13\0-01,tea,,u1,n,x,,,,")
    owner = desk.bring({"a.csv": said(*lines)})
    assert list(Identity.objects.values_list("key", flat=True)) == ["name"]
    assert [each.data for each in desk.problems(owner)] == [{"value": "2026-13\ufffd-01"}]


def test_a_change_of_name_ends_one_membership_and_starts_another(desk: Desk) -> None:
    log = (
        "[09:00] <mei> good morning\n"
        "[09:01] <tom> hello\n"
        "=== tom is now known as tommy\n"
        "[09:05] <tommy> it is me\n"
        "[10:00] <mei> I see\n"
    )
    desk.bring({"2026-03-01-#tea.raw.txt": log}, source_zone="UTC")
    kept = {row.identity.key: row for row in Membership.objects.select_related("identity")}
    assert sorted(kept) == ["mei", "tom", "tommy"]
    assert kept["tom"].left_at == datetime(2026, 3, 1, 9, 1, tzinfo=UTC)
    assert (kept["tommy"].left_at, kept["tommy"].joined_at, kept["tommy"].messages) == (None, None, 1)
    assert kept["tommy"].first_at == datetime(2026, 3, 1, 9, 1, tzinfo=UTC)
    assert desk.figures()["members"] == [2]


def test_what_was_recalled_is_a_fact_and_no_message(desk: Desk) -> None:
    lines = ("2026-03-01 10:00,tea,,u1,n,oops,,m1,,", "2026-03-01 10:01,tea,,u1,n,,recalled,m1,,")
    owner = desk.bring({"a.csv": said(*lines)})
    assert owner.summary["facts"] == {"message": 1, "recalled": 1, "already": 0}
    assert desk.problems(owner) == []
    assert desk.figures()["messages"] == [1]


def test_bots_and_the_atmosphere_team_are_in_no_figure(desk: Desk) -> None:
    people = "群名称,成员编号,成员昵称,角色,入群时间\ntea,a1,阿托,气氛组,2026-03-01 08:00\ntea,u1,小林,成员,2026-03-01 08:00\n"
    lines = (
        "2026-03-01 10:00,tea,,u1,小林,早上好,,,,",
        "2026-03-01 10:01,tea,,a1,阿托,太好了,,,,",
        "2026-03-01 10:02,tea,,b1,助手,欢迎,,,,true",
    )
    owner = desk.ask({"a.csv": said(*lines)})
    desk.run(owner)
    assert desk.figures()["messages"] == [2]
    desk.bring({"m.csv": people}, "members")
    roles = dict(Member.objects.values_list("name", "role"))
    assert roles == {"小林": "member", "阿托": "atmosphere", "助手": "bot"}
    figures = desk.figures()
    assert (figures["messages"], figures["active_members"], figures["members"], figures["joins"]) == (
        [1],
        [1],
        [1],
        [1],
    )
    assert len(desk.texts()) == 3
