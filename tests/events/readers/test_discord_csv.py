"""DiscordChatExporter CSV: both delimiters, with and without ids, dates as computers wrote them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.discord_csv import READERS, read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import Record

NEW = "AuthorID,Author,Date,Content,Attachments,Reactions\n"
OLD = "Author;Date;Content;Attachments;Reactions\n"
NAME = "Tea House - Rooms - green [800000000000000002].csv"
UTC_ZONE = ReadOptions(source_zone=ZoneInfo("UTC"))


def rows(text: str, options: ReadOptions = UTC_ZONE) -> list[Record | Problem]:
    return list(read(file_of_bytes(NAME, text.encode()), options))


def dates(*written: str, options: ReadOptions = UTC_ZONE) -> tuple[list[str], list[str]]:
    found = rows(OLD + "".join(f'"Ann#0001";"{each}";"x";"";""\n' for each in written), options)
    times = [row.occurred_at.strftime("%Y-%m-%d %H:%M") for row in found if isinstance(row, Record)]
    return times, [row.code for row in found if isinstance(row, Problem)]


def test_the_newer_dialect() -> None:
    text = NEW + '"7","ann","2024-05-06T07:08:09.1230000+02:00","a ""b""\nc","u/a.png,u/b.txt","🍵 (2),x (1)"\n'
    assert rows(text) == [
        Record(
            "message",
            datetime(2024, 5, 6, 5, 8, 9, 123000, tzinfo=UTC),
            "800000000000000002",
            "Tea House / green",
            "7",
            "ann",
            'a "b"\nc',
            "",
            "image",
            meta={"files": 2, "reactions": {"🍵": 2, "x": 1}},
            line=2,
        )
    ]


@pytest.mark.parametrize("header", [OLD, "Author;Date;Content;Attachments;Reactions;\n"])
def test_the_older_dialect_has_names_only(header: str) -> None:
    found = rows(header + '"Ann#0001";"25-Dec-19 09:14 PM";"hello; you";"";"";\n')
    assert found == [
        Record(
            "message",
            datetime(2019, 12, 25, 21, 14, tzinfo=UTC),
            "800000000000000002",
            "Tea House / green",
            "",
            "Ann#0001",
            "hello; you",
            "",
            "text",
            line=2,
        )
    ]


def test_semicolons_with_ids() -> None:
    (found,) = rows('AuthorID;Author;Date;Content;Attachments;Reactions;\n"7";"Ann#1";"2020-01-02 03:04";"x";"";"";\n')
    assert isinstance(found, Record)
    assert (found.author_id, found.author_name) == ("7", "Ann#1")


def test_the_order_of_day_and_month_is_found_in_the_whole_file() -> None:
    assert dates("1/2/2020 9:14 PM", "1/25/2020 9:15 PM") == (["2020-01-02 21:14", "2020-01-25 21:15"], [])
    assert dates("01/02/2020 21:14", "25/02/2020 21:15") == (["2020-02-01 21:14", "2020-02-25 21:15"], [])
    assert dates("01.02.2020 21:14") == (["2020-02-01 21:14"], [])
    assert dates("2020/2/1 21:14", "2020-02-01 9:14 p.m.") == (["2020-02-01 21:14", "2020-02-01 21:14"], [])


def test_an_order_nothing_shows_is_told_or_can_be_said() -> None:
    assert dates("01/02/2020 21:14") == (["2020-01-02 21:14"], ["ambiguous_dates"])
    told = ReadOptions(source_zone=ZoneInfo("UTC"), columns={"date_order": "dmy"})
    assert dates("01/02/2020 21:14", options=told) == (["2020-02-01 21:14"], [])


def test_system_lines() -> None:
    texts = ("Joined the server.", "Added tom to the group.", "Removed tom from the group.", "Pinned a message.", "Hi.")
    found = rows(NEW + "".join(f'"7","ann","2024-05-06T07:08:09+00:00","{each}","",""\n' for each in texts))
    assert [(row.kind, row.author_name, row.author_id, row.other_name) for row in found if isinstance(row, Record)] == [
        ("joined", "ann", "7", ""),
        ("joined", "tom", "", "ann"),
        ("left", "tom", "", "ann"),
        ("notice", "ann", "7", ""),
        ("message", "ann", "7", ""),
    ]


def test_bad_rows_are_told() -> None:
    found = rows(NEW + '"7","ann"\n"7","ann","soon","x","",""\n"7","ann","2024-13-45T00:00:00","x","",""\n')
    assert [(row.code, row.line) for row in found if isinstance(row, Problem)] == [
        ("not_a_record", 2),
        ("bad_time", 3),
        ("impossible_time", 4),
    ]


@pytest.mark.parametrize("header", ["Author,Date,Content\n", "Author;Date;Content;Attachments;Likes\n", "a,b\n"])
def test_other_headers_are_not_claimed(header: str) -> None:
    file = file_of_bytes("x.csv", header.encode() + b"1,2\n")
    assert READERS[0].recognise(file, ReadOptions()) == 0.0
    assert [row.code for row in read(file, ReadOptions()) if isinstance(row, Problem)] == ["unknown_format"]


def test_excels_bom_is_no_obstacle() -> None:
    file = file_of_bytes(NAME, b"\xef\xbb\xbf" + (NEW + '"7","ann","2024-05-06T07:08:09Z","x","",""\n').encode())
    assert recognise(file, ReadOptions()) is READERS[0]
    assert len(list(read(file, ReadOptions()))) == 1
