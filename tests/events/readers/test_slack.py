"""Slack exports: names, subtypes, markup, threads, recalled messages, a real archive."""

import io
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.slack import READERS, plain, read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import Record

ARCHIVE = Path(__file__).parents[3] / ".." / "shared" / "data" / "exports" / "slack" / "testarchive.zip"
USERS = [
    {"id": "U1", "name": "mei", "profile": {"display_name": "Mei", "real_name": "Mei Li"}},
    {"id": "U2", "name": "tom", "real_name": "Tom Wu", "profile": {"display_name": ""}},
    {"id": "U3", "name": "helper", "is_bot": True, "profile": {}},
]
LISTS = {
    "users.json": USERS,
    "channels.json": [{"id": "C1", "name": "tea"}],
    "groups.json": [{"id": "G1", "name": "back-room"}],
    "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
}


def rows(*messages: object, folder: str = "tea", root: str = "", lists: bool = True) -> list[Record | Problem]:
    file = file_of_bytes(f"{root}{folder}/2021-03-01.json", json.dumps(messages).encode())
    for name, content in LISTS.items() if lists else ():
        file.siblings[root + name] = file_of_bytes(root + name, json.dumps(content).encode())
    return list(read(file, ReadOptions()))


def one(message: dict[str, object], folder: str = "tea", root: str = "", lists: bool = True) -> Record:
    whole = {"type": "message", "user": "U1", "text": "x", "ts": "1614615399.000100", **message}
    (row,) = rows(whole, folder=folder, root=root, lists=lists)
    assert isinstance(row, Record)
    return row


def test_a_message_whole() -> None:
    assert one({"text": "hello <@U2> &amp; <!here>"}) == Record(
        "message", datetime(2021, 3, 1, 16, 16, 39, 100, tzinfo=UTC), "C1", "tea", "U1", "Mei",
        "hello @Tom Wu & @here", "1614615399.000100", "text", line=1,
    )  # fmt: skip


@pytest.mark.parametrize("root", ["", "Acme Slack export/"])
def test_places_in_folders_of_any_depth(root: str) -> None:
    found = [one({}, folder=folder, root=root) for folder in ("tea", "back-room", "D1", "unlisted")]
    assert [(each.community, each.community_name) for each in found] == [
        ("C1", "tea"),
        ("G1", "back-room"),
        ("D1", "Mei, Tom Wu"),
        ("unlisted", "unlisted"),
    ]


def test_without_lists_ids_and_folders_are_the_names() -> None:
    found = one({"text": "<@U2|tom> <@U9>"}, lists=False)
    assert (found.community, found.author_id, found.author_name, found.text) == ("tea", "U1", "U1", "@tom @U9")


@pytest.mark.parametrize(
    ("message", "kind", "author", "other", "text"),
    [
        ({"subtype": "channel_join", "inviter": "U2"}, "joined", "Mei", "Tom Wu", ""),
        ({"subtype": "group_join"}, "joined", "Mei", "", ""),
        ({"subtype": "channel_leave"}, "left", "Mei", "", ""),
        ({"subtype": "group_leave"}, "left", "Mei", "", ""),
        ({"subtype": "me_message", "text": "bows"}, "action", "Mei", "", "bows"),
        ({"subtype": "thread_broadcast"}, "message", "Mei", "", "x"),
        ({"subtype": "file_share"}, "message", "Mei", "", "x"),
        ({"subtype": "file_comment", "user": None, "comment": {"user": "U2"}}, "message", "Tom Wu", "", "x"),
        ({"subtype": "channel_topic"}, "notice", "Mei", "", "x"),
        ({"subtype": "channel_purpose"}, "notice", "Mei", "", "x"),
        ({"subtype": "channel_name"}, "notice", "Mei", "", "x"),
        ({"subtype": "bot_add"}, "notice", "Mei", "", "x"),
        ({"subtype": "something_new"}, "notice", "Mei", "", "x"),
    ],
)
def test_subtypes(message: dict[str, object], kind: str, author: str, other: str, text: str) -> None:
    found = one(message)
    assert (found.kind, found.author_name, found.other_name, found.text) == (kind, author, other, text)


def test_recalled_messages_name_the_message_and_its_author() -> None:
    deleted = one(
        {"subtype": "message_deleted", "deleted_ts": "1.5", "previous_message": {"user": "U2", "text": "oops"}}
    )
    assert (deleted.kind, deleted.message_id, deleted.author_id, deleted.text) == ("recalled", "1.5", "U2", "")
    tombstone = one({"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted."})
    assert (tombstone.kind, tombstone.message_id, tombstone.author_id) == ("recalled", "1614615399.000100", "")


def test_an_edit_of_its_own_is_a_notice_about_the_message() -> None:
    found = one({"subtype": "message_changed", "message": {"user": "U2", "text": "now", "ts": "1.5"}})
    assert (found.kind, found.message_id, found.author_id, found.text) == ("notice", "1.5", "U2", "now")


