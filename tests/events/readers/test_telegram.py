"""Telegram Desktop's result.json: one chat, all chats, old exports, broken ones."""

import codecs
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import telegram
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import CONTENTS, Record
from qunyu.events.telegram_stream import messages

SAMPLES = Path(__file__).parents[3] / ".." / "shared" / "data" / "exports" / "telegram"
NAME = "ChatExport_2026-03-02/result.json"
AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
STAMP = str(int(AT.timestamp()))
LIN = {"from": "Lin", "from_id": "user101"}


def message(**fields: Any) -> dict[str, Any]:
    return {"id": 7, "type": "message", "date_unixtime": STAMP, **LIN, "text": "", **fields}


def service(action: str, **fields: Any) -> dict[str, Any]:
    actor = {"actor": "Lin", "actor_id": "user101"}
    return {"id": 7, "type": "service", "date_unixtime": STAMP, **actor, "action": action, "text": "", **fields}


def chat(*messages: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"name": "Tea", "type": "private_supergroup", "id": 55, **facts, "messages": list(messages)}


def read(document: Any, name: str = NAME, **options: Any) -> list[Record | Problem]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(telegram.read(file_of_bytes(name, data), ReadOptions(**options)))


def records(document: Any, name: str = NAME, **options: Any) -> list[Record]:
    return [row for row in read(document, name, **options) if isinstance(row, Record)]


def problems(document: Any, **options: Any) -> list[str]:
    return [row.code for row in read(document, **options) if isinstance(row, Problem)]


def sample(name: str) -> File:
    if not SAMPLES.exists():
        pytest.skip("../shared/data/exports/telegram is absent")
    return file_of_bytes(name, (SAMPLES / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "community"), [("test_single_export.json", "test_single_export"), ("test_batch_export.json", "Chatname")]
)
def test_samples_give_their_target_in_utc(name: str, community: str) -> None:
    file = sample(name)
    found = recognise(file, ReadOptions())
    assert found is not None
    assert found.key == "telegram"
    read = list(telegram.read(file, ReadOptions()))
    got = [
        {
            "timestamp": row.occurred_at.replace(tzinfo=None).isoformat(),
            "author": row.author_name,
            "message": row.text,
        }
        for row in read
        if isinstance(row, Record)
    ]
    assert got == json.loads((SAMPLES / "target.json").read_text("utf-8"))
    assert len(got) == len(read)
    assert {row.community for row in read if isinstance(row, Record)} == {community}


@pytest.mark.parametrize("name", ["test_single_export.json", "test_batch_export.json"])
def test_samples_without_their_last_brace_give_all_records_and_one_problem(name: str) -> None:
    whole = sample(name)
    with whole.open() as stream:
        data = stream.read().rstrip()
    rows = read(data[:-1], name)
    assert [type(row) for row in rows] == [Record, Record, Problem]
    assert problems(data[:-1]) == ["truncated"]


def test_a_message_with_all_that_belongs_to_it() -> None:
    full = message(
        text=["Hello ", {"type": "bold", "text": "all"}, "!"],
        reply_to_message_id=3,
        forwarded_from="Mei",
        edited="2026-03-01T10:00:00",
        via_bot="@gif",
        reactions=[{"type": "emoji", "count": 2, "emoji": "x"}, {"type": "emoji", "count": 1, "emoji": "y"}],
    )
    assert read(chat(full)) == [
        Record(
            "message",
            AT,
            "55",
            "Tea",
            "user101",
            "Lin",
            "Hello all!",
            "7",
            "text",
            meta={"reply_to": "3", "forwarded_from": "Mei", "via_bot": "@gif", "edited": True, "reactions": 3},
            line=1,
        )
    ]


