"""Times in cells: every usual spelling, the zone they are in, and times that do not exist."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.cell_times import DateOrder, date_order, day, is_year_last, moment
from qunyu.events.cells import Unreadable

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE_FIVE = datetime(2026, 3, 1, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 09:05:00",
        "2026-03-01T09:05:00",
        "2026-03-01 09:05",
        "2026-03-01 09:05:00.000",
        "2026/3/1 9:05",
        "2026.3.1 9:05",
        "2026年3月1日 9:05",
        "2026年3月1日9时5分",
        "2026年03月01日 09时05分00秒",
        "2026-03-01 上午9:05",
        "2026-3-1 9:05 AM",
        "3/1/2026 9:05",
        "3/1/2026 9:05:00 AM",
        "3/1/26 9:05",
        "01.03.2026 09:05",
        "20260301 09:05",
        "202603010905",
        "20260301090500",
        "20260301T090500",
        "2026-03-01T01:05:00Z",
        "2026-03-01 01:05:00 UTC",
        "2026-03-01 02:05:00 +0100",
        "2026-03-01T09:05:00+08:00",
        "46082.378472222219",
        "1772327100",
        "1772327100000",
        "\t2026-03-01 09:05:00 ",
        "2026-03-01　09:05",
    ],
)
def test_moment(text: str) -> None:
    assert moment(text, SHANGHAI) == NINE_FIVE


def test_a_day_is_its_midnight_in_the_source_zone() -> None:
    assert moment("20260301", SHANGHAI) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert moment("46082", SHANGHAI) == datetime(2026, 2, 28, 16, tzinfo=UTC)


def test_afternoons() -> None:
    assert moment("2026-03-01 下午2:30", SHANGHAI) == datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    assert moment("3/1/2026 12:10 AM", SHANGHAI) == datetime(2026, 2, 28, 16, 10, tzinfo=UTC)
    assert moment("3/1/2026 12:10 PM", SHANGHAI) == datetime(2026, 3, 1, 4, 10, tzinfo=UTC)
    assert moment("2026-03-01 中午12:30", SHANGHAI) == datetime(2026, 3, 1, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-02-30 10:00:00", "2026/13/1", "2026-03-01 25:00", "20260230", "2/30/2026", "2026-03-01 9:61",
     "0001-01-01 00:00:00", "2026-03-01 13:00 PM"],
)  # fmt: skip
def test_what_does_not_exist_is_said_to_be_impossible(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        moment(text, SHANGHAI)
    assert caught.value.code == "impossible_time"
    assert caught.value.data == {"value": text}


@pytest.mark.parametrize("text", ["yesterday", "合计", "12", "2026", "2026-03", "9:05", "2026-03-01 some day", "1e5"])
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        moment(text, SHANGHAI)
    assert caught.value.code == "bad_time"


@pytest.mark.parametrize(("order", "month"), [("mdy", 3), ("dmy", 4)])
def test_the_order_decides_between_day_and_month(order: DateOrder, month: int) -> None:
    assert moment("3/4/2026", ZoneInfo("UTC"), order).month == month


def test_dates_show_their_order() -> None:
    assert date_order(["3/4/2026", "13/4/2026"]) == ("dmy", False)
    assert date_order(["3/4/2026", "4/13/2026 9:00"]) == ("mdy", False)
    assert date_order(["3/4/2026"]) == ("mdy", True)
    assert date_order(["2026-03-04", ""]) == ("mdy", False)
    assert is_year_last("3/4/2026 9:05")
    assert not is_year_last("2026/3/4")
    assert not is_year_last("04.03.2026")


def test_day_keeps_the_day_written_unless_another_zone_is() -> None:
    assert day("2026-03-01", SHANGHAI) == date(2026, 3, 1)
    assert day("2026-03-01T20:00:00Z", SHANGHAI) == date(2026, 3, 2)


@given(st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2099-12-31")))
def test_every_spelling_of_a_second_is_the_same_second(at: datetime) -> None:
    at = at.replace(microsecond=0)
    spellings = [
        at.isoformat(" "),
        f"{at:%Y/%m/%d %H:%M:%S}",
        f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}",
        f"{at:%m/%d/%Y %I:%M:%S %p}",
        f"{at:%Y%m%d%H%M%S}",
    ]
    assert {moment(text, UTC) for text in spellings} == {at.replace(tzinfo=UTC)}
