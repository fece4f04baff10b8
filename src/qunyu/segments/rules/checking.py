"""Checking: whether a condition is one that can be asked, and its values in their one spelling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words
from qunyu.segments.rules.quarrels import quarrel_in
from qunyu.segments.rules.tree import ASPECTS, And, Condition, Did, Everybody, Field, Leaf, Or, Places, Window, changed
from qunyu.segments.rules.tree import depth as depth_of
from qunyu.segments.rules.tree import leaves as leaves_of
from qunyu.segments.rules.vocabulary import OPERATORS, VALUES, FieldSpec, Options, Vocabulary, with_near

DEEPEST, MOST_LEAVES, MOST_VALUES, LONGEST_TEXT = 8, 60, 200, 200
MOST_DAYS, MOST_TIMES = 3_660, 1_000_000
# Times of the day are reckoned around each day, so neither the first nor the last of the calendar can be named.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)
# What was said is looked for in the facts themselves, whose months should be few.
LONGEST_SEARCH = 400


def checked(condition: Condition, vocabulary: Vocabulary) -> Condition:
    """The condition with every value in its one spelling.

    Raises DomainError too_deep, too_many_conditions, unknown_segment_field, denied_segment_field, bad_condition or contradiction.
    """
    if depth_of(condition) > DEEPEST:
        message = Words(
            "条件嵌套超过 {n} 层；请拆成几个人群再引用", "conditions nest deeper than {n}; make segments of the parts"
        )
        raise DomainError("too_deep", message.fill(n=DEEPEST))
    if sum(1 for _ in leaves_of(condition)) > MOST_LEAVES:
        message = Words(
            "条件超过 {n} 项；请拆成几个人群再引用", "there are more than {n} conditions; make segments of the parts"
        )
        raise DomainError("too_many_conditions", message.fill(n=MOST_LEAVES))
    found = changed(_flat(condition), lambda leaf: _leaf(leaf, vocabulary))
    quarrel_in(found, vocabulary)
    return found


def _flat(condition: Condition) -> Condition:
    """A group of one is that one.

    Raises DomainError bad_condition for an empty group.
    """
    if isinstance(condition, And | Or):
        if not condition.parts:
            raise bad(
                Words(
                    "有一组条件是空的；请添加条件或删除这一组",
                    "a group is empty; put a condition into it or take it away",
                )
            )
        parts = tuple(_flat(part) for part in condition.parts)
        return parts[0] if len(parts) == 1 else replace(condition, parts=parts)
    if isinstance(condition, Everybody | Field | Did):
        return condition
    return replace(condition, part=_flat(condition.part))


def _leaf(leaf: Leaf, vocabulary: Vocabulary) -> Leaf:
    if isinstance(leaf, Field):
        return _field(leaf, vocabulary.field(leaf.field))
    return _did(leaf, vocabulary) if isinstance(leaf, Did) else leaf


def bad(words: Words, field: str = "") -> DomainError:
    """What is said of a condition that cannot be asked."""
    return DomainError("bad_condition", words, field=field)


def nothing_asked() -> DomainError:
    """What is said where nothing is asked: everybody is never meant by saying nothing."""
    return DomainError("empty_condition", NOTHING_ASKED, field="text")


NOTHING_ASKED = Words(
    "还没有条件；请添加条件，要包括所有人请写“所有人”", "there is no condition yet; add one, or write “everybody”"
)


def _field(leaf: Field, spec: FieldSpec) -> Field:
    if leaf.op not in OPERATORS[spec.kind]:
        words = Words("不能这样比较", "it cannot be compared like that")
        if spec.kind == "known":
            words = Words("加密保存，只能问“已知”或“未知”", "it lies encrypted; only whether it is known can be asked")
        raise _wrong(spec, words)
    wanted = VALUES[leaf.op]
    if len(leaf.values) != wanted if wanted is not None else not 1 <= len(leaf.values) <= MOST_VALUES:
        raise _wrong(spec, Words("请填写要比较的值", "say with what it is compared"))
    values = tuple(_value(spec, leaf.op, value) for value in leaf.values)
    if leaf.op == "is":
        values = tuple(dict.fromkeys(values))
    if leaf.op == "between" and _ordered(spec, values[0]) > _ordered(spec, values[1]):
        raise _wrong(spec, Words("范围的起点大于终点", "the range ends before it begins"))
    return replace(leaf, values=values)


def _wrong(spec: FieldSpec, words: Words) -> DomainError:
    return bad(Words(f"{spec.title.zh}：{words.zh}", f"{spec.title.en}: {words.en}"), spec.key)


def _ordered(spec: FieldSpec, value: str) -> Decimal:
    return Decimal(date.fromisoformat(value).toordinal()) if spec.kind == "date" else Decimal(value)


def _value(spec: FieldSpec, op: str, value: str) -> str:
    if spec.kind in ("number", "money"):
        return _number(spec, value)
    if spec.kind == "date":
        return str(_whole(spec, value)) if op in ("within", "older") else _day(spec, value)
    if spec.options or spec.kind in ("tag", "segment", "choice", "choices"):
        return _option(spec.title, spec.options, value, spec.key)
    text = value.strip()
    if not 1 <= len(text) <= LONGEST_TEXT or "\0" in text:
        raise _wrong(spec, Words("须有 1 至 200 个字", "it has 1 to 200 characters"))
    return text


def _number(spec: FieldSpec, value: str) -> str:
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > 10**12:
        raise _wrong(spec, Words("“{value}”不是数字", "“{value}” is no number").fill(value=value[:40]))
    digits = exponent(spec.currency) if spec.kind == "money" else 6
    if found != round(found, digits):
        words = Words("最多 {n} 位小数", "it has at most {n} decimals").fill(n=digits)
        raise _wrong(spec, words)
    return f"{found.normalize() + 0:f}"


def _whole(spec: FieldSpec, value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= MOST_DAYS:
        raise _wrong(spec, Words("天数须为 1 至 {n} 的整数", "days are a whole number of 1 to {n}").fill(n=MOST_DAYS))
    return int(value)


def _day(spec: FieldSpec, value: str) -> str:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        words = Words("“{value}”不是日期，请写成 2026-03-01", "“{value}” is no date; write it like 2026-03-01")
        raise _wrong(spec, words.fill(value=value[:40])) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise _wrong(spec, DAYS.fill(first=FIRST_DAY, last=LAST_DAY))
    return found.isoformat()


DAYS = Words("日期须在 {first} 至 {last} 之间", "days are from {first} to {last}")


def _option(title: Words, options: Options, value: str, field: str) -> str:
    if value not in {code for code, _ in options}:
        names = {spelled: name for _, name in options for spelled in (name.zh, name.en) if spelled}
        words = Words(f"{title.zh}：没有“{value[:60]}”", f"{title.en}: there is no “{value[:60]}”")
        raise bad(with_near(words, value, names), field)
    return value


def _did(leaf: Did, vocabulary: Vocabulary) -> Did:
    spec = vocabulary.verb(leaf.verb)
    if not 0 <= leaf.count <= MOST_TIMES:
        raise _odd(spec.title, Words("次数须为 0 至 {n}", "times are 0 to {n}").fill(n=f"{MOST_TIMES:,}"), leaf.verb)
    if leaf.times == "at_least" and leaf.count == 0:
        raise _odd(
            spec.title,
            Words(
                "“至少 0”对所有人都成立；要找没做过的，请用“没有”",
                "“at least 0” is true of everybody; for who did not, use “not”",
            ),
            leaf.verb,
        )
    window = _window(leaf.window, spec.title, leaf.verb)
    if leaf.places.narrowed and not spec.placed:
        raise _odd(spec.title, Words("不能限定社群", "no communities can be named"), leaf.verb)
    text = leaf.text.strip()
    if bool(text) != spec.texted or len(text) > LONGEST_TEXT or "\0" in text:
        words = Words("请写明要找的文字（1 至 200 个字）", "say which words (1 to 200 characters)")
        raise _odd(spec.title, words if spec.texted else Words("不能限定文字", "no words can be named"), leaf.verb)
    if spec.texted and not _short(window):
        words = Words(
            "要逐条查找消息，请限定在 {n} 天以内", "messages are read one by one; name a time of at most {n} days"
        )
        raise _odd(spec.title, words.fill(n=LONGEST_SEARCH), leaf.verb)
    return replace(leaf, window=window, places=_places(leaf.places, vocabulary), text=text)


def _odd(title: Words, words: Words, field: str) -> DomainError:
    return bad(Words(f"{title.zh}：{words.zh}", f"{title.en}: {words.en}"), field)


def _short(window: Window) -> bool:
    if window.days is not None:
        return window.days <= LONGEST_SEARCH
    return window.first is not None and window.last is not None and (window.last - window.first).days < LONGEST_SEARCH


def _window(window: Window, title: Words, field: str) -> Window:
    if window.days is not None:
        if window.first or window.last or not 1 <= window.days <= MOST_DAYS:
            raise _odd(title, Words("天数须为 1 至 {n}", "days are 1 to {n}").fill(n=MOST_DAYS), field)
        return window
    if not all(FIRST_DAY <= each <= LAST_DAY for each in (window.first, window.last) if each):
        raise _odd(title, DAYS.fill(first=FIRST_DAY, last=LAST_DAY), field)
    if window.first and window.last and window.first > window.last:
        raise _odd(title, Words("时间的起点晚于终点", "the time ends before it begins"), field)
    return window


def _places(places: Places, vocabulary: Vocabulary) -> Places:
    found: dict[str, tuple[str, ...]] = {}
    for aspect, values in places.narrowed:
        if aspect not in ASPECTS or not 1 <= len(values) <= MOST_VALUES:
            raise bad(Words("社群的限定不完整", "how communities are narrowed is not complete"), aspect)
        options = vocabulary.places.get(aspect, ())
        named = tuple(_option(PLACE_NAMES[aspect], options, value, aspect) for value in values)
        found[aspect] = tuple(dict.fromkeys((*found.get(aspect, ()), *named)))
    return Places(tuple((aspect, found[aspect]) for aspect in ASPECTS if aspect in found))


PLACE_NAMES = {
    "community": Words("社群", "community"),
    "type": Words("类型", "type"),
    "theme": Words("主题", "theme"),
    "platform": Words("平台", "platform"),
    "unit": Words("单位", "unit"),
}