@pytest.mark.parametrize(
    ("fields", "subject", "text"),
    [
        ({"text": "hi"}, "text", "hi"),
        ({"text": ""}, "other", ""),
        ({"text_entities": [{"type": "plain", "text": "a"}, {"type": "bold", "text": "b"}]}, "text", "ab"),
        ({"text": [{"type": "bold", "text": "a"}, {"type": "italic", "text": "b"}]}, "text", "ab"),
        (
            {"text": [{"type": "bold", "text": "a:"}, {"type": "link", "text": "http://x.org"}]},
            "text",
            "a: http://x.org",
        ),
        ({"text": ["(", {"type": "link", "text": "http://x.org"}, ")"]}, "text", "(http://x.org)"),
        (
            {"text": [{"type": "bold", "text": "a "}, {"type": "link", "text": "http://x.org"}]},
            "text",
            "a http://x.org",
        ),
        ({"text": [{"type": "custom_emoji", "text": "🍵"}, 5, None, {"type": "bold"}]}, "text", "🍵"),
        ({"photo": "photos/1.jpg", "text": "our tea"}, "image", "our tea"),
        ({"file": "a.webp", "media_type": "sticker", "sticker_emoji": "🍵"}, "sticker", ""),
        ({"file": "a.mp4", "media_type": "animation"}, "image", ""),
        ({"file": "a.mp4", "media_type": "video_file"}, "video", ""),
        ({"file": "a.mp4", "media_type": "video_message"}, "video", ""),
        ({"file": "a.ogg", "media_type": "voice_message"}, "voice", ""),
        ({"file": "a.mp3", "media_type": "audio_file"}, "file", ""),
        ({"file": "a.pdf", "mime_type": "application/pdf"}, "file", ""),
        ({"file": "a.png", "mime_type": "image/png"}, "image", ""),
        ({"poll": {"question": "Green or black?", "answers": []}}, "poll", "Green or black?"),
        ({"location_information": {"latitude": 1.5, "longitude": 2}}, "location", ""),
        ({"place_name": "Tea house", "address": "x"}, "location", ""),
        ({"contact_information": {"first_name": "Mei"}}, "contact", ""),
        ({"game_title": "Chess"}, "other", ""),
        ({"invoice_information": {"amount": 5}}, "other", ""),
    ],
)
def test_contents(fields: dict[str, Any], subject: str, text: str) -> None:
    (row,) = records(chat(message(**fields)))
    assert (row.subject, row.text) == (subject, text)
    assert row.subject in CONTENTS


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({}, ("user101", "Lin")),
        ({"from": None}, ("user101", "")),
        ({"from": "Tea news", "from_id": "channel9"}, ("channel9", "Tea news")),
        ({"from_id": (1 << 32) + 101}, ("user101", "Lin")),
        ({"from_id": (2 << 32) + 9}, ("chat9", "Lin")),
        ({"from_id": 101}, ("user101", "Lin")),
        ({"from_id": None}, ("", "Lin")),
        ({"from_id": True}, ("", "Lin")),
    ],
)
def test_authors(fields: dict[str, Any], author: tuple[str, str]) -> None:
    (row,) = records(chat(message(**fields)))
    assert (row.author_id, row.author_name) == author


LINS = ("user101", "Lin")
NOBODY = ("", "")


@pytest.mark.parametrize(
    ("event", "moves"),
    [
        (service("join_group_by_link", inviter="Mei"), [("joined", LINS, ("user102", "Mei"), "7")]),
        (service("join_group_by_link"), [("joined", LINS, NOBODY, "7")]),
        (service("join_group_by_request"), [("joined", LINS, NOBODY, "7")]),
        (service("invite_members", members=["Lin"]), [("joined", LINS, NOBODY, "7")]),
        (
            service("invite_members", members=["Mei", None, "Tom"]),
            [("joined", ("user102", "Mei"), LINS, "7/1"), ("joined", ("", "Tom"), LINS, "7/2")],
        ),
        (service("remove_members", members=["Mei"]), [("left", ("user102", "Mei"), LINS, "7")]),
        (service("remove_members", members=["Lin"]), [("left", LINS, NOBODY, "7")]),
        (service("remove_members", members=[None]), [("notice", LINS, NOBODY, "7")]),
        (
            service("create_group", title="Tea", members=["Mei"]),
            [("joined", ("user102", "Mei"), LINS, "7"), ("notice", LINS, NOBODY, "7")],
        ),
        (service("migrate_to_supergroup"), [("notice", LINS, NOBODY, "7")]),
        (service("pin_message", message_id=3), [("notice", LINS, NOBODY, "7")]),
        (service("phone_call", duration_seconds=3), [("notice", LINS, NOBODY, "7")]),
    ],
)
def test_service_messages(event: dict[str, Any], moves: list[tuple[str, Any, Any, str]]) -> None:
    rows = records(chat(event, message(**{"from": "Mei", "from_id": "user102"})))[:-1]
    got = [(r.kind, (r.author_id, r.author_name), (r.other_id, r.other_name), r.message_id) for r in rows]
    assert got == moves


