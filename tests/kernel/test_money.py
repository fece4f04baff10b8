"""Money: currencies, what they are called, and their minor units."""

from decimal import Decimal

import pytest

from qunyu.kernel.money import CURRENCIES, MINOR_UNITS, currency_of, exponent, to_units


@pytest.mark.parametrize(
    ("currency", "places"),
    [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("CLF", 4), ("", 2), ("ZZZ", 2)],
)
def test_exponent(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("minor", "currency", "units"),
    [(1235, "CNY", "12.35"), (5, "CNY", "0.05"), (-5, "CNY", "-0.05"), (1235, "JPY", "1235"), (1235, "KWD", "1.235")],
)
def test_to_units(minor: int, currency: str, units: str) -> None:
    assert to_units(minor, currency) == Decimal(units)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CNY", "CNY"),
        (" cny ", "CNY"),
        ("rmb", "CNY"),
        ("人民币", "CNY"),
        ("￥", "CNY"),
        ("元", "CNY"),
        ("eur", "EUR"),
        ("€", "EUR"),
        ("", ""),
        ("XYZ", ""),
        ("dollars", ""),
        ("12", ""),
    ],
)
def test_currency_of(text: str, code: str) -> None:
    assert currency_of(text) == code


def test_every_minor_unit_is_of_a_currency() -> None:
    assert MINOR_UNITS.keys() <= CURRENCIES
    assert all(len(code) == 3 for code in CURRENCIES)
