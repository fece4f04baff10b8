"""Values of a person's fields: what was typed as it is kept, as it is shown, and as whoever may not read it sees it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from qunyu.events.phones import phone as one_spelling
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

KINDS: dict[str, Words] = {
    "text": Words("单行文本", "Text"),
    "long_text": Words("多行文本", "Long text"),
    "number": Words("数字", "Number"),
    "date": Words("日期", "Date"),
    "birthday": Words("生日", "Birthday"),
    "yes_no": Words("是/否", "Yes or no"),
    "choice": Words("单选", "Choice"),
    "choices": Words("多选", "Several choices"),
    "phone": Words("手机号", "Phone"),
    "email": Words("邮箱", "E-mail"),
    "link": Words("链接", "Link"),
}
LENGTHS = {"text": 200, "long_text": 4000, "link": 500, "email": 200}
YES_NO = {"yes": Words("是", "Yes"), "no": Words("否", "No")}
_YES, _NO = {"是", "有", "对", "yes", "y", "true", "1"}, {"否", "无", "不", "no", "n", "false", "0"}
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH_DAY = re.compile(r"(?:--)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?", re.ASCII)
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
# 29 February is a birthday, whether or not the year it was in is known.
LEAP = 2000


@dataclass(frozen=True)
class Definition:
    """One field of a profile. `options` are (code, name) of a choice; `least` and `most` bound a number, a date or a length ("" = open).

    `unit` is None for the basic fields, which everybody has; `public_id` and `archived` are those of a field somebody made.
    """

    key: str
    title: Words
    kind: str
    sensitive: bool = False
    options: tuple[tuple[str, Words], ...] = ()
    least: str = ""
    most: str = ""
    help: str = ""
    unit: int | None = None
    public_id: str = ""
    archived: bool = False


GENDERS = (("female", Words("女", "Female")), ("male", Words("男", "Male")), ("other", Words("其他", "Other")))
BASIC = (
    Definition("real_name", Words("真实姓名", "Real name"), "text", sensitive=True),
    Definition("gender", Words("性别", "Gender"), "choice", options=GENDERS),
    Definition("birthday", Words("生日", "Birthday"), "birthday", sensitive=True),
    Definition("phone", Words("手机号", "Phone"), "phone", sensitive=True),
    Definition("email", Words("邮箱", "E-mail"), "email", sensitive=True),
    Definition("region", Words("地区", "Region"), "text"),
    Definition("occupation", Words("职业", "Occupation"), "text"),
    Definition("customer_since", Words("成为客户", "Customer since"), "date"),
    Definition("note", Words("备注", "Note"), "long_text"),
)


def parsed(field: Definition, text: str, today: date) -> str:
    """What was typed as it is kept: one spelling of each value; "" for nothing.

    Raises DomainError bad_value with the `field`.
    """
    given = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if "\0" in given:
        raise _bad(field, Words("含有不能保存的字符", "it holds a character that cannot be kept"))
    return _PARSERS[field.kind](field, given, today) if given else ""


def _bad(field: Definition, reason: Words) -> DomainError:
    message = Words(f"{field.title.zh}：{reason.zh}", f"{field.title.en}: {reason.en}")
    return DomainError("bad_value", message, field=field.key)


def _text(field: Definition, text: str, today: date) -> str:
    longest = min(int(field.most or LENGTHS[field.kind]), LENGTHS[field.kind])
    shortest = int(field.least or 0)
    if not shortest <= len(text) <= longest:
        reason = Words("须有 {least} 至 {most} 个字", "it has {least} to {most} characters")
        raise _bad(field, reason.fill(least=shortest, most=longest))
    if field.kind == "text" and "\n" in text:
        raise _bad(field, Words("不能换行", "it is a single line"))
    return text


def _number(field: Definition, text: str, today: date) -> str:
    try:
        value = Decimal(unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", ""))
    except InvalidOperation:
        raise _bad(field, Words("“{text}”不是数字", "“{text}” is no number").fill(text=text[:40])) from None
    if not value.is_finite() or len(text) > 30 or abs(value.adjusted()) > 15:
        raise _bad(field, Words("“{text}”不是数字", "“{text}” is no number").fill(text=text[:40]))
    _bounded(field, value, Decimal)
    return f"{value.normalize():f}"


def _bounded(field: Definition, value: object, read: Callable[[str], object]) -> None:
    low = field.least and value < read(field.least)  # type: ignore[operator]
    if low or (field.most and value > read(field.most)):  # type: ignore[operator]
        reason = Words("须在 {least} 与 {most} 之间", "it is between {least} and {most}")
        raise _bad(field, reason.fill(least=field.least or "…", most=field.most or "…"))


def _day(field: Definition, text: str) -> date:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    try:
        parts = [int(each) for each in found.groups() if each] if found else []
        return date(*parts)
    except (TypeError, ValueError):
        reason = Words("“{text}”不是日期；请写成 2026-03-01", "“{text}” is no date; write it like 2026-03-01")
        raise _bad(field, reason.fill(text=text[:40])) from None


def _date(field: Definition, text: str, today: date) -> str:
    value = _day(field, text)
    _bounded(field, value, date.fromisoformat)
    return value.isoformat()


def _birthday(field: Definition, text: str, today: date) -> str:
    short = _MONTH_DAY.fullmatch(unicodedata.normalize("NFKC", text))
    if short is not None:
        try:
            return f"-{date(LEAP, int(short[1]), int(short[2])):-%m-%d}"
        except ValueError:
            raise _bad(field, Words("没有这一天", "there is no such day")) from None
    value = _day(field, text)
    if not date(1900, 1, 1) <= value <= today:
        raise _bad(field, Words("生日须在 1900 年之后、今天之前", "it lies after 1900 and not in the future"))
    return value.isoformat()


def _yes_no(field: Definition, text: str, today: date) -> str:
    said = text.casefold()
    if said not in _YES | _NO:
        raise _bad(field, Words("请填“是”或“否”", "say yes or no"))
    return "yes" if said in _YES else "no"


def _choice(field: Definition, text: str, today: date) -> str:
    wanted = text.casefold()
    for code, name in field.options:
        if wanted in (code.casefold(), name.zh.casefold(), name.en.casefold()):
            return code
    zh, en = ("、".join(name.zh for _, name in field.options), ", ".join(name.en for _, name in field.options))
    reason = Words(f"没有选项“{text[:40]}”；可选：{zh}", f"there is no “{text[:40]}”; there are: {en}")
    raise _bad(field, reason)


def _choices(field: Definition, text: str, today: date) -> str:
    codes = {_choice(field, each.strip(), today) for each in re.split(r"[\n,，、;；|]", text) if each.strip()}
    return "\n".join(code for code, _ in field.options if code in codes)


def _phone(field: Definition, text: str, today: date) -> str:
    number = one_spelling(unicodedata.normalize("NFKC", text))
    if not number:
        raise _bad(field, Words("不是完整的手机号", "it is no whole phone number"))
    return number


def _email(field: Definition, text: str, today: date) -> str:
    address = unicodedata.normalize("NFKC", text)
    if not _EMAIL.fullmatch(address) or len(address) > LENGTHS["email"]:
        raise _bad(field, Words("不是邮箱地址", "it is no e-mail address"))
    return address.lower()


def _link(field: Definition, text: str, today: date) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > LENGTHS["link"] or " " in text:
        raise _bad(field, Words("须以 http:// 或 https:// 开头", "it begins with http:// or https://"))
    return text


_PARSERS: Mapping[str, Callable[[Definition, str, date], str]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "date": _date,
    "birthday": _birthday,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "phone": _phone,
    "email": _email,
    "link": _link,
}


def in_words(field: Definition, value: str) -> Words:
    """A kept value as people read it; an option that is no more shows by its code."""
    if field.kind == "birthday" and value.startswith("--"):
        return Words(f"{int(value[2:4])}月{int(value[5:])}日", value[2:])
    if field.kind == "yes_no":
        return YES_NO.get(value, Words(value, value))
    if field.kind in ("choice", "choices"):
        names = dict(field.options)
        found = [names.get(code, Words(code, code)) for code in value.split("\n")]
        return Words("、".join(each.zh for each in found), ", ".join(each.en for each in found))
    return Words(value, value)


def masked(field: Definition, value: str) -> str:
    """What stands in the place of a sensitive value: enough to recognise it by, not enough to use it."""
    if not value:
        return ""
    if field.kind == "phone":
        return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else f"****{value[-2:]}"
    if field.kind == "email":
        return f"{value[0]}***@{value.partition('@')[2]}"
    if field.kind == "birthday":
        return "****-**-**"
    if field.key == "real_name":
        return value[0] + "*" * min(len(value) - 1, 3)
    return "******"
