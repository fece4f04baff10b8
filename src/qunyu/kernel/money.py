"""Money: integer minor units (fen, cent) with a currency."""

from __future__ import annotations

from decimal import Decimal

# Source: ISO 4217, table A.1 (2024), and those withdrawn since 2020, which older orders are in.
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL
    """.split()
)
# Those whose minor unit is not 1/100. Source: the same.
MINOR_UNITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    "CLF": 4,
}
# What shops and people write for one.
_CALLED = {
    "RMB": "CNY",
    "人民币": "CNY",
    "人民币元": "CNY",
    "元": "CNY",
    "¥": "CNY",
    "￥": "CNY",
    "€": "EUR",
    "£": "GBP",
}


def exponent(currency: str) -> int:
    """How many decimal places the currency's minor unit has (2 for most)."""
    return MINOR_UNITS.get(currency, 2)


def to_units(minor: int, currency: str) -> Decimal:
    """Minor units as an exact amount in units: 1235 fen is 12.35 CNY."""
    return Decimal(minor).scaleb(-exponent(currency))


def currency_of(text: str) -> str:
    """The ISO 4217 code that `text` means (cny, RMB and 人民币 are CNY); empty when it means none."""
    written = text.strip().upper()
    code = _CALLED.get(written, written)
    return code if code in CURRENCIES else ""
