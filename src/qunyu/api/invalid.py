"""Invalid: what pydantic found wrong with a request, field by field, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qunyu.api.problems import FieldError
from qunyu.kernel.words import Words, language

# Pydantic's error type -> our words; {placeholders} are of the error's own context.
_WORDS: dict[str, Words] = {
    "missing": Words("必填", "is required"),
    "extra_forbidden": Words("没有这个字段", "there is no such field"),
    "int_parsing": Words("须为整数", "must be a whole number"),
    "int_type": Words("须为整数", "must be a whole number"),
    "string_type": Words("须为文字", "must be text"),
    "string_unicode": Words("含有不可用的字符", "holds a character that cannot be used"),
    "string_too_long": Words("最多 {max_length} 个字", "at most {max_length} characters"),
    "string_too_short": Words("至少 {min_length} 个字", "at least {min_length} characters"),
    "bool_parsing": Words("须为 true 或 false", "must be true or false"),
    "list_type": Words("须为列表", "must be a list"),
    "dict_type": Words("须为对象", "must be an object"),
    "model_attributes_type": Words("须为 JSON 对象", "must be a JSON object"),
    "json_invalid": Words("不是有效的 JSON", "is not valid JSON"),
    "greater_than_equal": Words("不得小于 {ge}", "must be {ge} or more"),
    "less_than_equal": Words("不得大于 {le}", "must be {le} or less"),
    "literal_error": Words("须为以下之一：{expected}", "must be one of: {expected}"),
    "date_type": Words("须为日期，如 2026-03-01", "must be a date such as 2026-03-01"),
    "date_parsing": Words("须为日期，如 2026-03-01", "must be a date such as 2026-03-01"),
    "date_from_datetime_parsing": Words("须为日期，如 2026-03-01", "must be a date such as 2026-03-01"),
    "date_from_datetime_inexact": Words("须为日期，如 2026-03-01", "must be a date such as 2026-03-01"),
    "zero_byte": Words("含有不可用的字符", "holds a character that cannot be used"),
}
# Where a value came from is no part of its name; ninja puts the name of the function's argument behind "body" and "form".
_SOURCES = {"query", "path", "body", "form", "file", "header", "cookie"}
_ARGUMENTS = {"changes", "options", "asked"}


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """One error for each field, in the active language."""
    return [FieldError(field=_field(each["loc"]), code=each["type"], message=_message(each)) for each in errors]


def _field(place: Sequence[object]) -> str:
    parts = [str(part) for part in place]
    if parts and parts[0] in _SOURCES:
        parts = parts[1:]
    if len(parts) > 1 and parts[0] in _ARGUMENTS:
        parts = parts[1:]
    return ".".join(parts)


def _message(error: Mapping[str, Any]) -> str:
    words = _WORDS.get(error["type"])
    if words is not None:
        return str(words.fill(**error.get("ctx", {})))
    return "不是有效的值" if language() == "zh" else str(error["msg"])
