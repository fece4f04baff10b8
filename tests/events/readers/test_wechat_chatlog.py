"""chatlog exports: the CSV of its two ways out, and JSON."""

import json
from datetime import UTC, datetime

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import wechat_chatlog as chatlog
from qunyu.events.reading import ReadOptions
from qunyu.events.record import Record

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
ROOM = "1@chatroom"
OPTIONS = ReadOptions()
HTTP = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
EXPORT = "Time,Talker,TalkerName,Sender,SenderName,IsSelf,Type,TypeDesc,Content\n"


def read_csv(text: str) -> list[Record | Problem]:
    file = file_of_bytes("chatlog.csv", text.encode())
    assert chatlog.recognise_csv(file, OPTIONS) == 1.0
    return list(chatlog.read_csv(file, OPTIONS))


def message(**more: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "seq": 1772328600000, "time": "2026-03-01T09:30:00+08:00", "talker": ROOM, "talkerName": "茶友群",
        "isChatRoom": True, "sender": "wxid_a", "senderName": "小林", "isSelf": False, "type": 1, "subType": 0,
        "content": "早上好",
    }  # fmt: skip
    return plain | more


def read_json(data: bytes) -> list[Record | Problem]:
    return list(chatlog.read_json(file_of_bytes("chatlog.json", data), OPTIONS))


def test_csv_of_the_http_interface() -> None:
    rows = read_csv(
        HTTP
        + f"2026-03-01 09:30:00,小林,wxid_a,茶友群,{ROOM},早上好\n"
        + f"2026-03-01 09:30:00,小林,wxid_a,茶友群,{ROOM},[文件|茶单.pdf](http://x.invalid/0a)\n"
        + f'2026-03-01 09:30:00,,系统消息,茶友群,{ROOM},"""小林""邀请""阿茶""加入了群聊"\n'
        + "2026-03-01 09:30:00,小林\n"
    )
    assert rows == [
        Record("message", AT, ROOM, "茶友群", "wxid_a", "小林", "早上好", "", "text", line=2),
        Record(
            "message", AT, ROOM, "茶友群", "wxid_a", "小林", "[文件|茶单.pdf](http://x.invalid/0a)", "", "file",
            line=3,
        ),
        Record("joined", AT, ROOM, "茶友群", "", "阿茶", '"小林"邀请"阿茶"加入了群聊', other_name="小林", line=4),
        Problem("not_a_record", "chatlog.csv", 5, {"format": "chatlog"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "named", "kind", "subject"),
    [
        ("1", "文本消息", "message", "text"),
        ("3", "图片消息", "message", "image"),
        ("47", "未知类型(47)", "message", "sticker"),
        ("49", "小程序", "message", "mini_program"),
        ("49", "引用消息", "message", "text"),
        ("49", "拍一拍", "notice", ""),
        ("10000", "系统消息", "notice", ""),
    ],
)
def test_csv_of_the_export_command_tells_types(code: str, named: str, kind: str, subject: str) -> None:
    (row,) = read_csv(EXPORT + f"2026-03-01 09:30:00,{ROOM},茶友群,wxid_a,小林,false,{code},{named},\n")
    assert isinstance(row, Record)
    assert (row.kind, row.subject) == (kind, subject)


def test_json() -> None:
    rows = read_json(
        json.dumps(
            [
                message(),
                message(type=49, subType=5, content="", contents={"title": "茶的历史", "url": "http://x.invalid"}),
                message(type=34, content="", senderName=""),
                message(type=10000, sender="系统消息", senderName="", content='你将"阿壶"移出了群聊'),
                message(type=49, subType=62, content='"小林" 拍了拍 "阿青"'),
                message(talker="wxid_a", talkerName="", isChatRoom=False),
                {"unrelated": 1},
                message(time="soon"),
            ],
            ensure_ascii=False,
        ).encode()
    )
    key = "1772328600000"
    assert rows == [
        Record("message", AT, ROOM, "茶友群", "wxid_a", "小林", "早上好", key, "text", line=1),
        Record("message", AT, ROOM, "茶友群", "wxid_a", "小林", "茶的历史", key, "link", line=2),
        Record("message", AT, ROOM, "茶友群", "wxid_a", "", "", key, "voice", line=3),
        Record("left", AT, ROOM, "茶友群", "", "阿壶", '你将"阿壶"移出了群聊', other_name="你", line=4),
        Record("notice", AT, ROOM, "茶友群", "", "", '"小林" 拍了拍 "阿青"', line=5),
        Record("message", AT, "wxid_a", "wxid_a", "wxid_a", "小林", "早上好", key, "text", line=6, direct=True),
        Problem("not_a_record", "chatlog.json", 7, {"format": "chatlog"}),
        Problem("bad_time", "chatlog.json", 8, {"value": "soon"}),
    ]


def test_a_cut_json_gives_what_stands_before_the_cut() -> None:
    data = json.dumps([message(seq=n) for n in range(5000)]).encode()
    *rows, last = read_json(data[: data.index(b'"seq": 4000')])
    assert [row.message_id for row in rows if isinstance(row, Record)] == [str(n) for n in range(4000)]
    assert isinstance(last, Problem)
    assert last.code == "truncated"


def test_other_files_are_not_claimed() -> None:
    assert chatlog.recognise_csv(file_of_bytes("a.csv", b"Time,Sender,Content\n"), OPTIONS) == 0.0
    assert chatlog.recognise_json(file_of_bytes("a.json", b'{"talker": 1}'), OPTIONS) == 0.0
    assert chatlog.recognise_json(file_of_bytes("a.json", b'[{"sender": 1, "content": 2}]'), OPTIONS) == 0.0
