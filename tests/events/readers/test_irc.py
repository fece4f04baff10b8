"""IRC logs: the styles, days and clocks, channels, and the real #ubuntu set."""

import tarfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.irc import read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import Record

ARCHIVE = (
    Path(__file__).parents[3] / ".." / "shared" / "data" / "chats" / "irc-ubuntu" / "irc-disentanglement-raw.tar.xz"
)
IN_UTC = ReadOptions(source_zone=ZoneInfo("UTC"))


def rows(name: str, text: str, options: ReadOptions = IN_UTC) -> list[Record | Problem]:
    return list(read(file_of_bytes(name, text.encode()), options))


def records(name: str, text: str, options: ReadOptions = IN_UTC) -> list[Record]:
    found = rows(name, text, options)
    assert [row for row in found if isinstance(row, Problem)] == []
    return [row for row in found if isinstance(row, Record)]


def said(text: str, name: str = "#tea_20210301.log") -> tuple[str, str, str, str]:
    (record,) = records(name, text)
    return record.kind, record.author_name, record.text, record.other_name


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[09:14] <mei> hello", ("message", "mei", "hello", "")),
        ("[09:14] <mei> ", ("message", "mei", "", "")),
        ("[09:14] <bur[n] er> x", ("message", "bur[n] er", "x", "")),
        ("[09:14] <[set] > x", ("message", "[set]", "x", "")),
        ("[09:14] <mei> \x0304red\x03 \x02bold\x02", ("message", "mei", "red bold", "")),
        ("[09:14] <mei> * tom has joined #tea", ("message", "mei", "* tom has joined #tea", "")),
        ("[09:14]  * mei waves", ("action", "mei", "waves", "")),
        ("[09:14] * mei has joined the club", ("action", "mei", "has joined the club", "")),
        ("[09:14] -mei:#tea- buy", ("notice", "mei", "buy", "")),
        ("=== mei [~m@h]  has joined #tea", ("joined", "mei", "", "")),
        ("=== [PG] mei [n=m@h]  has joined #tea", ("joined", "[PG] mei", "", "")),
        ('=== mei [~m@h[x]]  has left #tea ["see you"]', ("left", "mei", "see you", "")),
        ("=== mei [~m@h] has quit [Ping timeout]", ("left", "mei", "Ping timeout", "")),
        ("=== mei was kicked off #tea by tom (spam)", ("left", "mei", "spam", "tom")),
        ("=== mei is now known as mei|away", ("renamed", "mei", "", "mei|away")),
        ("=== server_ is now known as Bart] ", ("renamed", "server_", "", "Bart]")),
        ("=== mei li is now known as mei", ("notice", "", "mei li is now known as mei", "")),
        ("=== mode/#tea [+o tom]  by ChanServ", ("notice", "", "mode/#tea [+o tom]  by ChanServ", "")),
        ("=== mei entered the room.", ("joined", "mei", "", "")),
        ("=== mei left the room (quit: Client Quit).", ("left", "mei", "quit: Client Quit", "")),
        ("[09:14:02] *** Joins: mei (m@h)", ("joined", "mei", "", "")),
        ("[09:14:02] *** Parts: mei (m@h) (bye)", ("left", "mei", "bye", "")),
        ("[09:14:02] *** Quits: mei (m@h) (Quit: late)", ("left", "mei", "Quit: late", "")),
        ("[09:14:02] *** mei was kicked by tom (spam)", ("left", "mei", "spam", "tom")),
        ("[09:14:02] *** mei is now known as li", ("renamed", "mei", "", "li")),
        ("[09:14:02] *** ChanServ sets mode: +o tom", ("notice", "", "ChanServ sets mode: +o tom", "")),
        ("09:14 < mei> hello", ("message", "mei", "hello", "")),
        ("09:14 <@mei> hello", ("message", "mei", "hello", "")),
        ("09:14  * mei waves", ("action", "mei", "waves", "")),
        ("09:14 -!- mei [~m@h] has joined #tea", ("joined", "mei", "", "")),
        ("09:14 -!- mei was kicked from #tea by tom [spam]", ("left", "mei", "spam", "tom")),
        ("09:14 -!- mei is now known as li", ("renamed", "mei", "", "li")),
        ("2021-03-01 09:14:02\tmei\thello", ("message", "mei", "hello", "")),
        ("2021-03-01 09:14:02\t@mei\thello", ("message", "mei", "hello", "")),
        ("2021-03-01 09:14:02\t *\tmei waves", ("action", "mei", "waves", "")),
        ("2021-03-01 09:14:02\t-->\tmei (~m@h) has joined #tea", ("joined", "mei", "", "")),
        ("2021-03-01 09:14:02\t-->\tmei [acc] (Mei Li) (~m@h) has joined #tea", ("joined", "mei", "", "")),
        ("2021-03-01 09:14:02\t<--\tmei (~m@h) has left #tea (bye)", ("left", "mei", "bye", "")),
        ("2021-03-01 09:14:02\t<--\ttom has kicked mei (spam)", ("left", "mei", "spam", "tom")),
        ("2021-03-01 09:14:02\t--\tmei is now known as li", ("renamed", "mei", "", "li")),
        ("2021-03-01 09:14:02\t--\tMode #tea [+o tom] by mei", ("notice", "", "Mode #tea [+o tom] by mei", "")),
        ("[09:14] * mei (m@h) has joined #tea", ("joined", "mei", "", "")),
        ("[09:14] * mei (m@h) Quit (late)", ("left", "mei", "late", "")),
    ],
)
def test_every_style_of_line(line: str, expected: tuple[str, str, str, str]) -> None:
    assert said(line + "\n") == expected


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2004-12-25.train-c.raw.txt", date(2004, 12, 25)),
        ("2004-11-15_03.raw.txt", date(2004, 11, 15)),
        ("#tea_20200101.log", date(2020, 1, 1)),
        ("freenode/#tea/2020-01-02.log", date(2020, 1, 2)),
        ("2004/12/25/#tea.txt", date(2004, 12, 25)),
        ("tea.log.25Dec2004", date(2004, 12, 25)),
    ],
)
def test_day_from_the_name(name: str, day: date) -> None:
    (record,) = records(name, "[09:14] <mei> hello\n")
    assert record.occurred_at == datetime(day.year, day.month, day.day, 9, 14, tzinfo=UTC)


