"""Parsing: the text form of a condition, in Chinese, English or a mixture, as a tree.

condition = all { or all } ;  all = one { and one } ;  one = not one | "(" condition ")" | everybody | field … | verb …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.segments.rules import language as told
from qunyu.segments.rules.checking import DEEPEST, PLACE_NAMES, nothing_asked
from qunyu.segments.rules.language import Spellings, names_of, things
from qunyu.segments.rules.tree import And, Condition, Did, Everybody, Field, Not, Or, Places, Times, Window
from qunyu.segments.rules.vocabulary import FieldSpec, Options, Vocabulary, with_near

LONGEST = 20_000
# Brackets and “not” count apart here.
_NO_DEEPER = DEEPEST * 4
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_STRING = re.compile(r'[“”"]((?:\\.|[^\\“”"])*)[“”"]', re.DOTALL)
_BARE = re.compile(r"[^\s|,，、()（）=\"“”]+")
_KEY = re.compile(r"\[([^\[\]]{1,60})\]")
_SPACE = re.compile(r"\s*")


def parsed(text: str, vocabulary: Vocabulary) -> Condition:
    """The condition that `text` writes, still to be checked.

    Raises DomainError empty_condition, bad_text (with `place`, counted from 1, and what was `expected`), too_deep, unknown_segment_field,
    denied_segment_field or bad_condition.
    """
    if len(text) > LONGEST:
        raise DomainError("bad_text", TOO_LONG.fill(n=LONGEST), place=LONGEST)
    parser = _Parser(text, vocabulary)
    if not text.strip():
        raise nothing_asked()
    found = parser.either(0)
    if not parser.ends():
        raise parser.wrong(AND_OR)
    return found


class _Parser:
    """Reads `text` from `place` on; what is tried and not found leaves the place as it is."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary, self.place = text, vocabulary, 0
        self.things = things(vocabulary).keys

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.place)
        self.place = found.end() if found else self.place

    def ends(self) -> bool:
        self.skip()
        return self.place == len(self.text)

    def wrong(self, expected: Words) -> DomainError:
        self.skip()
        rest = self.text[self.place : self.place + 12]
        words = Words(
            f"第 {self.place + 1} 个字“{rest}”处：此处应为{expected.zh}"
            if rest
            else f"末尾不完整：还应有{expected.zh}",
            f"at character {self.place + 1}, “{rest}”: {expected.en} is expected here"
            if rest
            else f"it ends too early: {expected.en} is missing",
        )
        return DomainError("bad_text", words, place=self.place + 1, expected=expected.en, field="text")

    def take(self, *literals: str) -> str:
        """The longest of the literals that stands here; "" for none."""
        self.skip()
        here = self.text[self.place : self.place + max(map(len, literals), default=0)]
        low = here.lower()
        found = [each for each in literals if low.startswith(each.lower()) and self.bounded(each)]
        best = max(found, key=lambda each: (len(each), here.startswith(each)), default="")
        self.place += len(best)
        return best

    def bounded(self, literal: str) -> bool:
        """Whether a word of letters ends here: `is` does not begin `island`."""
        following = self.text[self.place + len(literal) : self.place + len(literal) + 1]
        is_word = literal[-1].isascii() and literal[-1].isalnum()
        return not (is_word and following.isascii() and (following.isalnum() or following == "_"))

    def word(self, spellings: Spellings) -> bool:
        return bool(self.take(*(word for words in spellings.values() for word in words)))

    def one_of(self, choices: Mapping[str, Spellings], allowed: Iterable[str]) -> str:
        """The key of the longest spelling that stands here; "" for none."""
        spelled = [(word, key) for key in allowed for words in choices[key].values() for word in words]
        found = self.take(*(word for word, _ in spelled))
        return next((key for word, key in spelled if word == found), "") if found else ""

    def match(self, pattern: re.Pattern[str]) -> str:
        self.skip()
        found = pattern.match(self.text, self.place)
        if found is None:
            return ""
        self.place = found.end()
        return found[found.lastindex or 0]

    def either(self, level: int) -> Condition:
        parts = [self.both(level)]
        while self.word(told.OR):
            parts.append(self.both(level))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self, level: int) -> Condition:
        parts = [self.one(level)]
        while self.word(told.AND):
            parts.append(self.one(level))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self, level: int) -> Condition:
        if level > _NO_DEEPER:
            raise DomainError("too_deep", Words("条件嵌套过深", "conditions nest too deep"), place=self.place + 1)
        key = self.thing()
        if key:
            return self.about(key)
        if self.word(told.NOT):
            return Not(self.one(level + 1))
        if self.take("(", "（"):
            found = self.either(level + 1)
            if not self.take(")", "）"):
                raise self.wrong(CLOSING)
            return found
        if self.word(told.EVERYBODY):
            return Everybody()
        raise self.stranger()

    def thing(self) -> str:
        """The key of the field or verb that stands here; "" for none."""
        name = self.take(*self.things)
        if name:
            return self.things[name]
        start, key = self.place, self.match(_KEY)
        if key and key not in self.vocabulary.fields and key not in self.vocabulary.verbs:
            self.place = start
            raise self.vocabulary.unknown(key)
        return key

    def stranger(self) -> DomainError:
        """Something is named that there is not, or nothing is."""
        self.skip()
        place = self.place
        name = self.take(*self.vocabulary.refused) or self.match(_BARE)
        self.place = place
        if not name:
            return self.wrong(LEAF)
        error = self.vocabulary.unknown(name)
        error.data["place"] = place + 1
        return error

    def about(self, key: str) -> Condition:
        spec = self.vocabulary.fields.get(key)
        return self.field(spec) if spec else self.did(key)

    def field(self, spec: FieldSpec) -> Field:
        op = self.one_of(told.COMPARED, told.COMPARED)
        if not op:
            raise self.wrong(COMPARISON)
        if spec.kind == "date" and op in ("is", "eq"):
            op = "on"
        if spec.kind in ("number", "money") and op == "is":
            op = "eq"
        if op in ("known", "unknown"):
            return Field(spec.key, op)
        if op in ("within", "older"):
            return Field(spec.key, op, (self.days(),))
        if op == "between":
            first = self.plain(spec)
            return Field(spec.key, op, (first, self.to(spec)))
        if spec.kind in ("number", "money", "date"):
            return Field(spec.key, op, (self.plain(spec),))
        return Field(spec.key, op, self.values(spec.title, spec.options, spec.key))

    def plain(self, spec: FieldSpec) -> str:
        found = self.match(_DAY) if spec.kind == "date" else self.match(_NUMBER)
        if not found:
            raise self.wrong(A_DAY if spec.kind == "date" else A_NUMBER)
        return found

    def to(self, spec: FieldSpec) -> str:
        if not self.word(told.TO):
            raise self.wrong(AN_END)
        return self.plain(spec)

    def days(self) -> str:
        found = self.match(re.compile(r"\d+", re.ASCII))
        if not found or not self.word(told.DAYS):
            raise self.wrong(SOME_DAYS)
        return found

    def values(self, title: Words, options: Options, field: str) -> tuple[str, ...]:
        found = [self.value(title, options, field)]
        while self.take("|", "｜"):
            found.append(self.value(title, options, field))
        return tuple(found)

    def value(self, title: Words, options: Options, field: str) -> str:
        if self.take("#"):
            return self.string()
        names = names_of(options, bare=False).keys
        self.skip()
        if not _STRING.match(self.text, self.place):
            if name := self.named((*names, *dict(options))):
                return names.get(name, name)
            if not options:
                raise self.wrong(QUOTED)
            place, given = self.place, self.match(_BARE)
            self.place = place
            if not given:
                raise self.wrong(A_VALUE)
        else:
            given = self.string()
            if not options or given in names:
                return names.get(given, given)
            if given in {code for code, _ in options}:
                return given
        words = Words(f"{title.zh}：没有“{given[:60]}”", f"{title.en}: there is no “{given[:60]}”")
        called = dict(options)
        known = {name: called[code] for name, code in names.items()}
        raise DomainError("bad_condition", with_near(words, given, known), field=field, place=self.place + 1)

    def named(self, known: Iterable[str]) -> str:
        """The known name that stands here without quotes; "" for none.

        Only a value can stand here, so whatever it holds. First come names of one piece that end with it, which is how names are
        written; a sign that follows may belong to the language as well as to a longer name.
        """
        pieces = {each: _BARE.fullmatch(each) is not None for each in known}
        whole = (each for each in pieces if pieces[each] and self.parted(each))
        longer = (each for each in pieces if not pieces[each])
        return self.take(*whole) or self.take(*longer) or self.take(*pieces)

    def parted(self, literal: str) -> bool:
        """Whether a word of that length would end here."""
        self.skip()
        return not _BARE.match(self.text, self.place + len(literal))

    def string(self) -> str:
        self.skip()
        found = _STRING.match(self.text, self.place)
        if not found:
            raise self.wrong(QUOTED)
        self.place = found.end()
        return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)

    def did(self, verb: str) -> Did:
        spec = self.vocabulary.verb(verb)
        text = self.string() if spec.texted else ""
        times, count, window, places = "at_least", 1, Window(), Places()
        while True:
            if often := self.one_of(told.OFTEN, told.OFTEN):
                times, count = often, self.count()
            elif op := self.one_of(told.COMPARED, _WINDOWS):
                window = self.window(op)
            elif self.word(told.WHERE):
                places = self.places()
            else:
                return Did(verb, _times(times), count, window, places, text)

    def count(self) -> int:
        found = self.match(re.compile(r"\d{1,9}", re.ASCII))
        if not found:
            raise self.wrong(A_NUMBER)
        self.take(*told.COUNTED)
        return int(found)

    def window(self, op: str) -> Window:
        if op == "within":
            return Window(int(self.days()[:9]))
        first = self.day()
        if op == "between":
            if not self.word(told.TO):
                raise self.wrong(AN_END)
            return Window(None, first, self.day())
        return Window(None, first if op == "from" else None, first if op == "until" else None)

    def day(self) -> date:
        start, found = self.place, self.match(_DAY)
        try:
            return date.fromisoformat(found)
        except ValueError:
            self.place = start
            raise self.wrong(A_DAY) from None

    def places(self) -> Places:
        if not self.take("(", "（"):
            raise self.wrong(OPENING)
        spelled = {name: aspect for aspect, words in PLACE_NAMES.items() for name in (words.zh, words.en)}
        found: list[tuple[str, tuple[str, ...]]] = []
        while True:
            aspect = spelled.get(self.take(*spelled), "")
            if not aspect or not self.take("=", "＝"):
                raise self.wrong(AN_ASPECT)
            found.append((aspect, self.values(PLACE_NAMES[aspect], self.vocabulary.places.get(aspect, ()), aspect)))
            if self.take(")", "）"):
                return Places(tuple(found))
            if not self.take(",", "，", "、"):
                raise self.wrong(CLOSING)


