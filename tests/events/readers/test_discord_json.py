"""DiscordChatExporter JSON: kinds, people, content types, meta, places, broken files."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.discord import Place, content_of_file, place_named, system_line, time_of_id
from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.discord_json import READERS, read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import Record

MEI = {"id": "700000000000000001", "name": "mei", "nickname": "Mei", "isBot": False}
TOM = {"id": "700000000000000002", "name": "tom", "isBot": False}
CHANNEL: dict[str, object] = {"id": "800000000000000002", "type": "GuildTextChat", "category": "Rooms", "name": "green"}


def document(*messages: dict[str, object], channel: dict[str, object] | None = None) -> bytes:
    whole = {
        "guild": {"id": "8", "name": "Tea House"},
        "channel": channel or CHANNEL,
        "dateRange": {"after": None, "before": None},
        "messages": [
            {
                "id": "816000100000000000",
                "type": "Default",
                "timestamp": "2021-03-01T12:00:00+08:00",
                "author": MEI,
                **each,
            }
            for each in messages
        ],
        "messageCount": len(messages),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def rows(data: bytes, name: str = "x.json") -> list[Record | Problem]:
    return list(read(file_of_bytes(name, data), ReadOptions()))


def one(message: dict[str, object], channel: dict[str, object] | None = None) -> Record:
    (row,) = rows(document(message, channel=channel))
    assert isinstance(row, Record)
    return row


def test_a_message_whole() -> None:
    assert one({"content": "hello", "isPinned": False}) == Record(
        "message", datetime(2021, 3, 1, 4, tzinfo=UTC), "800000000000000002", "Tea House / green", "700000000000000001",
        "Mei", "hello", "816000100000000000", "text", line=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("message", "kind", "author", "other"),
    [
        ({"type": "GuildMemberJoin"}, "joined", "Mei", ""),
        ({"type": "7"}, "joined", "Mei", ""),
        ({"type": "RecipientAdd", "mentions": [TOM]}, "joined", "tom", "Mei"),
        ({"type": "RecipientRemove", "mentions": [TOM]}, "left", "tom", "Mei"),
        ({"type": "RecipientRemove", "mentions": [MEI]}, "left", "Mei", ""),
        ({"type": "ThreadCreated"}, "notice", "Mei", ""),
        ({"type": "ChannelPinnedMessage"}, "notice", "Mei", ""),
        ({"type": "Call"}, "notice", "Mei", ""),
        ({"type": "8"}, "notice", "Mei", ""),
        ({"type": "Reply"}, "message", "Mei", ""),
        ({"type": "20"}, "message", "Mei", ""),
    ],
)
def test_kinds(message: dict[str, object], kind: str, author: str, other: str) -> None:
    found = one(message)
    assert (found.kind, found.author_name, found.other_name) == (kind, author, other)


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ({"content": "see", "attachments": [{"fileName": "a.PNG"}]}, "image"),
        ({"attachments": [{"fileName": "a.mp4"}]}, "video"),
        ({"attachments": [{"fileName": "voice-message.ogg"}]}, "voice"),
        ({"attachments": [{"url": "https://host.example/a.pdf?x=.png"}]}, "file"),
        ({"stickers": [{"name": "cup"}]}, "sticker"),
        ({"content": "https://host.example/", "embeds": [{"url": "https://host.example/"}]}, "link"),
        ({"content": "read https://host.example/", "embeds": [{}]}, "text"),
        ({"forwardedMessage": {"content": "x", "attachments": [{"fileName": "a.jpg"}]}}, "image"),
    ],
)
def test_content_types(message: dict[str, object], subject: str) -> None:
    assert one(message).subject == subject


def test_meta_holds_the_reply_reactions_edit_and_files() -> None:
    found = one(
        {
            "type": "Reply",
            "reference": {"messageId": "815"},
            "timestampEdited": "2021-03-01T12:05:00+08:00",
            "reactions": [{"emoji": {"name": "🍵"}, "count": 3}],
            "attachments": [{"fileName": "a.png"}, {"fileName": "b.png"}],
            "isPinned": True,
        }
    )
    assert found.meta == {
        "reply_to": "815",
        "edited_at": "2021-03-01T12:05:00+08:00",
        "reactions": {"🍵": 3},
        "files": 2,
        "pinned": True,
    }
    assert one({"content": "x"}).meta is None


def test_bots_and_threads() -> None:
    assert one({"author": {"id": "1", "name": "helper", "isBot": True}}).bot
    thread: dict[str, object] = {"id": "9", "type": "GuildPublicThread", "category": "green", "name": "first cup"}
    found = one({"content": "x"}, channel=thread)
    assert (found.community, found.community_name) == ("9", "Tea House / green / first cup")


def test_a_message_without_a_time_is_dated_by_its_id_or_told() -> None:
    assert one({"timestamp": ""}).occurred_at == time_of_id("816000100000000000")
    (problem,) = rows(document({"timestamp": "yesterday", "id": "x"}))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.line, problem.data) == ("bad_time", 1, {"value": "yesterday"})


def test_a_cut_file_gives_what_stands_before_the_cut() -> None:
    data = document({"content": "one"}, {"content": "two"}, {"content": "three"})
    found = rows(data[: data.index(b"three")])
    assert [(row.text, row.line) for row in found if isinstance(row, Record)] == [("one", 1), ("two", 2)]
    # The number of the last message that is whole.
    assert [(row.code, row.line) for row in found if isinstance(row, Problem)] == [("truncated", 2)]


def test_a_day_that_never_was_is_told_as_such() -> None:
    (problem,) = rows(document({"timestamp": "2026-02-30T09:30:00.546+00:00", "id": "x"}))
    assert problem == Problem("impossible_time", "x.json", 1, {"value": "2026-02-30T09:30:00.546+00:00"})


def test_things_that_are_no_messages_are_told() -> None:
    data = b'{"guild": {}, "channel": {"id": "1"}, "dateRange": {}, "messages": [5, {"author": 7, "attachments": 8}]}'
    assert [row.code for row in rows(data) if isinstance(row, Problem)] == ["not_a_record", "bad_time"]


def test_a_bom_is_no_obstacle() -> None:
    file = file_of_bytes("x.json", b"\xef\xbb\xbf" + document({"content": "x"}))
    found = recognise(file, ReadOptions())
    assert found is READERS[0]
    assert [row.text for row in read(file, ReadOptions()) if isinstance(row, Record)] == ["x"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("in/Tea House - Rooms - green [800000000000000002].csv", Place("800000000000000002", "Tea House / green")),
        ("Tea - green [800000000000000002] (after 2021-01-01).csv", Place("800000000000000002", "Tea / green")),
        ("Tea - green [800000000000000002] [part 2].csv", Place("800000000000000002", "Tea / green")),
        ("Tea - Rooms - green.html", Place("Tea / green", "Tea / green")),
        ("export.csv", Place("export", "export")),
    ],
)
def test_places_in_file_names(path: str, place: Place) -> None:
    assert place_named(path, "") == place


def test_a_given_name_is_for_files_that_name_nothing() -> None:
    assert place_named("export.csv", "Tea") == Place("Tea", "Tea")
    assert place_named("Tea - green.csv", "Mine") == Place("Tea / green", "Tea / green")


def test_ids_hold_times() -> None:
    assert time_of_id("175928847299117063") == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)
    assert [time_of_id(each) for each in ("", "x", "12", "²", "9" * 30)] == [None] * 5


@given(st.integers(min_value=1, max_value=2**41))
def test_time_of_id_is_the_milliseconds_above_bit_22(milliseconds: int) -> None:
    at = time_of_id(str(milliseconds << 22 | 4_194_303))
    assert at is not None
    assert at - datetime(2015, 1, 1, tzinfo=UTC) == timedelta(milliseconds=milliseconds)


def test_lines_of_the_exporter() -> None:
    assert [system_line(text) for text in ("hello", "I joined the server.", "Pinned a message by me")] == [None] * 3
    assert system_line("removed Tom from the group.") == ("left", "Tom")
    assert system_line("Started a call that lasted 1,204 minutes.") == ("notice", "")
    assert content_of_file("a") == "file"
