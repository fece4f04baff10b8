"""What may be written about a community."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TypedDict

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

NAME_LENGTH = 255
THEME_LENGTH = 60


class Changes(TypedDict, total=False):
    """The fields to write; what is absent stays. None clears a day, "" a type or theme."""

    name: str
    type: str
    theme: str
    opened_on: date | None
    closed_on: date | None


def checked(changes: Changes, *, opened_on: date | None, closed_on: date | None, types: Collection[str]) -> Changes:
    """The changes with blanks trimmed; `opened_on` and `closed_on` are the present ones.

    Raises DomainError bad_name, unknown_type, bad_theme or bad_period.
    """
    wanted: Changes = {**changes}
    if "name" in wanted:
        wanted["name"] = _name(wanted["name"])
    if "theme" in wanted:
        wanted["theme"] = _theme(wanted["theme"])
    if "type" in wanted and wanted["type"] not in types:
        raise _unknown_type(wanted["type"], types)
    _check_days(wanted.get("opened_on", opened_on), wanted.get("closed_on", closed_on))
    return wanted


def _name(given: str) -> str:
    name = given.strip()
    if not name or len(name) > NAME_LENGTH:
        message = Words("名称须有 1 至 {n} 个字", "a name has 1 to {n} characters")
        raise DomainError("bad_name", message.fill(n=NAME_LENGTH), field="name")
    return name


def _theme(given: str) -> str:
    theme = given.strip()
    if len(theme) > THEME_LENGTH:
        message = Words("主题最多 {n} 个字", "a theme has at most {n} characters")
        raise DomainError("bad_theme", message.fill(n=THEME_LENGTH), field="theme")
    return theme


def _unknown_type(given: str, types: Collection[str]) -> DomainError:
    message = Words("没有类型“{type}”；可用：{known}", "there is no type “{type}”; there are: {known}")
    known = ", ".join(each for each in types if each)
    return DomainError("unknown_type", message.fill(type=given, known=known), field="type")


def _check_days(opened_on: date | None, closed_on: date | None) -> None:
    if opened_on and closed_on and opened_on > closed_on:
        zh, en = "开群日期 {first} 晚于关群日期 {last}", "the day of opening {first} is after the day of closing {last}"
        message = Words(zh, en)
        raise DomainError("bad_period", message.fill(first=opened_on, last=closed_on), field="closed_on")
