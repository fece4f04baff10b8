"""Times as chat exports write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.wall_clock import read_time

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T09:30:00+08:00", utc(2026, 3, 1, 1, 30)),
        ("2026-03-01T01:30:00Z", utc(2026, 3, 1, 1, 30)),
        ("2026-03-01 09:30:00", utc(2026, 3, 1, 1, 30)),
        ("2026-03-01 9:05:01", utc(2026, 3, 1, 1, 5, 1)),
        ("2019-09-23 8:43:38 PM", utc(2019, 9, 23, 12, 43, 38)),
        ("2019-09-24 12:05:00 AM", utc(2019, 9, 23, 16, 5)),
        ("2026/3/1 9:30", utc(2026, 3, 1, 1, 30)),
        ("2026年3月1日 下午3:04", utc(2026, 3, 1, 7, 4)),
        ("1772328600", utc(2026, 3, 1, 1, 30)),
        ("1772328600123", utc(2026, 3, 1, 1, 30, 0, 123000)),
        ("1772328600123456", utc(2026, 3, 1, 1, 30, 0, 123456)),
        ("1772328600.25", utc(2026, 3, 1, 1, 30, 0, 250000)),
        # Thirteen digits that datetime.fromisoformat would take for the year 1712.
        ("1712010212345", utc(2024, 4, 1, 22, 23, 32, 345000)),
        ("2026-03-01", utc(2026, 2, 28, 16)),
    ],
)
def test_times(text: str, at: datetime) -> None:
    assert read_time(text, SHANGHAI) == at


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_time"),
        ("yesterday", "bad_time"),
        ("03/04/2026 10:00", "bad_time"),
        ("12", "bad_time"),
        ("2026-02-30 10:00:00", "impossible_time"),
        ("2026-03-01 25:00:00", "impossible_time"),
        ("0000-01-01 00:00:00", "impossible_time"),
    ],
)
def test_what_is_no_time(text: str, code: str) -> None:
    assert read_time(text, SHANGHAI) == code


@given(st.integers(0, 7_000_000_000_000_000).map(lambda micro: utc(1971, 1, 1) + timedelta(microseconds=micro)))
def test_iso_comes_back_as_written(at: datetime) -> None:
    assert read_time(at.isoformat(sep=" "), SHANGHAI) == at


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_problem(text: str) -> None:
    answer = read_time(text, SHANGHAI)
    assert answer in ("bad_time", "impossible_time") or isinstance(answer, datetime)