def _times(code: str) -> Times:
    return "at_most" if code == "at_most" else "exactly" if code == "exactly" else "at_least"


_WINDOWS = ("within", "between", "from", "until")
TOO_LONG = Words("文字超过 {n} 个字", "the text has more than {n} characters")
AND_OR = Words("“且”“或”或结尾", "“and”, “or” or the end")
CLOSING, OPENING = Words("右括号", "a closing bracket"), Words("左括号", "an opening bracket")
LEAF = Words("字段、行为、“非”或括号", "a field, a deed, “not” or a bracket")
COMPARISON = Words(
    "比较方式，如“是”“包含”“>=”“近 30 天”“已知”",
    "a comparison such as “is”, “contains”, “>=”, “within 30 days”, “is known”",
)
A_DAY, A_NUMBER = Words("日期，如 2026-03-01", "a day such as 2026-03-01"), Words("数字", "a number")
AN_END = Words("“至”和范围的终点", "“and” with the end of the range")
SOME_DAYS = Words("天数，如“14 天”", "days, such as “14 days”")
QUOTED = Words("引号中的文字", "a text in quotes")
A_VALUE = Words("一个取值", "a value")
AN_ASPECT = Words("“社群=”“类型=”“主题=”“平台=”或“单位=”", "“community=”, “type=”, “theme=”, “platform=” or “unit=”")
