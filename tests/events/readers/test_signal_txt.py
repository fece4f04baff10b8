"""Signal chats as signal-export writes them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import signal_txt
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import Record

SAMPLES = Path(__file__).parents[3] / ".." / "shared" / "data" / "exports" / "signal"
UTC_OPTIONS = ReadOptions(source_zone=ZoneInfo("UTC"))


def rows(text: str, name: str = "Tea lovers/chat.md") -> list[Record | Problem]:
    return list(signal_txt.read(file_of_bytes(name, text.encode()), UTC_OPTIONS))


def only(text: str) -> Record:
    (row,) = rows(text)
    assert isinstance(row, Record)
    return row


def test_the_sample_gives_its_target() -> None:
    if not SAMPLES.exists():
        pytest.skip("../shared/data/exports/signal is absent")
    zone = ZoneInfo("Asia/Shanghai")
    file = file_of_bytes("test_export.txt", (SAMPLES / "test_export.txt").read_bytes())
    found = recognise(file, ReadOptions(source_zone=zone))
    assert found is not None
    assert found.key == "signal"
    got = [
        {
            "timestamp": row.occurred_at.astimezone(zone).replace(tzinfo=None).isoformat(),
            "author": row.author_name,
            "message": " ".join(row.text.split()),
        }
        for row in signal_txt.read(file, ReadOptions(source_zone=zone))
        if isinstance(row, Record)
    ]
    assert got[::-1] == json.loads((SAMPLES / "target.json").read_text("utf-8"))


@pytest.mark.parametrize("head", ["[2023-12-31, 21:05] ", "[2023-12-31 21:05:00] "])
def test_a_message_of_several_lines(head: str) -> None:
    assert only(f"{head}Lin: so: late\nand more  \n\n") == Record(
        "message",
        datetime(2023, 12, 31, 21, 5, tzinfo=UTC),
        "Tea lovers",
        "Tea lovers",
        "",
        "Lin",
        "so: late\nand more",
        subject="text",
        line=1,
    )


@pytest.mark.parametrize(
    ("body", "subject", "text", "meta"),
    [
        ("yes  \n(- Lin: 👍, Tom: ❤ -)", "text", "yes", {"reactions": 2}),
        ("(This message was deleted)", "other", "", {"deleted": True}),
        ("(( 😀 ))", "sticker", "😀", None),
        ("![leaf.jpg](./media/leaf.jpg)  ", "image", "", {"file": "media/leaf.jpg"}),
        ("our tea\n[note.m4a](./media/note.m4a)", "voice", "our tea", {"file": "media/note.m4a"}),
        ("[menu.pdf](./media/menu.pdf)", "file", "", {"file": "media/menu.pdf"}),
        ("[😀](../exported_stickers/ab/1.webp)", "sticker", "", {"file": "../exported_stickers/ab/1.webp"}),
        ("read [this](https://example.org) now", "text", "read [this](https://example.org) now", None),
        ("Missed voice call", "call", "Missed voice call", None),
        ("Incoming video call (accepted, 2m 3s)", "call", "Incoming video call (accepted, 2m 3s)", None),
    ],
)
def test_contents(body: str, subject: str, text: str, meta: dict[str, object] | None) -> None:
    row = only(f"[2023-12-31, 21:05] Lin: {body}\n")
    assert (row.subject, row.text, row.meta) == (subject, text, meta)


def test_lines_without_a_name_are_notices() -> None:
    row = only("[2023-12-31, 21:05] Group updated\n")
    assert (row.kind, row.author_name, row.text) == ("notice", "", "Group updated")


def test_wrong_lines_name_themselves() -> None:
    found = rows("hello\n[2023-02-30, 21:05] Lin: x\n[2023-02-28, 24:05] Lin: y\n[2023-02-28, 23:05] Lin: z\n")
    assert [(row.code, row.line) for row in found if isinstance(row, Problem)] == [
        ("not_a_record", 1),
        ("impossible_time", 2),
        ("impossible_time", 3),
    ]
    assert [row.text for row in found if isinstance(row, Record)] == ["z"]


@pytest.mark.parametrize(
    ("name", "chat"),
    [("Tea lovers/chat.md", "Tea lovers"), ("Tea.txt", "Tea"), ("chat.md", "chat"), ("a/b/index.md", "b")],
)
def test_the_chat_is_called_as_its_folder_or_file(name: str, chat: str) -> None:
    (row,) = rows("[2023-12-31, 21:05] Lin: x\n", name)
    assert isinstance(row, Record)
    assert row.community == chat


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_chat.txt", "[2023-12-31 21:05:10] Lin: x\n"),
        ("WhatsApp Chat with Tea.txt", "[2023-12-31 21:05:10] Lin: x\n"),
        ("chat.txt", "[2023-12-31 21:05:10] Lin: \u200eimage omitted\n"),
        ("chat.txt", "[2023-12-31, 21:05:10] Lin: x\n"),
        ("chat.txt", "[31/12/2023, 21:05] Lin: x\n"),
        ("chat.txt", "2024-01-01 12:00:00 茶友(12345)\n大家好\n"),
        ("chat.txt", ""),
    ],
)
def test_what_others_write_is_not_claimed(name: str, text: str) -> None:
    assert signal_txt.recognise(file_of_bytes(name, text.encode()), UTC_OPTIONS) == 0.0


@given(st.text(max_size=300))
def test_nothing_raises(text: str) -> None:
    rows("[2023-12-31, 21:05] " + text + "\n[2023-12-31, 21:05] A: " + text)
