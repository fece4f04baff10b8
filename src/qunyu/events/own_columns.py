"""Own columns: what is said of a file handed over that is no table, or whose columns are not ours; the same of every kind of table."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from qunyu.events.columns import normal
from qunyu.events.files import File
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

# Letters that no text has; line ends and tabs are no such letters.
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# How alike two names must be for one to be proposed for the other; 0.6 is difflib's own.
_ALIKE, _PROPOSED = 0.6, 3

NO_TABLE = Words(
    "文件“{file}”不是表格；请另存为 CSV（UTF-8）或 XLSX",
    "the file “{file}” is no table; save it as CSV (UTF-8) or XLSX",
)
UNKNOWN = Words("没有名为“{column}”的列；可用的列：{known}", "there is no column “{column}”; the columns are: {known}")
NEAR = Words(
    "没有名为“{column}”的列，是不是“{near}”？可用的列：{known}",
    "there is no column “{column}”; did you mean {near}? The columns are: {known}",
)
TWICE = Words("“{column}”出现了两次，请保留一列", "“{column}” stands there twice; keep one of them")


def refuse_junk(file: File) -> None:
    """Raises DomainError bad_table for what is neither text nor a workbook, whatever it is called."""
    if not file.head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) and _NO_TEXT.search(file.head_text):
        raise DomainError("bad_table", NO_TABLE.fill(file=file.name), field="file")


def no_column(name: str, listed: str, known: Collection[str]) -> DomainError:
    """What refuses a column that is none of ours; `known` is all that a column may be called, `listed` how they are told."""
    by_normal = {normal(each): each for each in known}
    found = get_close_matches(normal(name), by_normal, _PROPOSED, _ALIKE)
    near = ", ".join(by_normal[each] for each in found)
    words = (NEAR if near else UNKNOWN).fill(column=name[:80], near=near, known=listed)
    return DomainError("unknown_column", words, field="file", column=name)


def column_twice(name: str) -> DomainError:
    """What refuses a second column of the same kind."""
    return DomainError("unknown_column", TWICE.fill(column=name), field="file", column=name)