def test_titles_and_actions_of_notices_are_kept() -> None:
    (row,) = records(chat(service("edit_group_title", title="Green tea")))
    assert (row.kind, row.text, row.meta) == ("notice", "Green tea", {"action": "edit_group_title"})


def test_a_name_that_two_people_share_gets_nobody_s_id() -> None:
    double = [message(**{"from": "Mei", "from_id": f"user{n}"}) for n in (102, 103)]
    rows = records(chat(service("invite_members", members=["Mei"]), *double))
    assert (rows[0].author_id, rows[0].author_name) == ("", "Mei")


def test_names_are_looked_up_within_their_own_chat() -> None:
    first = chat(service("invite_members", members=["Mei"]))
    second = chat(message(**{"from": "Mei", "from_id": "user102"}), name="Other", id=56)
    rows = records({"chats": {"list": [first, second]}})
    assert [(row.community, row.author_id) for row in rows] == [("55", ""), ("56", "user102")]


def test_a_whole_account_with_the_chats_it_left_and_without_its_private_ones() -> None:
    document = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 101, "first_name": "Lin"},
        "contacts": {"about": "x", "list": [{"user_id": 102, "name": "no chat"}]},
        "chats": {
            "about": "y",
            "list": [
                chat(message(text="a")),
                {"type": "saved_messages", "id": 101, "messages": [message(text="note to myself")]},
                {"type": "verification_codes", "id": 9, "messages": [message(text="12345")]},
                chat(message(text="b"), name=None, type="personal_chat", id=102),
            ],
        },
        "left_chats": {"list": [chat(message(text="c"), name="Gone", id=57)]},
    }
    rows = records(document)
    assert [(row.community, row.community_name, row.text) for row in rows] == [
        ("55", "Tea", "a"),
        ("102", "personal_chat", "b"),
        ("57", "Gone", "c"),
    ]
    assert telegram.recognise(file_of_bytes(NAME, json.dumps(document).encode()), ReadOptions()) == 1.0


def test_a_nameless_chat_takes_the_name_it_is_given() -> None:
    nameless = {"messages": [message(text="a")]}
    assert records(nameless, "tea.json")[0].community == "tea"
    assert records(nameless, "tea.json", community="Tea lovers")[0].community == "Tea lovers"
    assert records(chat(message(text="a")), community="Tea lovers")[0].community_name == "Tea"


def test_older_exports_tell_only_the_wall_clock() -> None:
    old = {**message(text="a"), "date": "2018-12-05T10:39:10"}
    del old["date_unixtime"]
    (row,) = records(chat(old), source_zone=ZoneInfo("Asia/Shanghai"))
    assert row.occurred_at == datetime(2018, 12, 5, 2, 39, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"date_unixtime": "soon"}, "bad_time"),
        ({"date_unixtime": "9" * 30}, "impossible_time"),
        ({"date_unixtime": "nan"}, "bad_time"),
        ({"date_unixtime": ""}, "missing_field"),
        ({"date_unixtime": None, "date": "yesterday"}, "bad_time"),
        ({"date_unixtime": None, "date": "2026-02-30T09:30:00"}, "impossible_time"),
        ({"date_unixtime": None, "date": "2026-03-01T25:30:00"}, "impossible_time"),
        ({"date_unixtime": [1]}, "missing_field"),
    ],
)
def test_wrong_times_are_problems_and_the_others_stay(fields: dict[str, Any], code: str) -> None:
    rows = read(chat(message(**fields), message(text="b")))
    assert [row.code if isinstance(row, Problem) else row.text for row in rows] == [code, "b"]
    assert [row.line for row in rows] == [1, 2]


def test_places_are_the_numbers_of_messages_in_the_file() -> None:
    first = chat(message(text="a"), service("invite_members", members=["Mei", "Tom"]))
    second = chat(message(date_unixtime="soon"), message(text="b"), id=56)
    rows = read({"chats": {"list": [first, second]}})
    assert [(row.line, isinstance(row, Problem)) for row in rows] == [(1, 0), (2, 0), (2, 0), (3, 1), (4, 0)]


