"""MemoTrace exports: both generations of CSV, and TXT."""

from datetime import UTC, datetime

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import qq_txt
from qunyu.events.readers import wechat_memotrace as memotrace
from qunyu.events.reading import ReadOptions
from qunyu.events.record import Record

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
OLD = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n"
NEW = "消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\n"
OPTIONS = ReadOptions()


def read_csv(text: str, name: str = "茶友群/茶友群_utf8.csv") -> list[Record | Problem]:
    file = file_of_bytes(name, b"\xef\xbb\xbf" + text.encode())
    assert memotrace.recognise_csv(file, OPTIONS) == 1.0
    return list(memotrace.read_csv(file, OPTIONS))


def read_txt(data: bytes, name: str = "茶友群.txt") -> list[Record | Problem]:
    return list(memotrace.read_txt(file_of_bytes(name, data), OPTIONS))


def said(name: str, text: str, subject: str = "text", **more: object) -> Record:
    return Record(
        "message", AT, "茶友群", "茶友群", author_name=name, text=text, subject=subject, author_id=""
    )._replace(**more)  # type: ignore[arg-type]


def test_old_csv_of_a_group() -> None:
    rows = read_csv(
        OLD
        + "1,7,1,0,0,1772328600,,早上好,2026-03-01 09:30:00,小林（供应商）,小林,wxid_a\n"
        + '2,7,3,0,1,1772328600,,"<?xml version=""1.0""?><msg><img/></msg>",2026-03-01 09:30:00,,阿青,wxid_b\n'
        + "3,7,49,2001,0,1772328600,,,2026-03-01 09:30:00,,小林,wxid_a\n"
        + '4,7,10000,4,0,1772328600,,"<![CDATA[""小林"" 撤回了一条消息]]>",2026-03-01 09:30:00,,,\n'
        + "5,7,49,62,0,1772328600,,,2026-03-01 09:30:00,,,\n"
    )
    assert rows == [
        said("小林", "早上好", author_id="wxid_a", line=2),
        said("阿青", "", "image", author_id="wxid_b", line=3),
        said("小林", "", "red_packet", author_id="wxid_a", line=4),
        Record("recalled", AT, "茶友群", "茶友群", "", "小林", '"小林" 撤回了一条消息', line=5),
        Record("notice", AT, "茶友群", "茶友群", "", "", line=6),
    ]


def test_old_csv_of_a_private_chat_has_short_rows() -> None:
    assert read_csv(OLD + "1,7,1,0,0,1772328600,,早,2026-03-01 09:30:00\n") == [said("", "早", line=2)]


def test_without_an_epoch_the_wall_clock_is_in_the_source_zone() -> None:
    (row,) = read_csv(OLD + "1,7,1,0,0,,,早,2026-03-01 09:30:00,,小林,wxid_a\n")
    assert isinstance(row, Record)
    assert row.occurred_at == AT


def test_old_csv_of_the_whole_account_keeps_chats_apart() -> None:
    rows = read_csv(OLD + "1,7,1,0,0,1772328600,,早\n" + "1,8,1,0,0,1772328600,,早\n", "messages.csv")
    assert [row.community for row in rows if isinstance(row, Record)] == ["messages 7", "messages 8"]


def test_old_csv_rows_that_cannot_be_read() -> None:
    rows = read_csv(OLD + "1,7,x,0,0,1772328600,,早,,,小林,wxid_a\n" + "1,7,1,0,0,soon,,早,,,小林,wxid_a\n")
    assert [(each.code, each.line) for each in rows if isinstance(each, Problem)] == [
        ("not_a_record", 2),
        ("bad_time", 3),
    ]


def test_new_csv() -> None:
    rows = read_csv(
        NEW
        + "9001,文本,小林,2026-03-01 09:30:00,早上好,,小林,more\n"
        + "9002,表情包,阿青,2026-03-01 09:30:00,【表情包】 ,,阿青,more\n"
        + "9003,企业微信红包,阿青,2026-03-01 09:30:00,?,,阿青,more\n"
        + '9004,系统消息,,2026-03-01 09:30:00,"你邀请""阿茶""加入了群聊",,,more\n'
        + "9005,拍一拍,小林,2026-03-01 09:30:00,小林拍了拍阿青,,,more\n"
        + "9006,文本\n",
        "茶友群(1).csv",
    )
    assert rows == [
        said("小林", "早上好", message_id="9001", line=2),
        said("阿青", "【表情包】 ", "sticker", message_id="9002", line=3),
        said("阿青", "?", "other", message_id="9003", line=4),
        Record("joined", AT, "茶友群", "茶友群", "", "阿茶", '你邀请"阿茶"加入了群聊', other_name="你", line=5),
        Record("notice", AT, "茶友群", "茶友群", "", "", "小林拍了拍阿青", "9005", line=6),
        Problem("not_a_record", "茶友群(1).csv", 7, {"format": "MemoTrace"}),
    ]


TXT = (
    "2026-03-01 09:30:00 小林\n早上好\n\n大家好\n\n"
    "2026-03-01 09:30:00 阿青\n【分享链接】\n标题：茶\n链接: http://example.invalid\n\n"
    '2026-03-01 09:30:00 "小林"撤回了一条消息\n\n'
    '2026-03-01 09:30:00\n你将"阿壶"移出了群聊\n\n'
    "2026-03-01 25:00:00 小林\n夜\n"
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_txt_in_every_encoding(codec: str) -> None:
    file = file_of_bytes("茶友群.txt", TXT.replace("\n", "\r\n").encode(codec))
    assert memotrace.recognise_txt(file, OPTIONS) > 0.5
    assert qq_txt.recognise(file, OPTIONS) == 0.0
    assert list(memotrace.read_txt(file, OPTIONS)) == [
        said("小林", "早上好\n\n大家好", line=1),
        said("阿青", "【分享链接】\n标题：茶\n链接: http://example.invalid", "link", line=6),
        Record("recalled", AT, "茶友群", "茶友群", "", "小林", '"小林"撤回了一条消息', line=11),
        Record("left", AT, "茶友群", "茶友群", "", "阿壶", '你将"阿壶"移出了群聊', other_name="你", line=13),
        Problem("impossible_time", "茶友群.txt", 16, {"value": "2026-03-01 25:00:00"}),
    ]


def test_a_time_within_a_text_is_no_new_message() -> None:
    rows = read_txt("2026-03-01 09:30:00 小林\n他说：\n2026-02-01 08:00:00 阿青\n早\n".encode())
    assert rows == [said("小林", "他说：\n2026-02-01 08:00:00 阿青\n早", line=1)]


def test_txt_of_other_programs_is_not_claimed() -> None:
    for text in ("hello\n", "2026-03-01 09:30:00 小林(100001)\n早\n", "2026-03-01 log started\n", "[09:30] <a> b\n"):
        assert memotrace.recognise_txt(file_of_bytes("a.txt", text.encode()), OPTIONS) == 0.0


def test_the_option_names_a_nameless_chat() -> None:
    file = file_of_bytes("messages.txt", TXT.encode())
    assert {row[2] for row in memotrace.read_txt(file, ReadOptions(community="茶")) if isinstance(row, Record)} == {
        "茶"
    }
