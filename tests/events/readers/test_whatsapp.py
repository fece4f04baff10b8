"""WhatsApp's exports in every date style and language we know, and what must not be taken for one."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers import whatsapp
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.record import CONTENTS, Record

SAMPLES = Path(__file__).parents[3] / ".." / "shared" / "data" / "exports" / "whatsapp"
NAME = "WhatsApp Chat with Tea lovers.txt"
LRM, NARROW = "\u200e", "\u202f"
UTC_ZONE = ZoneInfo("UTC")


def rows(text: str, name: str = NAME, **options: Any) -> list[Record | Problem]:
    return list(whatsapp.read(file_of_bytes(name, text.encode()), ReadOptions(**{"source_zone": UTC_ZONE, **options})))


def records(text: str, name: str = NAME, **options: Any) -> list[Record]:
    return [row for row in rows(text, name, **options) if isinstance(row, Record)]


def problems(text: str, **options: Any) -> list[tuple[str, int]]:
    return [(row.code, row.line) for row in rows(text, **options) if isinstance(row, Problem)]


def sample_names() -> list[str]:
    return sorted(path.name for path in SAMPLES.glob("*.txt")) or ["absent"]


@pytest.mark.parametrize("name", sample_names())
def test_samples_give_their_target(name: str) -> None:
    if not SAMPLES.exists():
        pytest.skip("../shared/data/exports/whatsapp is absent")
    zone = ZoneInfo("Europe/Berlin")
    file = file_of_bytes(name, (SAMPLES / name).read_bytes())
    found = recognise(file, ReadOptions(source_zone=zone))
    assert found is not None
    assert found.key == "whatsapp"
    read = list(whatsapp.read(file, ReadOptions(source_zone=zone)))
    said = [row for row in read if isinstance(row, Record) and row.kind == "message"]
    got = [
        {
            "timestamp": row.occurred_at.astimezone(zone).replace(tzinfo=None).isoformat(),
            "author": row.author_name,
            "message": " ".join(row.text.split()),
        }
        for row in reversed(said)
    ]
    assert got == json.loads((SAMPLES / "target.json").read_text("utf-8"))
    others = [(row.kind, row.text) for row in read if isinstance(row, Record) and row.kind != "message"]
    assert others == [
        ("notice", "John Doe:."),
        ("notice", '+12 345 578 created group "Groupname"'),
        ("notice", "You were added"),
    ]
    assert not [row for row in read if isinstance(row, Problem)]


STYLES = {
    "31/12/23, 21:05 - ": "dmy",
    "12/31/23, 21:05 - ": "mdy",
    "12/31/23, 9:05 PM - ": "mdy",
    f"12/31/23, 9:05{NARROW}PM - ": "mdy",
    "12/31/2023, 9:05 pm - ": "mdy",
    "31/12/2023 9:05 p. m. - ": "dmy",
    "31/12/2023, 9:05 p.\u00a0m. - ": "dmy",
    "31/12/2023, 9:05 p.m. - ": "dmy",
    "31.12.23, 21:05 - ": "dmy",
    "31.12.2023 um 21:05 - ": "dmy",
    "31-12-2023 21:05 - ": "dmy",
    "2023-12-31, 21:05 - ": "ymd",
    "2023/12/31, 21:05 - ": "ymd",
    "2023/12/31 21:05 - ": "ymd",
    "2023/12/31 下午9:05 - ": "ymd",
    "31/12/2023 21:05: ": "dmy",
    "[31/12/23 21:05] ": "dmy",
    "[31/12/2023, 21:05:00] ": "dmy",
    "[31.12.23, 21:05:00] ": "dmy",
    f"{LRM}[31.12.23, 21:05:00] ": "dmy",
    f"[12/31/23, 9:05:00{NARROW}PM] ": "mdy",
    f"{LRM}[12/31/23, 9:05:00 PM] {LRM}": "mdy",
    "[2023/12/31 下午9:05:00] ": "ymd",
    "[2023/12/31 21:05:00] ": "ymd",
    "[2023/12/31, 晚上9:05:00] ": "ymd",
    "[2023. 12. 31. 오후 9:05:00] ": "ymd",
    "[31/12/2023, 21.05.00] ": "dmy",
}


@pytest.mark.parametrize("head", STYLES)
def test_every_style_gives_the_same_message(head: str) -> None:
    (row,) = rows(f"{head}Lin Mei: so: late\nand more\n")
    assert row == Record(
        "message",
        datetime(2023, 12, 31, 21, 5, tzinfo=UTC),
        "Tea lovers",
        "Tea lovers",
        "",
        "Lin Mei",
        "so: late\nand more",
        subject="text",
        line=1,
    )


@pytest.mark.parametrize("head", STYLES)
def test_every_style_is_recognised(head: str) -> None:
    file = file_of_bytes(NAME, f"{head}Lin: hello\n".encode())
    assert whatsapp.recognise(file, ReadOptions()) == 1.0


@pytest.mark.parametrize(
    ("time", "hour", "minute"),
    [
        ("12:30 AM", 0, 30),
        ("12:30 PM", 12, 30),
        ("1:05 PM", 13, 5),
        ("00:08 a. m.", 0, 8),
        ("13:08 PM", 13, 8),
        ("上午12:01", 0, 1),
        ("下午12:01", 12, 1),
        ("中午12:01", 12, 1),
        ("中午1:01", 13, 1),
        ("凌晨3:01", 3, 1),
        ("晚上11:59", 23, 59),
    ],
)
def test_halves_of_the_day(time: str, hour: int, minute: int) -> None:
    (row,) = records(f"2023/12/31 {time} - Lin: hi\n")
    assert row.occurred_at == datetime(2023, 12, 31, hour, minute, tzinfo=UTC)


class TestDateOrder:
    def test_one_number_above_twelve_decides_for_all(self) -> None:
        text = "01/02/23, 10:00 - A: x\n01/03/23, 10:00 - A: y\n01/31/23, 10:00 - A: z\n"
        assert [row.occurred_at.month for row in records(text)] == [1, 1, 1]
        assert problems(text) == []

    def test_it_may_stand_at_the_very_end_of_a_long_file(self) -> None:
        days = [f"{day:02}/01/23, 10:00 - A: x" for day in range(1, 13)] * 200
        text = "\n".join([*days, "13/01/23, 10:00 - A: x"])
        assert {row.occurred_at.month for row in records(text)} == {1}

    def test_else_time_runs_forward(self) -> None:
        text = "05/02/23, 10:00 - A: x\n03/03/23, 10:00 - A: y\n01/04/23, 10:00 - A: z\n"
        assert problems(text) == []
        assert [row.occurred_at.month for row in records(text)] == [2, 3, 4]

    def test_and_forward_with_the_month_first(self) -> None:
        text = "2/5/23, 10:00 - A: x\n3/3/23, 10:00 - A: y\n4/1/23, 10:00 - A: z\n"
        assert problems(text) == []
        assert [row.occurred_at.month for row in records(text)] == [2, 3, 4]

    def test_else_the_day_is_guessed_to_come_first_and_the_reader_says_so(self) -> None:
        found = rows("01/02/23, 10:00 - A: x\n")
        assert found[0] == Problem("ambiguous_dates", NAME, 0, {"chosen": "dmy"})
        assert isinstance(found[1], Record)
        assert found[1].occurred_at.month == 2

    def test_dots_stand_in_no_country_between_month_and_day(self) -> None:
        assert problems("01.02.23, 10:00 - A: x\n") == []
        assert records("01.02.23, 10:00 - A: x\n")[0].occurred_at.month == 2

    @pytest.mark.parametrize(("order", "date"), [("dmy", (2003, 2, 1)), ("mdy", (2003, 1, 2)), ("ymd", (2001, 2, 3))])
    def test_the_option_overrules(self, order: str, date: tuple[int, int, int]) -> None:
        text = "01/02/03, 10:00 - A: x\n"
        (row,) = records(text, columns={"date_order": order})
        assert (row.occurred_at.year, row.occurred_at.month, row.occurred_at.day) == date
        assert problems(text, columns={"date_order": order}) == []

    def test_an_option_that_is_no_order_changes_nothing(self) -> None:
        assert problems("01/02/03, 10:00 - A: x\n", columns={"date_order": "dym"}) == [("ambiguous_dates", 0)]

    @given(st.dates(datetime(2010, 1, 13).date(), datetime(2040, 1, 1).date()), st.sampled_from("/.-"), st.booleans())  # noqa: DTZ001
    def test_a_day_above_twelve_is_read_back_in_either_order(self, day: object, separator: str, american: bool) -> None:
        date = day.replace(day=max(day.day, 13))  # type: ignore[attr-defined]
        parts = (date.month, date.day) if american else (date.day, date.month)
        (row,) = records(f"{separator.join(map(str, (*parts, date.year)))}, 10:00 - A: x\n")
        assert row.occurred_at.date() == date


class TestWrongLines:
    def test_impossible_dates_and_times_name_their_line_and_take_their_continuation_with_them(self) -> None:
        text = (
            "30/01/2020, 10:00 - A: x\n31/02/2020, 10:00 - A: y\ny2\n"
            "30/01/2020, 25:00 - A: z\n30/01/2020, 11:00 - A: w\n"
        )
        assert problems(text) == [("impossible_time", 2), ("impossible_time", 4)]
        assert [row.text for row in records(text)] == ["x", "w"]
        wrong = [row for row in rows(text) if isinstance(row, Problem)]
        assert wrong[0].data == {"value": "31/02/2020 10:00"}

    def test_lines_before_the_first_message_belong_to_none(self) -> None:
        assert problems("what is this\n\n30/01/2020, 10:00 - A: x\n") == [("not_a_record", 1)]

    def test_a_colon_without_a_space_makes_no_message(self) -> None:
        (row,) = records("30/01/2020, 10:00 - John Doe:.\n")
        assert (row.kind, row.text, row.author_name) == ("notice", "John Doe:.", "")

    def test_a_known_author_may_have_said_nothing(self) -> None:
        said = records("30/01/2020, 10:00 - A: x\n30/01/2020, 10:01 - A:\n")
        assert [(row.kind, row.author_name, row.text) for row in said] == [("message", "A", "x"), ("message", "A", "")]

    def test_a_year_beyond_the_calendar(self) -> None:
        assert problems("0000/01/01, 10:00 - A: x\n", columns={"date_order": "ymd"}) == [("impossible_time", 1)]
        assert problems("9999/12/31, 23:00 - A: x\n", source_zone=ZoneInfo("America/New_York")) == [
            ("impossible_time", 1)
        ]

    def test_a_message_without_end_is_cut_off_not_kept(self) -> None:
        text = "30/01/2020, 10:00 - A: x\n" + ("y" * 1000 + "\n") * 300 + "30/01/2020, 10:01 - A: z\n"
        said = records(text)
        assert len(said[0].text) < 270_000
        assert said[1].text == "z"
        assert {code for code, _ in problems(text)} == {"not_a_record"}

    @given(st.text(max_size=300))
    def test_nothing_raises(self, text: str) -> None:
        for row in rows("30/01/2020, 10:00 - A: " + text + "\n[30/01/2020, 10:00:01] " + text):
            assert not isinstance(row, Record) or row.subject in ("", *CONTENTS)

    def test_a_change_of_the_clocks_is_honoured(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        text = "26/03/2023, 01:30 - A: x\n26/03/2023, 03:30 - A: y\n27/03/2023, 03:30 - A: z\n"
        assert [row.occurred_at for row in records(text, source_zone=zone)] == [
            datetime(2023, 3, 26, 0, 30, tzinfo=UTC),
            datetime(2023, 3, 26, 1, 30, tzinfo=UTC),
            datetime(2023, 3, 27, 1, 30, tzinfo=UTC),
        ]

    def test_two_styles_in_one_file(self) -> None:
        text = "30/01/2020, 10:00 - A: x\n[31/01/2020, 10:00:05] B: y\n31/01/2020, 10:01 - A: z\n"
        assert [(row.author_name, row.text) for row in records(text)] == [("A", "x"), ("B", "y"), ("A", "z")]


@pytest.mark.parametrize(
    ("name", "container", "group"),
    [
        ("WhatsApp Chat with Tea lovers.txt", "", "Tea lovers"),
        ("in/WhatsApp Chat with Tea lovers (1).txt", "", "Tea lovers"),
        ("WhatsApp Chat with Tea lovers.txt (2).txt", "", "Tea lovers"),
        ("WhatsApp_Chat_with_Tea_lovers.txt", "", "Tea lovers"),
        ("_chat.txt", "WhatsApp Chat - Tea lovers.zip", "Tea lovers"),
        ("_chat.txt", "WhatsApp Chat - Tea lovers (3).zip", "Tea lovers"),
        ("与茶友会的 WhatsApp 聊天.txt", "", "茶友会"),
        ("與茶友會的 WhatsApp 對話.txt", "", "茶友會"),
        ("WhatsApp Chat mit Tee & Co.txt", "", "Tee & Co"),
        ("WhatsApp-Chat mit Tee.txt", "", "Tee"),
        ("Chat de WhatsApp con Té.txt", "", "Té"),
        ("_chat.txt", "", "_chat"),
        ("tea.txt", "backup.zip", "tea"),
    ],
)
def test_the_group_is_called_as_the_file_says(name: str, container: str, group: str) -> None:
    data = b"30/01/2020, 10:00 - A: x\n"
    file = File(name, len(data), file_of_bytes(name, data).opener, container)
    (row,) = whatsapp.read(file, ReadOptions())
    assert isinstance(row, Record)
    assert (row.community, row.community_name) == (group, group)


def test_a_nameless_group_takes_the_name_it_is_given() -> None:
    text = "30/01/2020, 10:00 - A: x\n"
    assert records(text, "_chat.txt", community="Tea")[0].community == "Tea"
    assert records(text, community="Tea")[0].community == "Tea lovers"


OTHERS = {
    "qq": "2024-01-01 12:00:00 茶友(12345)\n大家好\n\n2024-01-01 12:00:05 小明(67890)\n早: 上好\n",
    "wechat": "2024-01-01 12:00:00 茶友\n大家好\n\n2024-01-01 12:00:05 小明\n早: 上好\n",
    "line": "[LINE] Chat history with Tea\nSaved on: 2024/01/01, 12:00\n\nMon, 01/01/2024\n12:00\tLin\thello: you\n",
    "signal": "[2019-12-24, 12:23] Jane: Hello: John!\n",
    "signal with seconds": "[2019-12-24 12:23:10] Jane: Hello: John!\n",
    "log": "2024-01-01 12:00:00 - INFO: started\n2024-01-01 12:00:01 - INFO: stopped\n",
    "csv": "date,author,text\n30/01/2020,A,x: y\n",
    "discord": "[30/01/2020 10:00] lin\nhello there\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_others_write_is_not_claimed(name: str) -> None:
    assert whatsapp.recognise(file_of_bytes("chat.txt", OTHERS[name].encode()), ReadOptions()) == 0.0


def test_a_swedish_iphone_is_told_from_signal_by_the_name_or_the_marks() -> None:
    text = "[2019-12-24 12:23:10] Jane: Hello!\n"
    assert whatsapp.recognise(file_of_bytes("_chat.txt", text.encode()), ReadOptions()) == 1.0
    marked = f"{text}[2019-12-24 12:23:11] Jane: {LRM}image omitted\n"
    assert whatsapp.recognise(file_of_bytes("chat.txt", marked.encode()), ReadOptions()) == 0.9


def test_reading_streams() -> None:
    data = b"".join(b"%02d/01/2020, 10:00 - A: x\n" % day for day in range(1, 32)) * 1000
    got: Iterator[Record | Problem] = whatsapp.read(file_of_bytes(NAME, data), ReadOptions())
    assert isinstance(next(got), Record)
    assert sum(1 for _ in got) == 31_000 - 1