def test_days_from_lines_and_the_zone_of_the_stamps() -> None:
    text = (
        "--- Log opened Sat Dec 25 23:58:00 2004\n23:58 < mei> a\n--- Day changed Sun Dec 26 2004\n"
        "00:01 < mei> b\n--- Log closed Sun Dec 26 00:02:00 2004\n"
    )
    found = records("tea.log", text, ReadOptions(source_zone=ZoneInfo("Asia/Shanghai")))
    assert [each.occurred_at for each in found] == [
        datetime(2004, 12, 25, 15, 58, tzinfo=UTC),
        datetime(2004, 12, 25, 16, 1, tzinfo=UTC),
    ]


def test_hexchat_stamps_take_their_year_from_the_header_and_go_over_new_year() -> None:
    text = (
        "**** BEGIN LOGGING AT Fri Dec 31 23:50:00 2004\n\n"
        "Dec 31 23:59:58 <mei>\tlate\nJan 01 00:00:02 *\tmei (~m@h) has joined\n"
    )
    found = records("tea.log", text)
    assert [(each.kind, each.author_name, each.occurred_at) for each in found] == [
        ("message", "mei", datetime(2004, 12, 31, 23, 59, 58, tzinfo=UTC)),
        ("joined", "mei", datetime(2005, 1, 1, 0, 0, 2, tzinfo=UTC)),
    ]


def test_a_clock_falling_back_past_midnight_is_the_next_day_and_an_hour_back_is_not() -> None:
    found = records("2021-03-01.log", "[22:00] <a> 1\n[21:10] <a> 2\n[23:59] <a> 3\n[00:01] <a> 4\n")
    assert [each.occurred_at.strftime("%d %H:%M") for each in found] == ["01 22:00", "01 21:10", "01 23:59", "02 00:01"]


def test_a_clock_of_twelve_hours_stays_in_its_day_and_says_so_once() -> None:
    found = rows("2005-07-06.log", "[11:58] <a> 1\n[12:59] <a> 2\n[01:00] <a> 3\n[12:10] <a> 4\n[01:10] <a> 5\n")
    assert [each.occurred_at.day for each in found if isinstance(each, Record)] == [6, 6, 6, 6, 6]
    problems = [each for each in found if isinstance(each, Problem)]
    assert [(each.code, each.line) for each in problems] == [("ambiguous_layout", 3)]
    assert "12:59 → 01:00" in problems[0].message.zh


def test_lines_without_a_stamp_have_the_time_of_the_line_before() -> None:
    found = records("2021-03-01.log", "=== a [x@y] has joined #tea\n[09:14] <a> hello\n=== a is now known as b\n")
    assert [each.occurred_at.strftime("%H:%M") for each in found] == ["00:00", "09:14", "09:14"]
    assert [each.line for each in found] == [1, 2, 3]


def test_no_day_gives_one_problem_and_no_records() -> None:
    found = rows("tea.log", "[09:14] <a> hello\n[09:15] <a> again\n")
    assert [(row.code, row.line) for row in found if isinstance(row, Problem)] == [("bad_time", 0)]
    assert len(found) == 1


def test_lines_that_say_nothing_and_impossible_clocks_are_told() -> None:
    text = "[09:14] <a> hello\nwhat is this\n[25:99] <a> x\n\n[09:15] (a/#tea) y\n9999-12-31 23:59:59\ta\tx\n"
    assert [(row.code, row.line) for row in rows("2021-03-01.log", text) if isinstance(row, Problem)] == [
        ("not_a_record", 2),
        ("impossible_time", 3),
        ("not_a_record", 5),
        ("impossible_time", 6),
    ]


