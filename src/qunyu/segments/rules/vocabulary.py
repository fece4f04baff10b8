"""Vocabulary: the fields, verbs and communities that a condition may speak of, as somebody may use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

Kind = Literal["number", "money", "date", "text", "choice", "choices", "tag", "segment", "known"]
Options = tuple[tuple[str, Words], ...]

# What a field of each kind can be asked; "known" and "unknown" where a value may be missing.
_KNOWN = ("known", "unknown")
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "number": ("eq", "gte", "lte", "gt", "lt", "between", *_KNOWN),
    "money": ("eq", "gte", "lte", "gt", "lt", "between", *_KNOWN),
    "date": ("within", "older", "on", "from", "until", "between", *_KNOWN),
    "text": ("is", "contains", *_KNOWN),
    "choice": ("is", *_KNOWN),
    "choices": ("is", *_KNOWN),
    "tag": ("is",),
    "segment": ("is",),
    "known": _KNOWN,
}
# Of how many values each operator speaks; None: one and more.
VALUES: Mapping[str, int | None] = {
    **dict.fromkeys(("eq", "gte", "lte", "gt", "lt", "within", "older", "on", "from", "until", "contains"), 1),
    "between": 2,
    "is": None,
    "known": 0,
    "unknown": 0,
}


@dataclass(frozen=True)
class FieldSpec:
    """A field: `options` are (code, name) where only some values are possible, `needs` the permission it takes besides members.view.

    `currency` is that of an amount. Of a `known` one only whether there is a value can be asked: it lies encrypted. Whoever a value is
    known of did `deed` (the key of a verb), and on that day where the value is one.
    """

    key: str
    title: Words
    kind: Kind
    group: Words
    options: Options = ()
    needs: str = ""
    currency: str = ""
    help: Words | None = None
    deed: str = ""


@dataclass(frozen=True)
class VerbSpec:
    """Something people do: what is counted (`unit`), whether communities can be named, whether what was said can be."""

    key: str
    title: Words
    unit: Words
    group: Words
    placed: bool = True
    texted: bool = False
    needs: str = ""
    help: Words | None = None


@dataclass(frozen=True)
class Vocabulary:
    """Everything that may be used; `refused` are names (and keys) of what there is but not for this asker, with the permission that is missing."""

    fields: Mapping[str, FieldSpec]
    verbs: Mapping[str, VerbSpec]
    places: Mapping[str, Options]
    refused: Mapping[str, str] = field(default_factory=dict)

    def field(self, key: str) -> FieldSpec:
        """The field of that key.

        Raises DomainError unknown_segment_field or denied_segment_field.
        """
        if key not in self.fields:
            raise self.unknown(key)
        return self.fields[key]

    def verb(self, key: str) -> VerbSpec:
        """The verb of that key.

        Raises DomainError unknown_segment_field or denied_segment_field.
        """
        if key not in self.verbs:
            raise self.unknown(key)
        return self.verbs[key]

    def unknown(self, name: str) -> DomainError:
        """What is said of a field or verb that cannot be used."""
        if name in self.refused:
            from qunyu.kernel.scope import PERMISSIONS

            needed = PERMISSIONS[self.refused[name]]
            words = Words(
                f"“{name}”需要“{needed.zh}”的权限，您没有",
                f"“{name}” takes the permission to {needed.en}, which you lack",
            )
            return DomainError("denied_segment_field", words, field=name)
        known = {spelled: each.title for each in self._all() for spelled in (each.title.zh, each.title.en, each.key)}
        return DomainError("unknown_segment_field", with_near(NO_FIELD.fill(name=name[:60]), name, known), field=name)

    def _all(self) -> Iterable[FieldSpec | VerbSpec]:
        return [*self.fields.values(), *self.verbs.values()]


# So many names are told at once.
_TOLD = 8


def with_near(message: Words, name: str, known: Mapping[str, Words]) -> Words:
    """`message`, with the names that look like `name`, or else all there are where these are few.

    `known` has what each spelling, in whatever language, is called.
    """
    near = tuple(dict.fromkeys(known[each] for each in _near(name, known)))[:_TOLD]
    if near:
        return _listed(message, Words("相近的有", "near ones are"), near)
    there = tuple(dict.fromkeys(known.values()))
    return _listed(message, Words("有这些", "there are"), there) if 1 <= len(there) <= _TOLD else message


def _near(name: str, known: Mapping[str, Words]) -> list[str]:
    """The spellings that look like the name, then those that hold it."""
    given, low = name.strip().lower(), {each.lower(): each for each in known}
    alike = [low[each] for each in get_close_matches(given, low, 5, 0.5)]
    return alike + [each for spelled, each in low.items() if given and given in spelled]


def _listed(message: Words, what: Words, names: Iterable[Words]) -> Words:
    zh, en = "、".join(each.zh for each in names), ", ".join(each.en for each in names)
    return Words(f"{message.zh}；{what.zh}：{zh}", f"{message.en}; {what.en}: {en}")


NO_FIELD = Words("没有字段或行为“{name}”", "there is no field or deed “{name}”")
