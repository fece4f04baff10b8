"""Member lists: who, where, since when, in which role."""

from datetime import UTC, datetime

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.members import read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.rows import MemberRow


def of(text: str, community: str = "", **columns: str) -> tuple[list[MemberRow], list[Problem]]:
    file = file_of_bytes("茶友一群.csv", text.encode())
    rows = list(read(file, ReadOptions(community=community, columns=columns)))
    return [row for row in rows if isinstance(row, MemberRow)], [row for row in rows if isinstance(row, Problem)]


def test_a_header_alone_is_told() -> None:
    assert of("群名称,成员昵称,入群时间\n") == ([], [Problem("no_rows", "茶友一群.csv", 1)])


def test_plain_columns() -> None:
    rows, problems = of(
        "community,member_id,name,joined_at,left_at,role,channel,phone,union_id,platform\n"
        "Tea,u1,Ann,2026-03-01 09:05:00,2026-03-02,staff,poster,+86 13800138000,o1,wecom\n"
    )
    assert problems == []
    joined, left = datetime(2026, 3, 1, 1, 5, tzinfo=UTC), datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert rows == [
        MemberRow("Tea", "u1", "Ann", joined, left, "staff", "poster", "13800138000", "o1", "wecom", None, 2)
    ]


def test_wecom_interface_fields() -> None:
    rows, problems = of(
        "chat_id,userid,type,join_time,join_scene,unionid,name\nwr1,zhang,1,1772327100,1,,张店长\nwr1,wm1,2,1772327100,3,ox,小茶\n"
    )
    assert problems == []
    assert [(row.community, row.member_id, row.role, row.channel, row.union_id) for row in rows] == [
        ("wr1", "zhang", "staff", "1", ""),
        ("wr1", "wm1", "member", "3", "ox"),
    ]
    assert rows[0].joined_at == datetime(2026, 3, 1, 1, 5, tzinfo=UTC)


def test_a_list_without_a_community_is_one_of_the_named_group_or_of_its_file() -> None:
    text = "昵称,入群时间\n小茶,2026-03-01\n"
    assert [row.community for row in of(text)[0]] == ["茶友一群"]
    assert [row.community for row in of(text, community="二群")[0]] == ["二群"]


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("群主", "staff"), ("管理员", "staff"), ("企业成员", "staff"), ("Admin", "staff"),
        ("气氛组", "atmosphere"), ("水军", "atmosphere"),
        ("机器人", "bot"), ("Bot", "bot"), ("外部联系人", "member"), ("member", "member"), ("", "member"),
    ],
)  # fmt: skip
def test_roles(word: str, role: str) -> None:
    rows, problems = of(f"昵称,角色\n小茶,{word}\n")
    assert [row.role for row in rows] == [role]
    assert problems == []


def test_an_unknown_role_is_a_member_and_told_once() -> None:
    rows, problems = of("昵称,角色\n小茶,宝妈\n阿福,宝妈\n")
    assert [row.role for row in rows] == ["member", "member"]
    assert [(each.code, each.line, each.data) for each in problems] == [("unknown_role", 2, {"value": "宝妈"})]


def test_an_unreadable_time_costs_the_time_not_the_person() -> None:
    rows, problems = of("昵称,入群时间,手机号\n小茶,2026-02-30,138****0000\n阿福,刚刚,13800138000\n")
    assert [(row.name, row.joined_at, row.phone) for row in rows] == [
        ("小茶", None, ""),
        ("阿福", None, "13800138000"),
    ]
    assert [(each.code, each.line) for each in problems] == [("impossible_time", 2), ("bad_time", 3)]


def test_nobody_is_a_problem() -> None:
    rows, problems = of("成员ID,昵称,入群时间\n,,2026-03-01\n")
    assert rows == []
    assert [(each.code, each.line, each.data) for each in problems] == [("missing_field", 2, {"field": "member_id"})]


def test_a_mapped_column_that_is_not_there_is_one_problem() -> None:
    rows, problems = of("昵称,入群时间\n小茶,2026-03-01\n", role="职务")
    assert rows == []
    assert [(each.code, each.data["columns"]) for each in problems] == [("unknown_column", "昵称, 入群时间")]


def test_foreign_mappings_leave_the_list_alone() -> None:
    rows, problems = of("昵称,入群时间\n小茶,2026-03-01\n", amount="实付金额")
    assert len(rows) == 1
    assert problems == []


@pytest.mark.parametrize(
    "header", ["time,name,type,text\n", "name,role,message\n", "name,price\n", "昵称,手机号,累计消费金额\n"]
)
def test_other_tables_are_no_member_lists(header: str) -> None:
    assert recognise(file_of_bytes("x.csv", f"{header}a,b,c,d\n".encode()), ReadOptions(), "members") is None
