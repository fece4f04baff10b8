"""Topic: a question or some words as what texts are searched for: terms of which a text must hold enough.

No dictionary is asked. Words of letters and digits are terms as they stand; a run of Chinese is parted at the words that questions are
made of (怎么, 有没有, 推荐 …), and what is longer than LONGEST characters after that counts by its pairs of characters. Words with / between
them are said to mean the same: one of them is enough.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

LONGEST = 4
MOST_TERMS = 12
MOST_LETTERS = 200
# A share of the terms; all of one or two.
NEEDED = 0.5

_FILLING = re.compile(
    "有没有人|有没有|有谁|谁能|谁会|谁懂|谁知道|哪位|请问|请教|求助|求推荐|推荐|一下|怎么样|怎么办|怎么|怎样|如何|什么时候|什么|为什么|多少|"
    "能不能|可不可以|可以|是不是|帮忙|帮我|懂得|了解|知道|比较|大家|我们|你们|他们|这个|那个|哪个|哪些|哪里|[吗呢吧啊呀的了和与或在我你他她它谁懂会能帮想要做好是有]"
)
_STOP = frozenset(
    "a about an and any anybody anyone are as at be can could do does for from get has have help how i in is it know me my of on or our "
    "please should that the their there this to use was we what when where which who why with would you your".split()
)
_PART = re.compile(r"[a-z0-9][a-z0-9+#.\-]*[a-z0-9+#]|[a-z0-9]|[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Topic:
    """`terms`, each a choice of texts (in small letters) of which any will do, and how many of the terms a text must hold."""

    terms: tuple[tuple[str, ...], ...]
    need: int

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that is looked for."""
        return tuple(each for term in self.terms for each in term)

    def holds(self, text: str) -> bool:
        """Whether a name, such as a tag's, speaks of the topic: it holds a term, or is part of one."""
        plain = unicodedata.normalize("NFKC", text).casefold().strip()
        return any(_found(each, plain) or (len(plain) > 1 and _found(plain, each)) for each in self.texts)

    def holds_in(self, text: str) -> bool:
        """Whether a text that says several things speaks of the topic: it holds a term."""
        plain = unicodedata.normalize("NFKC", text).casefold()
        return any(_found(each, plain) for each in self.texts)


def topic_of(text: str) -> Topic:
    """The topic of what was typed.

    Raises DomainError no_topic with the field `q` where nothing to search for is left.
    """
    plain = unicodedata.normalize("NFKC", text[:MOST_LETTERS]).casefold()
    terms: dict[tuple[str, ...], None] = {}
    for word in re.split(r"[\s,，、。；;:：?？!！()\"“”]+", plain):
        if "/" in word:
            several = tuple(dict.fromkeys(each for each in (part.strip() for part in word.split("/")) if each))
            terms |= dict.fromkeys([several] if several else [])
        else:
            terms |= dict.fromkeys((each,) for each in _terms(word))
    kept = tuple(terms)[:MOST_TERMS]
    if not kept:
        message = Words("请写明要找懂什么的人，例如“冷泡茶”", "say what they should know about, such as “cold brew”")
        raise DomainError("no_topic", message, field="q")
    return Topic(kept, len(kept) if len(kept) <= 2 else max(2, round(len(kept) * NEEDED)))


def _terms(word: str) -> list[str]:
    found: list[str] = []
    for part in _PART.findall(word):
        if part[0] < "\u3400":
            found += [part] if part not in _STOP and len(part) > 1 else []
            continue
        for run in _FILLING.split(part):
            if len(run) > LONGEST:
                found += [run[place : place + 2] for place in range(len(run) - 1)]
            elif len(run) > 1 or run == part:
                found.append(run)
    return found


def _found(term: str, text: str) -> bool:
    if term.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(term)}(e?s)?(?![a-z0-9])", text) is not None
    return term in text


def condition(topic: Topic, column: str = "text") -> tuple[str, dict[str, str]]:
    """What a text must be in SQL over `column`, with its parameters; Latin words count whole, with or without a plural s."""
    parameters: dict[str, str] = {}
    parts = []
    for number, term in enumerate(topic.terms):
        ways = []
        for other, text in enumerate(term):
            name = f"term_{number}_{other}"
            parameters[name] = text
            # Chinese knows no capitals, and putting every text in small letters takes longer than the search.
            way = f"contains({f'lower({column})' if text.upper() != text else column}, ${name})"
            if text.isascii():
                parameters[f"{name}_w"] = f"(^|[^a-z0-9]){re.escape(text)}(e?s)?([^a-z0-9]|$)"
                way = f"({way} AND regexp_matches(lower({column}), ${name}_w))"
            ways.append(way)
        parts.append(f"({' OR '.join(ways)})")
    if topic.need == len(parts):
        return " AND ".join(parts), parameters
    return f"({' + '.join(f'{each}::TINYINT' for each in parts)}) >= {topic.need}", parameters
