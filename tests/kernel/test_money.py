"""Money: exact minor units, rounded half up once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.kernel.money import MINOR_UNITS, exponent, to_minor, to_units

CURRENCIES = st.sampled_from(["CNY", "USD", "XXX", *MINOR_UNITS])


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "CNY", 1234),
        ("12.344", "CNY", 1234),
        ("12.345", "CNY", 1235),
        ("12.355", "CNY", 1236),  # half up, not half even
        ("-12.345", "CNY", -1235),  # a refund mirrors its payment
        ("0.004", "CNY", 0),
        ("0.005", "CNY", 1),
        ("0", "CNY", 0),
        ("1E+3", "CNY", 100_000),
        ("90000000000000.01", "CNY", 9_000_000_000_000_001),
        ("1999", "JPY", 1999),
        ("0.5", "JPY", 1),
        ("1.2345", "KWD", 1235),
        ("1.2344", "BHD", 1234),
        ("1.005", "ZZZ", 101),
    ],
)
def test_to_minor(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(
    ("currency", "places"), [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("", 2), ("ZZZ", 2)]
)
def test_exponent(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("minor", "currency", "units"),
    [(1235, "CNY", "12.35"), (5, "CNY", "0.05"), (-5, "CNY", "-0.05"), (1235, "JPY", "1235"), (1235, "KWD", "1.235")],
)
def test_to_units(minor: int, currency: str, units: str) -> None:
    assert to_units(minor, currency) == Decimal(units)


@given(st.integers(-(10**18), 10**18), CURRENCIES)
def test_minor_units_survive_the_way_there_and_back(minor: int, currency: str) -> None:
    assert to_minor(to_units(minor, currency), currency) == minor


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=6), CURRENCIES)
def test_rounding_moves_an_amount_by_half_a_unit_at_most(amount: Decimal, currency: str) -> None:
    moved = abs(to_units(to_minor(amount, currency), currency) - amount)
    assert moved <= to_units(1, currency) / 2


@given(st.decimals(0, 10**12, allow_nan=False, places=6), CURRENCIES)
def test_rounding_mirrors_at_zero(amount: Decimal, currency: str) -> None:
    assert to_minor(-amount, currency) == -to_minor(amount, currency)