def test_a_file_cut_anywhere_gives_what_stands_before_the_cut() -> None:
    data = json.dumps(chat(*(message(id=n, text=f"t{n}") for n in range(5)))).encode()
    before = 0
    for cut in range(1, len(data)):
        rows = read(data[:cut])
        texts = [row.text for row in rows if isinstance(row, Record)]
        assert texts == [f"t{n}" for n in range(len(texts))]
        assert before <= len(texts)
        # The number of the last message that is whole.
        assert [(row.code, row.line) for row in rows if isinstance(row, Problem)] == [("truncated", len(texts))]
        before = len(texts)
    assert before == 5


def test_a_file_cut_in_its_first_message_is_known_all_the_same() -> None:
    text = json.dumps(chat(message(text="a"), name="茶友", type="private_supergroup"), ensure_ascii=False)
    for cut in (text.index('"messages"'), text.index('"text"') + 3, len(text) - 1):
        file = file_of_bytes("result.json", text[:cut].encode())
        reader = recognise(file, ReadOptions(), None)
        assert reader is not None
        assert reader.key == "telegram"
        assert [row.code for row in reader.read(file, ReadOptions()) if isinstance(row, Problem)] == ["truncated"]


def test_a_missing_brace_in_the_middle_ends_it_with_one_problem() -> None:
    data = json.dumps({"chats": {"list": [chat(message(text="a")), chat(message(text="b"))]}}).encode()
    rows = read(data.replace(b"}]}, {", b"}], {", 1))
    assert [row.code if isinstance(row, Problem) else row.text for row in rows] == ["a", "truncated"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_files_saved_again_by_an_editor(encoding: str) -> None:
    text = json.dumps(chat(message(text="大家早上好")), ensure_ascii=False)
    assert [row.text for row in records(text.encode(encoding))] == ["大家早上好"]


def test_half_a_character_is_replaced_and_can_be_stored() -> None:
    data = json.dumps(chat(message(text="TEXT"))).encode().replace(b"TEXT", b"a\\ud83d b")
    (row,) = records(data)
    assert row.text.encode()
    assert row.text.startswith("a")


def test_a_document_without_messages_says_so() -> None:
    assert problems({"about": "x"}) == ["not_a_record"]
    assert problems(b"  \n") == ["empty_file"]
    assert problems(b"[" * 100_000) == ["truncated"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "type", "count"]), inner),
        max_leaves=8,
    ),
    st.sampled_from(
        ["text", "from", "from_id", "members", "poll", "reactions", "id", "action", "media_type", "date_unixtime"]
    ),
)
def test_no_value_of_any_field_raises(value: Any, field: str) -> None:
    for row in read(chat({**message(text="x"), field: value}, {**service("invite_members"), field: value})):
        assert not isinstance(row, Record) or row.subject in ("", *CONTENTS)


@pytest.mark.parametrize(
    "document",
    [
        {"guild": {"id": "1"}, "channel": {"name": "x"}, "messages": [{"id": "1", "timestamp": "2024-01-01T00:00:00"}]},
        [{"type": "message", "user": "U1", "text": "x", "ts": "1.1"}],
        {"chatInfo": {"name": "x"}, "messages": [{"timestamp": 1, "sender": {"name": "y"}}]},
        {"messages": []},
    ],
)
def test_other_json_is_not_claimed(document: Any) -> None:
    assert telegram.recognise(file_of_bytes("x.json", json.dumps(document).encode()), ReadOptions()) == 0.0


def test_reading_streams() -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"name": "Tea", "messages": ['
        while True:
            yield json.dumps(message(text="x" * 100)).encode() + b","

    class Endless:
        """A file that never ends: reading it all first would never come back."""

        def __init__(self) -> None:
            self.pieces = endless()

        def __enter__(self) -> "Endless":
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def read(self, size: int = -1) -> bytes:
            return next(self.pieces) if size else b""

    one = messages(File("x.json", -1, Endless))  # type: ignore[arg-type]
    assert all(not isinstance(next(one), Problem) for _ in range(1000))


def test_a_byte_order_mark_does_not_hide_the_format() -> None:
    data = codecs.BOM_UTF8 + json.dumps(chat(message(text="a"))).encode()
    assert telegram.recognise(file_of_bytes(NAME, data), ReadOptions()) == 1.0
