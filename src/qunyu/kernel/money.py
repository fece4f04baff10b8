"""Money: integer minor units (fen, cent) with a currency, rounded half up once per order."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

# Currencies whose minor unit is not 1/100. Source: ISO 4217, table A.1.
MINOR_UNITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def exponent(currency: str) -> int:
    """How many decimal places the currency's minor unit has (2 for most, unknown ones included)."""
    return MINOR_UNITS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in units of `currency` as minor units, rounded half up: 12.345 CNY is 1235 fen."""
    return int(amount.scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_UP))


def to_units(minor: int, currency: str) -> Decimal:
    """Minor units as an exact amount in units: 1235 fen is 12.35 CNY."""
    return Decimal(minor).scaleb(-exponent(currency))