@pytest.mark.parametrize(
    ("name", "text", "channel"),
    [
        ("2021-03-01.log", "[09:14] <a> x\n=== a [m@h]  has joined #Tea\n", "#tea"),
        ("#Tea_20210301.log", "[09:14] <a> x\n", "#tea"),
        ("irc.libera.##c++.2021-03-01.weechatlog", "[09:14] <a> x\n", "##c++"),
        ("net/#tea/2021-03-01.log", "[09:14] <a> x\n", "#tea"),
        ("2021/03/01/%23tea.txt", "[09:14] <a> x\n", "#tea"),
        ("tea-2021-03-01.log", "[09:14] <a> x\n", "tea"),
        ("#tea_20210301.log", "[09:14] <a> paste:\n[09:14] <a> * b has joined #other\n", "#tea"),
    ],
)
def test_the_channel(name: str, text: str, channel: str) -> None:
    assert {each.community for each in records(name, text)} == {channel}


def test_a_nameless_file_takes_the_channel_of_its_folder_or_the_given_name() -> None:
    named = file_of_bytes("logs/2021-03-01.txt", b"=== a [m@h]  has joined #tea\n")
    other = file_of_bytes("elsewhere/2021-03-01.txt", b"=== a [m@h]  has joined #coffee\n")
    nameless = file_of_bytes("logs/2021-03-02.txt", b"[09:14] <a> x\n")
    options = ReadOptions(source_zone=ZoneInfo("UTC"), community="#mine")
    assert [row.community for row in read(nameless, options) if isinstance(row, Record)] == ["#mine"]
    nameless.siblings.update({named.name: named, other.name: other})
    assert [row.community for row in read(nameless, options) if isinstance(row, Record)] == ["#tea"]


def test_tables_of_time_name_and_text_are_claimed_only_weakly() -> None:
    file = file_of_bytes("chat.tsv", b"2021-03-01 09:14:02\tmei\thello\n2021-03-01 09:14:03\ttom\thello\n")
    found = recognise(file, ReadOptions())
    assert found is None or found.key in ("irc", "table")


@given(
    day=st.dates(min_value=date(2004, 1, 1), max_value=date(2030, 1, 1)),
    minute=st.integers(min_value=0, max_value=24 * 60 - 1),
    gaps=st.lists(st.integers(min_value=0, max_value=59), max_size=80),
)
def test_a_log_in_order_gives_back_its_times(day: date, minute: int, gaps: list[int]) -> None:
    times = [datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)]
    for gap in gaps:
        times.append(times[-1] + timedelta(minutes=gap))
    text = "".join(f"[{each:%H:%M}] <a> x\n" for each in times)
    found = records(f"#tea_{day:%Y%m%d}.log", text)
    assert [each.occurred_at for each in found] == times


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


@pytest.fixture(scope="module")
def ubuntu(tmp_path_factory: pytest.TempPathFactory) -> list[File]:
    if not ARCHIVE.exists():
        pytest.skip("the shared IRC data are absent")
    folder = tmp_path_factory.mktemp("irc")
    siblings: dict[str, File] = {}
    with tarfile.open(ARCHIVE) as archive:
        wanted = [
            each
            for each in archive
            if each.name.endswith(".raw.txt") and each.name.split("/")[-2] in ("train", "dev", "test")
        ]
        archive.extractall(folder, members=wanted, filter="data")
    for member in wanted:
        path = folder / member.name
        siblings[member.name] = File(member.name, member.size, partial(_opened, path), "", siblings)
    return [siblings[name] for name in sorted(siblings)]


def test_ubuntu_counts(ubuntu: list[File]) -> None:
    """Kinds by line of file, before facts are told apart by id; every file was sampled from the day it is named by."""
    found = [list(read(file, IN_UTC)) for file in ubuntu]
    everything = [row for rows_of_file in found for row in rows_of_file if isinstance(row, Record)]
    kicked = sum(1 for row in everything if row.kind == "left" and row.other_name)
    counts = Counter(row.kind for row in everything)
    assert (counts["message"], counts["action"], counts["joined"]) == (221_619, 513, 16_956)
    assert (counts["left"] - kicked, kicked, counts["renamed"]) == (2_697, 6, 5_104)
    assert {row.community for row in everything} == {"#ubuntu"}
    first_days = [
        next(row.occurred_at.date() for row in rows_of_file if isinstance(row, Record)) for rows_of_file in found
    ]
    assert (len(ubuntu), len(set(first_days))) == (173, 173)
    assert len({row.occurred_at.date() for row in everything}) == 196
    problems = Counter(row.code for rows_of_file in found for row in rows_of_file if isinstance(row, Problem))
    assert problems == {"ambiguous_layout": 12, "not_a_record": 1}


def test_ubuntu_is_recognised(ubuntu: list[File]) -> None:
    readers = {found.key if (found := recognise(file, ReadOptions())) else None for file in ubuntu[::20]}
    assert readers == {"irc"}


def test_stamps_with_a_date_of_their_own_are_believed_even_backwards() -> None:
    found = records("tea.log", "2021-03-02 20:00:00\ta\tx\n2021-03-02 09:00:00\ta\ty\n2021-03-01 10:00:00\ta\tz\n")
    assert [each.occurred_at.strftime("%d %H") for each in found] == ["02 20", "02 09", "01 10"]
