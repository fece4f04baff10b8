"""Language: the words of the text form of conditions. All are read in both languages; `printing` writes the first of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qunyu.kernel.words import LANGUAGES, Language, Words
from qunyu.segments.rules.vocabulary import FieldSpec, Options, VerbSpec, Vocabulary

Spellings = Mapping[Language, tuple[str, ...]]


def _both(zh: str, en: str) -> Spellings:
    return {"zh": tuple(zh.split("|")), "en": tuple(en.split("|"))}


AND, OR = _both("且|并且|而且", "and"), _both("或|或者", "or")
NOT, DID_NOT = _both("非|没有|不在", "not"), _both("没有", "not")
EVERYBODY = _both("所有人", "everybody")
TO = _both("至|到", "and|to")
WHERE = _both("社群为", "where")
DAYS = _both("天内|天", "days|day")
# Operators, the longer words first where one begins like another.
COMPARED: Mapping[str, Spellings] = {
    "gte": _both(">=|≥", ">="),
    "lte": _both("<=|≤", "<="),
    "gt": _both(">|＞", ">"),
    "lt": _both("<|＜", "<"),
    "eq": _both("=|＝", "="),
    "between": _both("介于", "between"),
    "known": _both("已知", "is known"),
    "unknown": _both("未知", "is unknown"),
    "is": _both("是", "is"),
    "contains": _both("包含", "contains"),
    "older": _both("早于近", "before the last"),
    "within": _both("近", "within"),
    "on": _both("为", "on"),
    "from": _both("不早于", "since"),
    "until": _both("不晚于", "until"),
}
OFTEN: Mapping[str, Spellings] = {
    "at_least": _both("至少", "at least"),
    "at_most": _both("至多|最多", "at most"),
    "exactly": _both("恰好", "exactly"),
}
COUNTED = ("次", "天", "个", "times", "time", "days", "day", "communities", "community")
_ALL = (AND, OR, NOT, DID_NOT, EVERYBODY, TO, WHERE, DAYS, *COMPARED.values(), *OFTEN.values())
RESERVED = frozenset(word for each in _ALL for words in each.values() for word in words) | set(COUNTED)
_FIRST_WORDS = frozenset(word.split()[0] for word in RESERVED if word.isascii())
_SIGNS = tuple(word for word in RESERVED if not word.isascii())
_PLAIN = re.compile(r"[^\W\d_](?:[\w -]*\w)?\Z")


def is_plain(name: str) -> bool:
    """Whether a name can stand without brackets or quotes: letters first, and no word of the language at its beginning."""
    if not _PLAIN.match(name) or name != " ".join(name.split()):
        return False
    # Letters end with their word, signs stand side by side.
    begins = any(name.startswith(word) or word.startswith(name) for word in _SIGNS)
    return not begins and name.split(maxsplit=1)[0].lower() not in _FIRST_WORDS


def is_bare(name: str) -> bool:
    """Whether a value can stand without quotes."""
    return " " not in name and is_plain(name)


@dataclass(frozen=True)
class Names:
    """What things are called: `keys` by every name that stands for one thing alone, `shown` the name to write, or none."""

    keys: Mapping[str, str]
    shown: Mapping[tuple[str, Language], str]


def names_of(options: Options, *, bare: bool) -> Names:
    """The names of (code, name) in both languages; `bare` takes only those that stand without quotes."""
    meant: dict[str, set[str]] = {}
    for code, name in options:
        for language in LANGUAGES:
            meant.setdefault(_in(name, language), set()).add(code)
    alone = {name: next(iter(codes)) for name, codes in meant.items() if len(codes) == 1 and name}
    if bare:
        alone = {name: code for name, code in alone.items() if _stands(name, alone)}
    shown = {
        (code, language): _in(name, language)
        for code, name in options
        for language in LANGUAGES
        if _in(name, language) in alone
    }
    return Names(alone, shown)


def _stands(name: str, others: Mapping[str, str]) -> bool:
    longer = any(_goes_on(name, other) for other in others)
    return (
        is_plain(name) and not longer and not any(other != name and other.lower() == name.lower() for other in others)
    )


def _goes_on(name: str, other: str) -> bool:
    """Whether `other` is the name with a word of the language behind it: “tier since” could be “tier” since a day."""
    head, rest = other[: len(name) + 1].lower(), other[len(name) + 1 :].split()
    return head == f"{name.lower()} " and bool(rest) and (rest[0].lower() in _FIRST_WORDS or not is_plain(rest[0]))


def _in(name: Words, language: Language) -> str:
    return name.zh if language == "zh" else name.en


def things(vocabulary: Vocabulary) -> Names:
    """The names of fields and verbs."""
    known: list[FieldSpec | VerbSpec] = [*vocabulary.fields.values(), *vocabulary.verbs.values()]
    return names_of(tuple((each.key, each.title) for each in known), bare=True)
