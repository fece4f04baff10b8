"""Shape: a condition as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.segments.rules.checking import DEEPEST, bad
from qunyu.segments.rules.tree import TIMES, And, Condition, Did, Everybody, Field, Not, Or, Places, Window

Json = dict[str, Any]
# Deeper than any that will be allowed: what comes from outside must not exhaust the stack.
_NO_DEEPER = DEEPEST * 2


def to_json(condition: Condition) -> Json:
    """{"all": […]}, {"any": […]}, {"not": …}, {"everybody": true}, {"field", "op", "values"} or {"did", "times", "count", …}."""
    if isinstance(condition, Not):
        return {"not": to_json(condition.part)}
    if isinstance(condition, And | Or):
        return {"all" if isinstance(condition, And) else "any": [to_json(part) for part in condition.parts]}
    if isinstance(condition, Field):
        return {"field": condition.field, "op": condition.op, "values": list(condition.values)}
    return _deed(condition) if isinstance(condition, Did) else {"everybody": True}


def _deed(leaf: Did) -> Json:
    window = {
        "days": leaf.window.days,
        "first": leaf.window.first and leaf.window.first.isoformat(),
        "last": leaf.window.last and leaf.window.last.isoformat(),
    }
    found: Json = {"did": leaf.verb, "times": leaf.times, "count": leaf.count}
    found |= {name: value for name, value in window.items() if value is not None}
    if leaf.places.narrowed:
        found["where"] = {aspect: list(values) for aspect, values in leaf.places.narrowed}
    return found | ({"text": leaf.text} if leaf.text else {})


def from_json(given: object, level: int = 0) -> Condition:
    """The condition that `to_json` wrote, or that somebody wrote like it; still to be checked.

    Raises DomainError bad_condition or too_deep.
    """
    if level > _NO_DEEPER:
        raise DomainError("too_deep", Words("条件嵌套过深", "conditions nest too deep"))
    if not isinstance(given, Mapping):
        raise bad(SHAPE)
    for name, kind in (("all", And), ("any", Or)):
        if name in given:
            parts = given[name]
            if not isinstance(parts, list):
                raise bad(SHAPE, name)
            return kind(tuple(from_json(part, level + 1) for part in parts))
    if "not" in given:
        return Not(from_json(given["not"], level + 1))
    if given.get("everybody") is True:
        return Everybody()
    if "field" in given:
        return Field(_text(given, "field"), _text(given, "op"), _texts(given.get("values", [])))
    return _did(given) if "did" in given else _nothing()


def _nothing() -> Condition:
    raise bad(SHAPE)


def _did(given: Mapping[str, Any]) -> Did:
    times, count = given.get("times", "at_least"), given.get("count", 1)
    if times not in TIMES or not _is_whole(count):
        raise bad(Words("次数的写法不对", "how often is not written right"), "times")
    days = given.get("days")
    if days is not None and not _is_whole(days):
        raise bad(Words("天数须为整数", "days are a whole number"), "days")
    where = given.get("where") or {}
    if not isinstance(where, Mapping):
        raise bad(SHAPE, "where")
    places = Places(tuple((str(aspect), _texts(values)) for aspect, values in where.items()))
    window = Window(days, _day(given, "first"), _day(given, "last"))
    return Did(_text(given, "did"), times, count, window, places, _text(given, "text") if given.get("text") else "")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise bad(SHAPE, name)
    return value


def _texts(given: object) -> tuple[str, ...]:
    numbers = (str, int, float)
    if not isinstance(given, list) or not all(
        isinstance(each, numbers) and not isinstance(each, bool) for each in given
    ):
        raise bad(SHAPE, "values")
    return tuple(str(each) for each in given)


def _day(given: Mapping[str, Any], name: str) -> date | None:
    value = given.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        words = Words("“{value}”不是日期，请写成 2026-03-01", "“{value}” is no date; write it like 2026-03-01")
        raise bad(words.fill(value=str(value)[:40]), name) from None


SHAPE = Words(
    "条件的格式不对：应为 all、any、not、everybody、field 或 did",
    "a condition is written with all, any, not, everybody, field or did",
)
