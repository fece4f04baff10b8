"""The plain format: our own columns, foreign ones by mapping or common names, and what is refused."""

import json
import lzma
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import plain
from qunyu.events.reading import ReadOptions
from qunyu.events.record import Record

MESHCORE = Path(__file__).parents[3] / ".." / "shared" / "data" / "chats" / "discord-meshcore"
MAPPING = {"time": "t", "author_id": "author", "community": "thread"}
AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


def csv(text: str, name: str = "tea.csv") -> File:
    return file_of_bytes(name, text.encode())


def read(file: File, columns: dict[str, str] | None = None, community: str = "") -> list[Record | Problem]:
    return list(plain.read(file, ReadOptions(columns=columns or {}, community=community)))


def records(file: File, columns: dict[str, str] | None = None, community: str = "") -> list[Record]:
    return [row for row in read(file, columns, community) if isinstance(row, Record)]


@pytest.mark.parametrize("after", ["", "\n\n", "time,community,author_id,text\n"])
def test_a_header_alone_is_told(after: str) -> None:
    header = "time,community,author_id,text\n"
    assert read(csv(header + after)) == [Problem("no_rows", "tea.csv", 1)]
    assert [type(row) for row in read(csv(header + "soon,tea,u1,x\n"))] == [Problem]


def score(file: File, columns: dict[str, str] | None = None) -> float:
    options = ReadOptions(columns=columns or {})
    return max(plain.recognise_csv(file, options), plain.recognise_lines(file, options))


def test_every_column_of_ours() -> None:
    file = csv(
        "time,community,community_name,author_id,author_name,text,kind,message_id,subject,other_id,other_name,bot\n"
        '1772328600,tea,茶友群,u1,小林,"两\n行",message,m1,link,,,是\n'
        "2026-03-01T09:30:00,tea,茶友群,u2,阿茶,,Joined,,,u1,小林,\n"
    )
    assert read(file) == [
        Record("message", AT, "tea", "茶友群", "u1", "小林", "两\n行", "m1", "link", bot=True, line=2),
        Record("joined", AT, "tea", "茶友群", "u2", "阿茶", other_id="u1", other_name="小林", line=4),
    ]
    assert score(file) == 0.8


def test_common_names_in_chinese() -> None:
    file = csv("群名称,发送时间,昵称,消息内容\n茶友群,2026/3/1 9:30,小林,[图片]\n", "导出.csv")
    assert read(file) == [Record("message", AT, "茶友群", "茶友群", "", "小林", "[图片]", "", "image", line=2)]
    assert score(file) == 0.6