def test_bots_have_ids_names_and_texts_in_other_places() -> None:
    hook = {"subtype": "bot_message", "user": None, "bot_id": "B1", "username": "Deploy", "text": ""}
    found = one({**hook, "attachments": [{"fallback": "done"}, {"text": "again"}]})
    assert (found.author_id, found.author_name, found.bot, found.text) == ("B1", "Deploy", True, "done\nagain")
    assert [one({"user": key}).bot for key in ("U3", "USLACKBOT", "U1")] == [True, True, False]
    assert one({"user": "U8", "user_profile": {"display_name": "Guest"}}).author_name == "Guest"


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ({"files": [{"mimetype": "image/png"}]}, "image"),
        ({"files": [{"mimetype": "audio/mp4"}]}, "voice"),
        ({"files": [{"mode": "tombstone"}]}, "file"),
        ({"file": {"mimetype": "video/mp4"}}, "video"),
        ({"text": "<https://host.example/a|https://host.example/a>"}, "link"),
        ({"text": "see <https://host.example/a>"}, "text"),
    ],
)
def test_content_types(message: dict[str, object], subject: str) -> None:
    assert one(message).subject == subject


def test_meta() -> None:
    found = one(
        {
            "thread_ts": "1614600000.000100",
            "edited": {"user": "U1", "ts": "1614615400.000000"},
            "reactions": [{"name": "tea", "count": 2, "users": ["U1", "U2"]}],
            "files": [{}, {}],
            "subtype": "thread_broadcast",
        }
    )
    assert found.meta == {
        "reply_to": "1614600000.000100",
        "edited_at": "2021-03-01T16:16:40+00:00",
        "reactions": {"tea": 2},
        "files": 2,
        "type": "thread_broadcast",
    }
    assert one({"thread_ts": "1614615399.000100"}).meta is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<https://h.example|here>", "here (https://h.example)"),
        ("<https://h.example/a|h.example/a>", "https://h.example/a"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<tel:28919.86|28919.86>", "28919.86"),
        ("<#C1|tea> <#C2>", "#tea #C2"),
        ("<!channel> <!subteam^S1|@cooks> <!date^1^{date}|1 March>", "@channel @cooks 1 March"),
        ("<@U1|somebody>", "@Mei"),
        ("&lt;b&gt; &amp;lt; a < b", "<b> &lt; a < b"),
    ],
)
def test_markup(written: str, shown: str) -> None:
    assert plain(written, {"U1": "Mei"}) == shown


@given(st.text())
def test_text_that_slack_escaped_comes_back(text: str) -> None:
    assert plain(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), {}) == text


def test_bad_entries_are_told() -> None:
    found = rows({"ts": "soon", "text": "x"}, 5, {"text": "no time"}, {"ts": "1614615399.000100", "files": 7})
    assert [(row.code, row.line) for row in found if isinstance(row, Problem)] == [
        ("bad_time", 1),
        ("not_a_record", 2),
        ("not_a_record", 3),
    ]
    assert len(found) == 4


def test_a_cut_file_gives_what_stands_before_the_cut() -> None:
    data = READERS[0].example.data
    found = list(read(file_of_bytes("tea/2021-03-01.json", data[: data.index(b"me_message")]), ReadOptions()))
    assert [row.kind for row in found if isinstance(row, Record)] == ["joined", "message"]
    assert [row.code for row in found if isinstance(row, Problem)] == ["truncated"]


@pytest.mark.parametrize("name", ["users.json", "channels.json", "integration_logs.json"])
def test_lists_are_companions_and_no_chats(name: str) -> None:
    assert name in READERS[0].companions
    file = file_of_bytes(name, json.dumps(LISTS.get(name, [{"user_id": "U1", "date": "1458969700"}])).encode())
    assert READERS[0].recognise(file, ReadOptions()) == 0.0


@pytest.fixture(scope="module")
def archive() -> dict[str, File]:
    if not ARCHIVE.exists():
        pytest.skip("the shared Slack export is absent")
    files: dict[str, File] = {}
    with zipfile.ZipFile(ARCHIVE) as opened:
        for name in opened.namelist():
            if not name.endswith("/"):
                data = opened.read(name)
                files[name] = File(name, len(data), partial(io.BytesIO, data), "", files)
    return files


def test_a_real_archive(archive: dict[str, File]) -> None:
    days = {name: file for name, file in archive.items() if "/" in name}
    assert len(days) == 17
    assert all(recognise(file, ReadOptions()) is READERS[0] for file in days.values())
    found = [row for file in days.values() for row in read(file, ReadOptions())]
    everything = [row for row in found if isinstance(row, Record)]
    assert len(found) == len(everything) == 158
    assert Counter(row.kind for row in everything) == {"message": 147, "joined": 8, "notice": 3}
    assert Counter(row.community for row in everything) == {"C0JGLMMNX": 102, "C0JL6CGQ2": 56}
    people = {row.author_id: row.author_name for row in everything if not row.bot}
    assert set(people) == {"U0BMQB6JE", "U0BMM2FEH", "U0BMYT2FL", "U0BMS113R"}
    assert people["U0BMYT2FL"] == "abilinski"
    assert sum(row.bot for row in everything) == 94
    assert sum(row.kind == "message" and not row.bot for row in everything) == 53
    assert sum(bool(row.other_id) for row in everything if row.kind == "joined") == 6
    assert Counter(row.subject for row in everything)["file"] == 3
    assert not any(mark in row.text for row in everything for mark in ("<@", "&amp;", "<http"))
