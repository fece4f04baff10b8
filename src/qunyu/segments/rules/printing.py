"""Printing: a condition as text that reads like a sentence, in either language."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from qunyu.kernel.words import Language
from qunyu.segments.rules import language as told
from qunyu.segments.rules.checking import PLACE_NAMES
from qunyu.segments.rules.language import Spellings, is_bare, names_of, things
from qunyu.segments.rules.tree import And, Condition, Did, Everybody, Field, Not, Or, Places, Window
from qunyu.segments.rules.vocabulary import Options, Vocabulary


def printed(condition: Condition, vocabulary: Vocabulary, language: Language) -> str:
    """The text that `parsing.parsed` reads as the same condition."""
    return _Printer(vocabulary, language).text(condition)


class _Printer:
    def __init__(self, vocabulary: Vocabulary, language: Language) -> None:
        self.vocabulary, self.language = vocabulary, language
        self.things = things(vocabulary)
        # Each list of options once, however many conditions name one of them.
        self.names = lru_cache(maxsize=None)(lambda options: names_of(options, bare=False))

    def word(self, spellings: Spellings) -> str:
        return spellings[self.language][0]

    def text(self, condition: Condition) -> str:
        if isinstance(condition, And | Or):
            joint = f" {self.word(told.AND if isinstance(condition, And) else told.OR)} "
            return joint.join(self.inner(part) for part in condition.parts)
        if isinstance(condition, Not):
            word = told.DID_NOT if isinstance(condition.part, Did) else told.NOT
            inner = self.text(condition.part)
            return (
                f"{self.word(word)} ({inner})"
                if isinstance(condition.part, And | Or | Not)
                else f"{self.word(word)} {inner}"
            )
        if isinstance(condition, Everybody):
            return self.word(told.EVERYBODY)
        return self.field(condition) if isinstance(condition, Field) else self.did(condition)

    def inner(self, part: Condition) -> str:
        return f"({self.text(part)})" if isinstance(part, And | Or) else self.text(part)

    def name(self, key: str) -> str:
        return self.things.shown.get((key, self.language)) or f"[{key}]"

    def field(self, leaf: Field) -> str:
        spec, word = self.vocabulary.field(leaf.field), self.word(told.COMPARED[leaf.op])
        if leaf.op in ("within", "older"):
            return f"{self.name(leaf.field)} {word} {leaf.values[0]} {self.days()}"
        if leaf.op == "between":
            return f"{self.name(leaf.field)} {word} {leaf.values[0]} {self.word(told.TO)} {leaf.values[1]}"
        values = [self.value(value, spec.options) if spec.kind not in _BARE else value for value in leaf.values]
        return " ".join(part for part in (self.name(leaf.field), word, " | ".join(values)) if part)

    def value(self, value: str, options: Options) -> str:
        if not options:
            return self.quoted(value)
        name = self.names(options).shown.get((value, self.language))
        if name is None:
            return f"#{self.quoted(value)}"
        return name if is_bare(name) else self.quoted(name)

    def quoted(self, text: str) -> str:
        left, right = ("“", "”") if self.language == "zh" else ('"', '"')
        for sign in ("\\", "“", "”", '"'):
            text = text.replace(sign, f"\\{sign}")
        return f"{left}{text}{right}"

    def did(self, leaf: Did) -> str:
        spec, said = self.vocabulary.verb(leaf.verb), self.quoted(leaf.text) if leaf.text else ""
        unit = spec.unit.zh if self.language == "zh" else spec.unit.en
        counted = (leaf.times, leaf.count) != ("at_least", 1)
        times = f"{self.word(told.OFTEN[leaf.times])} {leaf.count} {unit}" if counted else ""
        parts = (self.name(leaf.verb), said, times, self.window(leaf.window), self.places(leaf.places))
        return " ".join(part for part in parts if part)

    def days(self) -> str:
        return self.word(told.DAYS) if self.language == "en" else "天"

    def window(self, window: Window) -> str:
        compared = told.COMPARED
        if window.days is not None:
            return f"{self.word(compared['within'])} {window.days} {self.days()}"
        if window.first and window.last:
            return f"{self.word(compared['between'])} {window.first} {self.word(told.TO)} {window.last}"
        return self.bound("from", window.first) or self.bound("until", window.last)

    def bound(self, op: str, day: date | None) -> str:
        return f"{self.word(told.COMPARED[op])} {day}" if day else ""

    def places(self, places: Places) -> str:
        if not places.narrowed:
            return ""
        parts = []
        for aspect, values in places.narrowed:
            name, options = PLACE_NAMES[aspect], self.vocabulary.places[aspect]
            listed = " | ".join(self.value(value, options) for value in values)
            parts.append(f"{name.zh if self.language == 'zh' else name.en}={listed}")
        return f"{self.word(told.WHERE)} ({', '.join(parts)})"


# Their values are numbers and days, which need no quotes.
_BARE = ("number", "money", "date")
