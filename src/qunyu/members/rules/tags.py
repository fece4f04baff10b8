"""Tags: how their names are compared and bounded, and which of several tags of one group counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

LONGEST_NAME, LONGEST_HELP, LONGEST_REASON = 40, 200, 200
# An import writes several tags of a group into one cell, with these between them.
BETWEEN = re.compile(r"[\n,，、;；|/]")


def folded(name: str) -> str:
    """The name as names are compared: width, case and runs of blanks make no difference.

    Source: Unicode Standard, section 5.18 (NFKC, case folding, NFKC again).
    """
    once = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", once).split())


def checked_name(name: str) -> str:
    """The name without blanks around it.

    Raises DomainError bad_tag with the field `name`.
    """
    given = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(given) <= LONGEST_NAME or not folded(given):
        reason = Words("名称须有 1 至 {n} 个字", "a name has 1 to {n} characters")
        raise DomainError("bad_tag", reason.fill(n=LONGEST_NAME), field="name")
    if BETWEEN.search(given) or "\0" in given:
        reason = Words("名称不能含有逗号、顿号、分号、斜杠和“|”", "a name holds no comma, semicolon, slash or “|”")
        raise DomainError("bad_tag", reason, field="name")
    return given


def checked_text(text: str, place: str, most: int) -> str:
    """The text without blanks around it.

    Raises DomainError bad_tag with the field `place` for one of more than `most` characters.
    """
    given = text.strip()
    if len(given) > most or "\0" in given:
        raise DomainError("bad_tag", Words("最多 {n} 个字", "at most {n} characters").fill(n=most), field=place)
    return given


@dataclass(frozen=True, slots=True)
class Put:
    """One tag on one person, as one row tells: where it comes from and when it was put."""

    row: int
    tag: int
    source: str
    at: datetime


def counting(rows: Iterable[Put]) -> int | None:
    """Of the tags of an exclusive group the one that counts: the latest put; None without any."""
    latest = max(rows, key=lambda each: (each.at, each.row), default=None)
    return latest.tag if latest else None


@dataclass(frozen=True, slots=True)
class Step:
    """What putting or taking a tag does to one person: a new row or none, the rows that end, and whether a rule keeps the tag on them."""

    new: bool
    ended: tuple[int, ...]
    kept: bool = False


def putting(tag: int, rows: list[Put], *, exclusive: bool) -> Step:
    """What putting `tag` by hand on somebody with `rows` (live ones of the group) does; nothing where it is there already.

    A tag that only a rule keeps is put too: by hand it stays when the rule no longer holds. What a rule keeps never ends.
    """
    mine = [each for each in rows if each.tag == tag]
    there = any(each.source != "rule" for each in mine)
    if there and (not exclusive or counting(rows) == tag):
        return Step(False, ())
    others = rows if exclusive else []
    return Step(True, tuple(each.row for each in others if each.source != "rule"))


def taking(tag: int, rows: list[Put]) -> Step:
    """What taking `tag` off somebody with `rows` does: what was put by hand or by an import ends, what a rule keeps stays."""
    mine = [each for each in rows if each.tag == tag]
    kept = any(each.source == "rule" for each in mine)
    return Step(False, tuple(each.row for each in mine if each.source != "rule"), kept)
