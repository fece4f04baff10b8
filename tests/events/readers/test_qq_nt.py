"""qq-chat-exporter's JSON: one document, its chunked form, JSON Lines beside a manifest."""

import json
from datetime import UTC, datetime

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import qq_nt
from qunyu.events.reading import ReadOptions
from qunyu.events.record import Record

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
NAME = "group_茶_友_10000001_20260301_100000.json"
OPTIONS = ReadOptions()


def message(
    text: str = "早上好", elements: list[tuple[str, dict[str, str]]] | None = None, **more: object
) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": "7600", "seq": "1", "timestamp": 1772328600000, "time": "2026-03-01 09:30:00",
        "sender": {"uid": "u_a", "uin": "100001", "name": "小林"}, "type": "type_1",
        "content": {"text": text, "elements": [{"type": kind, "data": data} for kind, data in elements or []]},
        "recalled": False, "system": False,
    }  # fmt: skip
    return plain | more


def document(*messages: object) -> dict[str, object]:
    return {
        "metadata": {"name": "QQChatExporter V5 / x", "version": "5.5.1"},
        "chatInfo": {"name": "茶友群", "type": "group", "selfUin": "100009"},
        "statistics": {"totalMessages": len(messages)},
        "messages": messages,
    }


def read(data: object, name: str = NAME) -> list[Record | Problem]:
    return list(qq_nt.read(file_of_bytes(name, json.dumps(data, ensure_ascii=False).encode()), OPTIONS))


def said(
    text: str = "早上好", subject: str = "text", group: tuple[str, str] = ("10000001", "茶友群"), **more: object
) -> Record:
    return Record("message", AT, *group, "100001", "小林", text, "7600", subject)._replace(**more)  # type: ignore[arg-type]


def test_a_group() -> None:
    rows = read(
        document(
            message(),
            message(sender={"uid": "u_b", "uin": "0", "name": "阿青"}),
            message(sender={"uid": "u_c", "uin": "80000000", "name": "匿名"}),
            message(sender={"uid": "u_d", "uin": 2854196310, "name": "Q群管家"}),
            message("阿壶加入了群聊。", system=True, sender={"uid": "1", "uin": "0", "name": "0"}),
            message("系统提示", type="system"),
            message(timestamp="2026-03-01T01:30:00.000Z"),
            message(content="纯文本"),
            {"id": "1"},
            message(timestamp="soon"),
        )
    )
    group = ("10000001", "茶友群")
    assert rows == [
        said(line=1),
        said(author_id="u_b", author_name="阿青", line=2),
        said(author_id="", author_name="匿名", line=3),
        said(author_id="2854196310", author_name="Q群管家", bot=True, line=4),
        Record("joined", AT, *group, "", "阿壶", "阿壶加入了群聊。", line=5),
        Record("notice", AT, *group, "", "", "系统提示", "7600", line=6),
        said(line=7),
        said("纯文本", line=8),
        Problem("not_a_record", NAME, 9, {"format": "qq-chat-exporter"}),
        Problem("bad_time", NAME, 10, {"value": "soon"}),
    ]


def test_a_message_taken_back_is_said_and_recalled() -> None:
    assert read(document(message(recalled=True))) == [
        said(line=1),
        Record("recalled", AT, "10000001", "茶友群", "100001", "小林", message_id="7600", line=1),
    ]


@pytest.mark.parametrize(
    ("text", "elements", "kind", "subject"),
    [
        ("[图片: a.jpg]", [("image", {})], "type_1", "image"),
        ("[图片: a.jpg]", [], "type_1", "image"),
        ("[图片: a.jpg]好茶", [("text", {}), ("image", {})], "type_1", "text"),
        ("[害羞]", [("text", {}), ("market_face", {})], "type_17", "sticker"),
        ("[语音:3秒]", [], "audio", "voice"),
        ("", [], "type_9", "video"),
        ("[文件:茶单.pdf]", [], "file", "file"),
        ("[JSON消息]", [("json", {"appName": "小程序"})], "json", "mini_program"),
        ("[JSON消息]", [("json", {"title": "茶"})], "json", "link"),
        ("语音通话 - 已结束", [], "text", "text"),
        ("[通知]", [("text", {})], "type_1", "text"),
    ],
)
def test_subjects(text: str, elements: list[tuple[str, dict[str, str]]], kind: str, subject: str) -> None:
    (row,) = read(document(message(text, elements, type=kind)))
    assert isinstance(row, Record)
    assert row.subject == subject


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("group_10000001_20260301_100000.json", "10000001"),
        ("茶友群(10000001).json", "10000001"),
        ("茶友群(10000001)_20260301_100000.json", "10000001"),
        ("export.json", "茶友群"),
    ],
)
def test_the_group_number_stands_in_the_file_name(name: str, number: str) -> None:
    (row,) = read(document(message()), name)
    assert isinstance(row, Record)
    assert row[2:4] == (number, "茶友群")


def test_the_chunked_form() -> None:
    part = document(message())
    rows = read({"metadata": part["metadata"], "chunkInfo": {"totalChunks": 2}, "chunks": [part, part]})
    assert rows == [said(line=1), said(line=2)]


def test_json_lines_take_the_name_from_the_manifest() -> None:
    folder = "group_10000001_20260301_100000_chunked_jsonl"
    data = (json.dumps(message()) + "\n").encode()
    file = file_of_bytes(f"{folder}/chunks/c000001.jsonl", data + data[:30])
    manifest = file_of_bytes(f"{folder}/manifest.json", json.dumps({"chatInfo": {"name": "茶友群"}}).encode())
    assert qq_nt.recognise_lines(file, OPTIONS) == 1.0
    (alone, cut) = qq_nt.read_lines(file, OPTIONS)
    assert alone == said(group=("10000001", "10000001"), line=1)
    assert isinstance(cut, Problem)
    assert (cut.code, cut.line) == ("truncated", 2)
    file.siblings[manifest.name] = manifest
    assert next(iter(qq_nt.read_lines(file, OPTIONS))) == said(line=1)


def test_a_cut_document_gives_what_stands_before_the_cut() -> None:
    data = json.dumps(document(*(message(id=str(n)) for n in range(3000)))).encode()
    *rows, last = qq_nt.read(file_of_bytes(NAME, data[: data.index(b'"id": "2500"')]), OPTIONS)
    assert [row.message_id for row in rows if isinstance(row, Record)] == [str(n) for n in range(2500)]
    assert isinstance(last, Problem)
    assert last.code == "truncated"


def test_recognised_with_and_without_its_name() -> None:
    named = json.dumps(document(message())).encode()
    nameless = json.dumps({"chatInfo": {"name": "x"}, "messages": [message()]}).encode()
    assert qq_nt.recognise(file_of_bytes("a.json", named), OPTIONS) == 1.0
    assert qq_nt.recognise(file_of_bytes("a.json", nameless), OPTIONS) == 0.9
    assert qq_nt.recognise(file_of_bytes("a.json", b'{"messages": [{"id": 1}]}'), OPTIONS) == 0.0
    assert qq_nt.recognise_lines(file_of_bytes("a.jsonl", b'{"t": 1, "author": "a"}\n'), OPTIONS) == 0.0
