"""Columns: which of a table's columns holds which of our fields, in whatever language the header is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qunyu.kernel.money import CURRENCIES

# A unit in brackets is no part of a column's name: 实付金额（元）. Other brackets are: Phone (Billing).
_UNIT = re.compile(r"\((?:单位.*?|元|人民币|rmb|cny|[¥￥$€£]|次|人|yuan)\)", re.IGNORECASE)

# Settings that travel in ReadOptions.columns without being columns.
SETTINGS = frozenset(("date_order", "amount_per"))

# A table with one of these holds what people said.
CHAT_TEXT = frozenset("text content message body msg 消息 内容 消息内容 聊天内容 文本".split())


@dataclass(frozen=True)
class Layout:
    """An export whose header is known as a whole.

    `signature` are names it must have, `columns` ours -> theirs ("" = none), written as `normal` writes them, except
    that "=" before a name asks for that exact spelling.
    """

    key: str
    signature: frozenset[str]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of table: its fields with their synonyms (the first that a table has wins) and what it must have.

    Of each group in `needs` one field must be found to read a table, one of `tells` besides to recognise it by its
    header, and none of the `foreign` names, which only other kinds of table have.
    """

    fields: Mapping[str, tuple[str, ...]]
    needs: tuple[tuple[str, ...], ...]
    tells: tuple[str, ...]
    layouts: tuple[Layout, ...] = ()
    foreign: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Resolved:
    """`names`: our field -> the header's name; `unknown`: names that were mapped and are not in the header."""

    names: Mapping[str, str]
    layout: str = ""
    unknown: tuple[str, ...] = ()

    def lacks(self, kind: Kind) -> str:
        """The first field that the kind needs and the table has not; empty when nothing is missing."""
        return next((group[0] for group in kind.needs if not any(field in self.names for field in group)), "")


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A column's name without case, width, spaces, punctuation and unit: "Order ID" and "order_id" are one."""
    plain = _UNIT.sub("", unicodedata.normalize("NFKC", name).casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def resolve(kind: Kind, header: Sequence[str], mapping: Mapping[str, str]) -> Resolved:
    """Which column holds each field: by `mapping` (ours -> a name or 1-based position), by layout, or by synonym."""
    by_normal = {normal(name): name for name in reversed(header) if normal(name)}
    layout = _layout(kind, header, by_normal)
    names = _synonyms(kind, by_normal)
    if layout is not None:
        placed = {ours: _spelled(theirs, header, by_normal) for ours, theirs in layout.columns.items()}
        names |= {ours: name for ours, name in placed.items() if name or not layout.columns[ours]}
    asked = {ours: theirs for ours, theirs in mapping.items() if ours in kind.fields and ours not in SETTINGS}
    found = {ours: _mapped(theirs, header, by_normal) for ours, theirs in asked.items()}
    unknown = tuple(asked[ours] for ours, name in found.items() if not name and not _is_constant(ours, asked[ours]))
    names |= found
    return Resolved({ours: name for ours, name in names.items() if name}, layout.key if layout else "", unknown)


def is_header(kind: Kind, cells: Sequence[str], mapping: Mapping[str, str]) -> bool:
    """Whether a row is the header of such a table: every field needed has its name in it (positions prove nothing)."""
    named = {ours: theirs for ours, theirs in mapping.items() if not theirs.isdecimal()}
    return not resolve(kind, [" ".join(cell.split()) for cell in cells], named).lacks(kind)


def constant(mapping: Mapping[str, str], header: Sequence[str], field: str) -> str:
    """The value that `mapping` gives the field for every row, as in currency=GBP; empty when it gives none."""
    told = mapping.get(field, "")
    return told if told not in header and _is_constant(field, told) else ""


def _is_constant(field: str, told: str) -> bool:
    return field == "currency" and told in CURRENCIES


def _synonyms(kind: Kind, by_normal: Mapping[str, str]) -> dict[str, str]:
    """A column that stands for one field stands for no other, the fields being asked in their order."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for field, synonyms in kind.fields.items():
        for synonym in synonyms:
            name = by_normal.get(synonym, "")
            if name and name not in taken:
                names[field] = name
                taken.add(name)
                break
    return names


def _layout(kind: Kind, header: Sequence[str], by_normal: Mapping[str, str]) -> Layout | None:
    fits = (each for each in kind.layouts if all(_spelled(name, header, by_normal) for name in each.signature))
    return next(fits, None)


def _spelled(theirs: str, header: Sequence[str], by_normal: Mapping[str, str]) -> str:
    if theirs.startswith("="):
        return theirs[1:] if theirs[1:] in header else ""
    return by_normal.get(theirs, "")


def _mapped(theirs: str, header: Sequence[str], by_normal: Mapping[str, str]) -> str:
    if theirs in header:
        return theirs
    if found := by_normal.get(normal(theirs), ""):
        return found
    if theirs.isdecimal() and 1 <= int(theirs) <= len(header):
        return header[int(theirs) - 1]
    return ""
