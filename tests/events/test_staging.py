"""Staging: rows per kind in Parquet, every problem counted, what can't be kept left out with its reason."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.reading import Read, ReadOptions, Yields
from qunyu.events.record import Record
from qunyu.events.rows import MemberRow, OrderLine
from qunyu.events.staging import KEPT_PROBLEMS, Staged, Stager, refusal

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
HEADER = "time,community,author_id,text\n"


def staged(
    folder: Path, files: list[File], yields: Yields | None = None, sources: Mapping[Yields, str] | None = None
) -> Staged:
    result = Staged(folder)
    stager = Stager(result, ReadOptions(), NOW, sources=sources or {}, hashed=lambda phone: f"hash of {phone[-4:]}")
    stager.stage(files, yields)
    stager.close()
    return result


def rows(found: Staged, yields: Yields = "chat") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = pq.read_table(found.parquet(yields)).to_pylist()
    return listed


def chat(name: str, *lines: str) -> File:
    return file_of_bytes(name, (HEADER + "".join(f"{line}\n" for line in lines)).encode())


def test_rows_carry_their_file_their_line_and_a_running_number(tmp_path: Path) -> None:
    first = chat("a.csv", "2026-03-01 10:00,tea,u1,one", "2026-03-01 10:01,tea,u2,two")
    found = staged(tmp_path, [first, chat("b.csv", "2026-03-01 10:02,tea,u1,three")])
    assert found.rows == Counter(chat=3)
    assert found.formats == Counter(plain=2)
    assert found.files == ["a.csv", "b.csv"]
    keys = ("position", "file", "line", "source", "text")
    assert [tuple(row[key] for key in keys) for row in rows(found)] == [
        (0, 0, 2, "plain", "one"),
        (1, 0, 3, "plain", "two"),
        (2, 1, 2, "plain", "three"),
    ]
    assert rows(found)[0]["occurred_at"] == datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def test_a_platform_that_somebody_told_counts(tmp_path: Path) -> None:
    found = staged(tmp_path, [chat("a.csv", "2026-03-01 10:00,tea,u1,one")], sources={"chat": "wecom"})
    assert {row["source"] for row in rows(found)} == {"wecom"}


def test_all_problems_are_counted_and_the_first_thousand_kept(tmp_path: Path) -> None:
    lines = [f"no time {number},tea,u1,x" for number in range(KEPT_PROBLEMS + 500)]
    found = staged(tmp_path, [chat("a.csv", "2026-03-01 10:00,tea,u1,one", *lines)])
    assert found.problem_counts == Counter(bad_time=KEPT_PROBLEMS + 500)
    assert len(found.problems) == KEPT_PROBLEMS
    assert found.problems[0] == Problem("bad_time", "a.csv", 3, {"value": "no time 0"})
    assert found.rows == Counter(chat=1)


def test_times_in_the_future_and_before_any_chat_are_problems(tmp_path: Path) -> None:
    lines = (
        "2026-03-21 11:59:59,tea,u1,a clock that runs ahead",
        "2026-03-21 12:00:01,tea,u1,the day after tomorrow",
        "2126-03-01 10:00:00,tea,u1,a century ahead",
        "1970-01-01 08:00:00,tea,u1,the first moment",
        "1969-12-31 23:00:00,tea,u1,before it",
        "0001-01-01T00:00:00Z,tea,u1,long before it",
    )
    found = staged(tmp_path, [chat("a.csv", *lines)])
    assert [row["text"] for row in rows(found)] == ["a clock that runs ahead", "the first moment"]
    assert [(each.code, each.line) for each in found.problems] == [
        ("future_time", 3),
        ("future_time", 4),
        ("impossible_time", 6),
        ("impossible_time", 7),
    ]
    assert found.problems[0].data == {"value": "2026-03-21 12:00:01+08:00"}


def test_times_of_tables_are_checked_too(tmp_path: Path) -> None:
    orders = "order_id,customer,ordered_at,amount\n1,c,2026-04-01,5\n2,c,2026-03-01,5\n"
    found = staged(tmp_path, [file_of_bytes("o.csv", orders.encode())], "orders")
    assert ([row["order_id"] for row in rows(found, "orders")], found.problem_counts) == (["2"], {"future_time": 1})


def test_members_who_will_have_left_are_refused(tmp_path: Path) -> None:
    text = "群名称,成员昵称,入群时间,退群时间\ntea,小茶,2026-03-01,2027-03-01\ntea,阿福,2026-03-01,\n"
    found = staged(tmp_path, [file_of_bytes("m.csv", text.encode())], "members")
    assert ([row["name"] for row in rows(found, "members")], found.problem_counts) == (["阿福"], {"future_time": 1})


def test_files_nobody_can_read_are_named(tmp_path: Path) -> None:
    files = [file_of_bytes("empty.csv", b""), file_of_bytes("cat.jpg", b"\xff\xd8\xff\xe0JFIF")]
    found = staged(tmp_path, [*files, chat("a.csv", "2026-03-01 10:00,tea,u1,one")])
    assert found.problems == [Problem("empty_file", "empty.csv"), Problem("unknown_format", "cat.jpg")]
    assert found.files == ["a.csv"]


def test_nothing_is_written_when_nothing_is_read(tmp_path: Path) -> None:
    found = staged(tmp_path, [file_of_bytes("cat.jpg", b"\xff\xd8")])
    assert (found.rows, list(tmp_path.glob("*.parquet"))) == (Counter(), [])


def slack_folder() -> list[File]:
    message = {"type": "message", "user": "U1", "text": "hi", "ts": "1772330400.000100"}
    people = [{"id": "U1", "name": "mei", "profile": {"display_name": "Mei"}}]
    contents: dict[str, Any] = {
        "channels.json": [{"id": "C1", "name": "tea", "members": ["U1"]}],
        "users.json": people,
        "integration_logs.json": [],
        "tea/2026-03-01.json": [message],
    }
    siblings: dict[str, File] = {}
    for name, content in contents.items():
        data = json.dumps(content).encode()
        siblings[name] = File(name, len(data), file_of_bytes(name, data).opener, "", siblings)
    return list(siblings.values())


def test_companions_of_a_format_are_no_problem(tmp_path: Path) -> None:
    found = staged(tmp_path, slack_folder())
    assert (found.files, found.problems) == (["tea/2026-03-01.json"], [])
    assert [(row["author_id"], row["author_name"], row["text"]) for row in rows(found)] == [("U1", "Mei", "hi")]


def test_companions_without_their_format_are_unknown_files(tmp_path: Path) -> None:
    found = staged(tmp_path, slack_folder()[:3])
    assert found.problem_counts == Counter(unknown_format=3)


def test_a_file_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    packed = lzma.compress((HEADER + "2026-03-01 10:00,tea,u1,one\n" * 200_000).encode(), preset=0)
    path = tmp_path / "a.csv.xz"
    path.write_bytes(packed[: len(packed) // 2])
    found = staged(tmp_path, [File("a.csv", -1, lambda: lzma.open(path))])  # type: ignore[arg-type,return-value]  # noqa: SIM115
    assert found.problem_counts == Counter(truncated=1)
    assert 0 < found.rows["chat"] < 200_000


def test_phones_are_staged_as_their_hashes(tmp_path: Path) -> None:
    text = "order_id,手机号,ordered_at,amount\n1,138 0013 8000,2026-03-01,5\n2,139****0000,2026-03-01,5\n"
    found = staged(tmp_path, [file_of_bytes("o.csv", text.encode())], "orders")
    assert [row["phone"] for row in rows(found, "orders")] == ["hash of 8000", ""]


def test_amounts_are_exact_to_eight_places_and_absurd_ones_refused(tmp_path: Path) -> None:
    text = (
        "order_id,customer,ordered_at,unit_price,quantity\n"
        "1,c,2026-03-01,0.1,3\n"
        "2,c,2026-03-01,0.12345678,0.333333333\n"
        "3,c,2026-03-01,999999999999999,999999999\n"
    )
    found = staged(tmp_path, [file_of_bytes("o.csv", text.encode())], "orders")
    kept = [(row["order_id"], row["amount"], row["quantity"]) for row in rows(found, "orders")]
    assert kept == [
        ("1", Decimal("0.3"), Decimal(3)),
        ("2", Decimal("0.04115226"), Decimal("0.33333333")),
    ]
    assert [(each.code, each.line, each.data["field"]) for each in found.problems] == [("bad_number", 4, "amount")]


def test_problems_hold_no_nul(tmp_path: Path) -> None:
    found = Staged(tmp_path)
    found.note(Problem("bad_time", "a\0.csv", 3, {"value": "2026\0-13"}))
    assert found.problems == [Problem("bad_time", "a\ufffd.csv", 3, {"value": "2026\ufffd-13"})]


def test_no_head_is_held_of_a_file_that_was_read(tmp_path: Path) -> None:
    files = [chat(f"{n}.csv", f"2026-03-01 10:0{n},tea,u1,x") for n in range(3)]
    files += [file_of_bytes("cat.jpg", b"\xff\xd8\xff\xe0JFIF"), *slack_folder()]
    staged(tmp_path, files)
    assert [name for file in files for name in vars(file) if name in ("head", "head_text")] == []


PACKED = io.BytesIO()
with zipfile.ZipFile(PACKED, "w") as _archive:
    _archive.writestr("chat.txt", "x")
NESTED = {
    "chats/inner.zip": PACKED.getvalue(),
    "inner.tgz": gzip.compress(b"x"),
    "inner.rar": b"Rar!\x1a\x07\x01\0",
    "INNER.7Z": b"7z\xbc\xaf\x27\x1c\0\4",
}


@pytest.mark.parametrize("name", list(NESTED))
@pytest.mark.parametrize("yields", [None, "orders"])
def test_an_archive_within_an_archive_is_told(tmp_path: Path, name: str, yields: Yields | None) -> None:
    found = staged(tmp_path, [file_of_bytes(name, NESTED[name])], yields)
    assert found.problems == [Problem("nested_archive", name)]
    assert "unpack it" in found.problems[0].message.en


def test_a_document_that_is_a_zip_is_no_archive(tmp_path: Path) -> None:
    found = staged(tmp_path, [file_of_bytes("letter.docx", PACKED.getvalue())])
    assert found.problems == [Problem("unknown_format", "letter.docx")]


ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (Record("message", AT, "c", "c", "u", "u"), None),
        (
            Record("message", AT.replace(year=2030), "c", "c", "u", "u", line=4),
            Problem("future_time", "f", 4, {"value": "2030-03-01 08:00:00+08:00"}),
        ),
        (
            OrderLine("1", "c", AT.replace(year=1960), Decimal(1), line=2),
            Problem("impossible_time", "f", 2, {"value": "1960-03-01 08:00:00+08:00"}),
        ),
        (
            OrderLine("1", "c", AT, Decimal(10) ** 13, line=2),
            Problem("bad_number", "f", 2, {"field": "amount", "value": "10000000000000"}),
        ),
        (MemberRow("c", "u", "u"), None),
        (Problem("bad_time", "f", 1, {"value": "x"}), None),
    ],
)
def test_why_a_row_is_not_kept(row: Read, problem: Problem | None) -> None:
    assert refusal(row, "f", ZONE, NOW) == problem
