"""Cells: numbers, currencies and ids as people and their spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal
from functools import lru_cache

from qunyu.kernel.money import currency_of

# Enough for any product of two cells: amounts must come out exact, never rounded.
EXACT = Context(prec=64)

_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,18})?", re.ASCII)
_SCIENTIFIC = re.compile(r"-?\d(?:\.\d{1,18})?[eE][-+]?\d{1,2}", re.ASCII)
_ROUNDED_ID = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}", re.ASCII)
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_DOTTED_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}", re.ASCII)
_MONEY = re.compile(r"rmb|cny|usd|eur|gbp|hkd|jpy|us\$|hk\$|人民币|[¥$€£元圆块]", re.IGNORECASE)
_SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
_NOTHING = frozenset(("", "-", "--", "—", "——", "/", "\\", "nan", "none", "null", "n/a", "#n/a", "<null>", "nat", "无"))
_LONGEST_NOTHING = max(map(len, _NOTHING))
_LIMIT = Decimal(10) ** 15


# Source: OWASP, "CSV Injection": cells that begin so are taken for formulas; full-width forms count in Chinese Excel.
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def undefused(text: str) -> str:
    """The cell without the apostrophe that our exports put before what a spreadsheet would take for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(LIVE) else text


class Unreadable(Exception):
    """A cell that cannot be read; `code` is a key of PROBLEMS and `data` fills its words."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def unwrapped(text: str) -> str:
    """The cell without the tricks that keep spreadsheets from rounding it: ="123", '123, a tab before or after."""
    text = text.strip().strip("\ufeff\u200b")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'").strip()


def is_blank(text: str) -> bool:
    """Whether the cell says nothing: empty, or one of the dashes and nulls that exports put there."""
    if len(text) > _LONGEST_NOTHING:
        text = text.strip()
    return len(text) <= _LONGEST_NOTHING and text.strip().casefold() in _NOTHING


def is_masked(text: str) -> bool:
    """Whether a shop's platform has hidden part of it (138****1234, 小**): it then names nobody."""
    return "*" in text or "＊" in text


@lru_cache(maxsize=256)
def currency(text: str) -> str:
    """The ISO 4217 code that the cell means; "" when it says nothing.

    Raises Unreadable("unknown_currency").
    """
    if is_blank(text):
        return ""
    found = currency_of(text)
    if not found:
        raise Unreadable("unknown_currency", value=text.strip()[:40])
    return found


@lru_cache(maxsize=4096)
def identifier(text: str) -> str:
    """An id as text: "13995.0" is "13995", leading zeros stay, blanks are "".

    Raises Unreadable("damaged_id") when a spreadsheet has rounded it to 1.23457E+17.
    """
    text = unwrapped(text)
    if is_blank(text):
        return ""
    if _ROUNDED_ID.fullmatch(text):
        raise Unreadable("damaged_id", value=text[:40])
    found = _WHOLE_FLOAT.fullmatch(text)
    return found[1] if found else text


@lru_cache(maxsize=4096)
def number(text: str, field: str) -> Decimal:
    """The exact number in a cell: "¥1,234.50", "1 234,50", "（12.00）" = -12, full-width digits, "1.2万", "3.5E+2".

    One comma before exactly three digits separates thousands. Raises Unreadable("missing_field") when the cell is
    blank, Unreadable("bad_number") when it holds no number or one of 10^15 and more.
    """
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if is_blank(text):
        raise Unreadable("missing_field", field=field)
    value = _loose(unwrapped(unicodedata.normalize("NFKC", text)))
    if value is None or abs(value) >= _LIMIT:
        raise Unreadable("bad_number", field=field, value=text.strip()[:40])
    return value


def _loose(text: str) -> Decimal | None:
    bare = _MONEY.sub("", text).replace("−", "-")
    bare = re.sub(r"\s", "", bare)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    elif bare.endswith("-"):
        bare = f"-{bare[:-1]}"
    scale = _SCALES.get(bare[-1:], Decimal(1))
    if scale != 1:
        bare = bare[:-1]
    sign = -1 if bare.startswith("-") else 1
    digits = _point(bare.removeprefix("-").removeprefix("+"))
    return None if digits is None else EXACT.multiply(digits, sign * scale)


def _point(digits: str) -> Decimal | None:
    """Digits with whichever separators as a number; None when the separators make no sense."""
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    elif digits.count(".") + digits.count(",") > 1 and _DOTTED_THOUSANDS.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif _DECIMAL_COMMA.fullmatch(digits):
        digits = digits.replace(",", ".")
    readable = _PLAIN.fullmatch(digits) or _SCIENTIFIC.fullmatch(digits)
    return Decimal(digits) if readable else None
