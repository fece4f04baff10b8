"""Figures in words: 万 and 亿, shares, money, unknown; in both languages."""

import pytest

from qunyu.insights.board import Figure
from qunyu.insights.metric import find_metric
from qunyu.kernel.words import Language, speaking
from qunyu.reports.show import change, money, number, show


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (12_345, "12,345", "12,345"),
        (99_999, "99,999", "99,999"),
        (100_000, "10 万", "100,000"),
        (123_456, "12.35 万", "123,456"),
        (1_200_000, "120 万", "1,200,000"),
        (99_994_999, "9,999.5 万", "99,994,999"),
        (100_000_000, "1 亿", "100,000,000"),
        (1_234_567_890, "12.35 亿", "1,234,567,890"),
        (-250_000, "-25 万", "-250,000"),
    ],
)
def test_number(value: float, zh: str, en: str) -> None:
    with speaking("zh"):
        assert number(value) == zh
    with speaking("en"):
        assert number(value) == en


@pytest.mark.parametrize(
    ("minor", "currency", "zh", "en"),
    [
        (123_450, "CNY", "¥ 1,234.50", "¥ 1,234.50"),
        (0, "CNY", "¥ 0.00", "¥ 0.00"),
        (-1_250, "CNY", "¥ -12.50", "¥ -12.50"),
        (12_345_678, "CNY", "¥ 12.35 万", "¥ 123,456.78"),
        (1_000_000_000_000, "CNY", "¥ 100 亿", "¥ 10,000,000,000.00"),
        (1_999, "JPY", "JP¥ 1,999", "JP¥ 1,999"),
        (1_235, "KWD", "KWD 1.235", "KWD 1.235"),
        (70, "USD", "$ 0.70", "$ 0.70"),
        (70, "AUD", "AUD 0.70", "AUD 0.70"),
    ],
)
def test_money(minor: float, currency: str, zh: str, en: str) -> None:
    with speaking("zh"):
        assert money(minor, currency) == zh
    with speaking("en"):
        assert money(minor, currency) == en


@pytest.mark.parametrize(
    ("metric", "figure", "zh", "en"),
    [
        ("members", Figure(1234), "1,234 人", "1,234"),
        ("dau", Figure(2.5), "2.50 人", "2.50"),
        ("messages", Figure(250_000), "25 万 条", "250,000"),
        ("orders", Figure(3), "3 单", "3"),
        ("joins", Figure(3), "3 次", "3"),
        ("repurchase_interval", Figure(30.5), "30.50 天", "30.50 days"),
        ("retention_rate", Figure(0.3456), "34.6 %", "34.6 %"),
        ("retention_rate", Figure(0), "0.0 %", "0.0 %"),
        ("conversion", Figure(1.2), "120.0 %", "120.0 %"),
        ("roi", Figure(3), "3.00", "3.00"),
        ("revenue", Figure(123_450, 2, "USD"), "$ 1,234.50", "$ 1,234.50"),
        ("average_order_value", Figure(1236.5, 2, "CNY"), "¥ 12.37", "¥ 12.37"),
        ("members", Figure(None, 0, "", "base"), "未知", "unknown"),
        ("revenue", Figure(None, 0, "CNY", "permission"), "未知", "unknown"),
    ],
)
def test_show(metric: str, figure: Figure, zh: str, en: str) -> None:
    shown: dict[Language, str] = {"zh": zh, "en": en}
    for language, text in shown.items():
        with speaking(language):
            assert show(find_metric(metric), figure) == text


@pytest.mark.parametrize(
    ("now", "before", "moved"),
    [(3, 2, 0.5), (1, 2, -0.5), (2, 2, 0), (0, 2, -1), (2, 0, None), (2, None, None), (None, 2, None)],
)
def test_change(now: float | None, before: float | None, moved: float | None) -> None:
    assert change(Figure(now), Figure(before)) == moved


def test_the_first_period_has_nothing_to_be_compared_with() -> None:
    assert change(Figure(1), None) is None
