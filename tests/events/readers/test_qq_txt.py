"""The TXT of QQ's message manager in its variants."""

from datetime import UTC, datetime

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import qq_txt
from qunyu.events.reading import ReadOptions
from qunyu.events.record import Record

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
OPTIONS = ReadOptions()
RULE = "=" * 64
TITLE = "消息记录（此消息记录为文本格式，不支持重新导入）\n\n"


def head(chat: str, folder: str = "我的QQ群") -> str:
    return f"{RULE}\n消息分组:{folder}\n{RULE}\n消息对象:{chat}\n{RULE}\n\n"


def read(text: str, codec: str = "utf-8", options: ReadOptions = OPTIONS) -> list[Record | Problem]:
    file = file_of_bytes("全部消息记录.txt", text.encode(codec))
    return list(qq_txt.read(file, options))


def said(author: str, name: str, text: str, subject: str = "text", line: int = 0, **more: object) -> Record:
    return Record("message", AT, "茶友群", "茶友群", author, name, text, "", subject, line=line)._replace(**more)  # type: ignore[arg-type]


GROUP = (
    TITLE
    + head("茶友群")
    + "2026-03-01 9:30:00 【管理员】小林(100001)\n早上好\n\n大家好\n\n"
    + "2026-03-01 09:30:00 【潜水】阿青<qing@example.invalid>\n[图片]\n\n"
    + "2026-03-01 9:30:00 AM 阿茶(10)(100003)\n[表情][表情]\n\n"
    + "2026-03-01 9:30:00 匿名小猫(80000000)\n喵\n\n"
    + "2026-03-01 9:30:00 Q群管家(2854196310)\n欢迎\n\n"
    + "2026-03-01 9:30:00 (100004)\n嗯\n\n"
    + "2026-03-01 9:30:00 系统消息(1000000)\n阿壶被管理员移出本群。\n\n"
    + "2026-03-01 9:30:00 系统消息(10000)\n你已经是群成员了，和大家打个招呼吧！\n\n"
    + "2026-02-30 9:30:00 小林(100001)\n?\n\n"
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_group_in_every_encoding(codec: str, end: str) -> None:
    rows = read(GROUP.replace("\n", end), codec)
    assert rows == [
        said("100001", "小林", "早上好\n\n大家好", line=9),
        said("qing@example.invalid", "阿青", "[图片]", "image", line=14),
        said("100003", "阿茶(10)", "[表情][表情]", "sticker", line=17),
        said("", "匿名小猫", "喵", line=20),
        said("2854196310", "Q群管家", "欢迎", line=23, bot=True),
        said("100004", "100004", "嗯", line=26),
        Record("left", AT, "茶友群", "茶友群", "", "阿壶", "阿壶被管理员移出本群。", other_name="管理员", line=29),
        Record("notice", AT, "茶友群", "茶友群", "", "", "你已经是群成员了，和大家打个招呼吧！", line=32),
        Problem("impossible_time", "全部消息记录.txt", 35, {"value": "2026-02-30 9:30:00"}),
    ]


def test_the_whole_account_is_many_chats() -> None:
    text = (
        TITLE
        + head("茶友群(10000001)")
        + "2026-03-01 09:30:00 小林(100001)\n早\n\n"
        + head("棋友群")
        + "2026-03-01 09:30:00 小林(100001)\n晚\n\n"
        + head("阿青", "我的好友")
        + "2026-03-01 09:30:00 阿青\n在吗\n\n"
    )
    rows = [row for row in read(text) if isinstance(row, Record)]
    assert [(row.community, row.community_name, row.author_id, row.author_name, row.text) for row in rows] == [
        ("10000001", "茶友群", "100001", "小林", "早"),
        ("棋友群", "棋友群", "100001", "小林", "晚"),
        ("阿青", "阿青", "", "阿青", "在吗"),
    ]


def test_a_time_within_a_text_is_no_new_message_where_blank_lines_part_them() -> None:
    rows = read(
        TITLE + head("茶友群") + "2026-03-01 09:30:00 小林(100001)\n他说\n2026-02-01 08:00:00 阿青(100002)\n早\n\n"
    )
    assert rows == [said("100001", "小林", "他说\n2026-02-01 08:00:00 阿青(100002)\n早", line=9)]


def test_files_without_blank_lines() -> None:
    rows = read(
        "消息记录（此消息记录为文本格式，不支持重新导入）\n消息对象:茶友群\n"
        "2026-03-01 09:30:00 小林(100001)\n早\n2026-03-01 09:30:00 阿青(100002)\n好\n2026-03-01 09:30:00 阿茶\n嗯\n"
    )
    assert rows == [
        said("100001", "小林", "早", line=3),
        said("100002", "阿青", "好", line=5),
        said("", "阿茶", "嗯", line=7),
    ]


def test_a_file_whose_header_was_cut_off_is_recognised_by_its_numbers() -> None:
    text = "2026-03-01 09:30:00 小林(100001)\n早\n\n2026-03-01 09:30:00 阿青<q@x.invalid>\n好\n\n"
    assert qq_txt.recognise(file_of_bytes("a.txt", text.encode()), OPTIONS) == 0.8
    rows = read(text, options=ReadOptions(community="茶友群"))
    assert rows == [said("100001", "小林", "早", line=1), said("q@x.invalid", "阿青", "好", line=4)]


def test_with_the_header_it_is_certain() -> None:
    assert qq_txt.recognise(file_of_bytes("a.txt", GROUP.encode()), OPTIONS) == 1.0
    assert qq_txt.recognise(file_of_bytes("a.txt", "消息记录\n".encode()), OPTIONS) == 0.0
    assert qq_txt.recognise(file_of_bytes("a.txt", "2026-03-01 09:30:00 小林\n早\n".encode()), OPTIONS) == 0.0


def test_a_message_of_nobody_is_the_platform_s() -> None:
    (row,) = read(TITLE + head("茶友群") + "2026-03-01 09:30:00 \n阿壶加入本群。\n\n")
    assert row == Record("joined", AT, "茶友群", "茶友群", "", "阿壶", "阿壶加入本群。", line=9)


def test_a_text_before_any_message_is_a_problem() -> None:
    assert read("早上好\n") == [Problem("not_a_record", "全部消息记录.txt", 1, {"format": "QQ TXT"})]


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("【群主】小林(100001)", ("100001", "小林")),
        ("【A组】(100001)", ("100001", "【A组】")),
        ("小林", ("", "小林")),
        ("小林(1)", ("", "小林(1)")),
        ("<q@x.invalid>", ("q@x.invalid", "q@x.invalid")),
        ("【管理员】【A组】小林(100001)", ("100001", "【A组】小林")),
    ],
)
def test_senders(written: str, sender: tuple[str, str]) -> None:
    assert qq_txt.sender_of(written) == sender