def test_a_file_of_one_community_takes_its_name_from_the_option_or_the_file() -> None:
    text = "time,author_name,text\n1772328600,小林,早\n"
    assert [row.community for row in records(csv(text, "folder/茶友群.csv"))] == ["茶友群"]
    assert [row.community for row in records(csv(text), community="茶")] == ["茶"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters(delimiter: str) -> None:
    text = "time,author_name,text\n1772328600,小林,早\n".replace(",", delimiter)
    assert read(csv(text)) == [Record("message", AT, "tea", "tea", "", "小林", "早", "", "text", line=2)]


def test_what_is_wrong_with_rows() -> None:
    file = csv(
        "time,author_id,author_name,text,kind\n"
        "yesterday,u1,,x,\n2026-02-30 10:00:00,u1,,x,\n,u1,,x,\n1772328600,,,x,\n1772328600,u1,,x,shouted\n"
        "1772328600,u1,,x,,more\n1772328600,u1\n1772328600,1.23457E+17,小林,x,\n"
    )
    *rest, short, rounded, damaged = read(file)
    assert [(each.code, each.line) for each in rest if isinstance(each, Problem)] == [
        ("bad_time", 2), ("impossible_time", 3), ("missing_field", 4), ("missing_field", 5), ("not_a_record", 6),
        ("not_a_record", 7),
    ]  # fmt: skip
    assert isinstance(short, Record)
    assert (short.author_id, short.text, short.line) == ("u1", "", 8)
    assert isinstance(rounded, Record)
    assert (rounded.author_id, rounded.author_name) == ("", "小林")
    assert damaged == Problem("damaged_id", "tea.csv", 9, {"value": "1.23457E+17"})


def test_a_header_repeated_by_pasting_files_together_is_no_row() -> None:
    text = "time,author_id,text\n1772328600,u1,早\n"
    assert len(read(csv(text + text))) == 2


def lines(*rows: object) -> File:
    return file_of_bytes("tea.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())


ROW = {"t": "2026-03-01T01:30:00Z", "id": "m1", "thread": "tea", "author": "u1", "text": "早上好", "reply": 0}


def test_mapped_json_lines_fill_in_common_names() -> None:
    file = lines(ROW, {**ROW, "t": 1772328600000, "id": 7, "text": None})
    assert read(file, MAPPING) == [
        Record("message", AT, "tea", "tea", "u1", "", "早上好", "m1", "text", line=1),
        Record("message", AT, "tea", "tea", "u1", "", "", "7", "text", line=2),
    ]
    assert score(file, MAPPING) > 0.5


def test_an_author_column_is_a_name_unless_it_is_mapped() -> None:
    assert [row[4:6] for row in records(lines(ROW))] == [("", "u1")]
    assert [row[4:6] for row in records(lines(ROW), {"author": "author"})] == [("u1", "")]
    assert [row[4:6] for row in records(lines({**ROW, "who": "w1"}), {"author": "who"})] == [("w1", "u1")]


def test_a_key_that_some_rows_lack_is_found() -> None:
    file = lines({key: value for key, value in ROW.items() if key != "text"}, ROW)
    assert [each.text for each in records(file, MAPPING)] == ["", "早上好"]


def test_mapped_columns_that_are_not_there_are_one_problem_naming_those_that_are() -> None:
    file = lines(ROW, ROW)
    assert read(file, {"time": "when", "text": "body"}) == [
        Problem(
            "unknown_column", "tea.jsonl", 1, {"value": "when, body", "columns": "t, id, thread, author, text, reply"}
        )
    ]
    assert 0.5 < score(file, {"time": "when"}) < 0.6


def test_needed_columns_that_are_not_there_are_one_problem_naming_those_that_are() -> None:
    (problem,) = read(csv("when,x\n1,2\n3,4\n"))
    assert isinstance(problem, Problem)
    assert problem.code == "missing_columns"
    assert problem.data == {"field": "time, text / kind, author_id / author_name", "found": "when, x"}
    assert "when, x" in problem.message.zh
    assert "when, x" in problem.message.en


@pytest.mark.parametrize(
    "header",
    [
        "order_id,user_id,created_at,amount,content",
        "order_id,customer_id,order_date,amount",
        "订单号,用户ID,时间,金额,内容",
        "date,user,product,quantity,message",
        "member_id,name,joined_at",
        "date,channel,cost",
        "a,b",
    ],
)
def test_foreign_tables_are_refused(header: str) -> None:
    file = csv(header + "\n" + ",".join("1" for _ in header.split(",")) + "\n")
    assert score(file) == 0.0
    assert score(file, {"order_id": "order_id", "date_order": "dmy"}) == 0.0


def test_bad_and_cut_json_lines() -> None:
    good = json.dumps(ROW)
    file = file_of_bytes("tea.jsonl", f"{good}\nnonsense\n[1]\n\n{good}\n{good[:20]}".encode())
    got = read(file, MAPPING)
    assert [(each.code, each.line) if isinstance(each, Problem) else each.line for each in got] == [
        1, ("not_a_record", 2), ("not_a_record", 3), 5, ("truncated", 6),
    ]  # fmt: skip


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    file = file_of_bytes(
        "tea.jsonl", b'{"t": 1772328600, "author": "u1", "text": "a\\ud83d", "thread": "\\ud83d\\ude00"}\n'
    )
    assert [row[2:7] for row in records(file)] == [("\U0001f600", "\U0001f600", "", "u1", "a?")]


def test_excel_files_in_gbk_and_utf16() -> None:
    text = "时间,昵称,内容\n2026-03-01 09:30:00,小林,早上好\n"
    for codec in ("gb18030", "utf-16", "utf-8-sig"):
        assert read(file_of_bytes("tea.csv", text.encode(codec))) == read(csv(text))


def test_an_empty_file_says_so() -> None:
    assert read(csv(" \n")) == [Problem("empty_file", "tea.csv")]


@given(st.binary(max_size=200))
def test_any_bytes_below_a_header_end_without_an_exception(data: bytes) -> None:
    for each in read(file_of_bytes("tea.csv", b"time,author_id,text\n" + data)):
        assert isinstance(each, Record) or each.message.zh


@pytest.mark.skipif(not MESHCORE.is_dir(), reason="shared/data/chats/discord-meshcore is not there")
def test_a_real_community_gives_its_published_figures() -> None:
    path = MESHCORE / "messages.jsonl.xz"
    file = file_of_bytes("messages.jsonl", lzma.decompress(path.read_bytes()))
    rows = records(file, MAPPING)
    assert score(file, MAPPING) > 0.5
    assert len(rows) == len(read(file, MAPPING)) == 62_512
    assert len({row.author_id for row in rows}) == 2_539
    assert monthly(rows) == published()


def monthly(records: list[Record]) -> list[tuple[str, int, int, int, int]]:
    """(UTC month, messages, active authors, new ones, those active in the month before too)."""
    messages: defaultdict[str, int] = defaultdict(int)
    active: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        month = f"{record.occurred_at:%Y-%m}"
        messages[month] += 1
        active[month].add(record.author_id)
    rows: list[tuple[str, int, int, int, int]] = []
    before: set[str] = set()
    seen: set[str] = set()
    for month in sorted(active):
        people = active[month]
        rows.append((month, messages[month], len(people), len(people - seen), len(people & before)))
        before, seen = people, seen | people
    return rows


def published() -> list[tuple[str, int, int, int, int]]:
    rows = [line.split("\t") for line in (MESHCORE / "monthly-ground-truth.tsv").read_text().splitlines()[1:]]
    return [(row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows]
