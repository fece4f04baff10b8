"""Words: a phrase in both of the product's languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_language: ContextVar[Language] = ContextVar("qunyu_language", default="zh")


@dataclass(frozen=True, slots=True)
class Words:
    """One phrase in Chinese and in English; `str()` gives the active language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if _language.get() == "zh" else self.en

    def fill(self, **values: object) -> Words:
        """The same phrase with its {placeholders} filled in both languages."""
        return Words(self.zh.format(**values), self.en.format(**values))


def language() -> Language:
    """The language that `str(Words)` answers in now."""
    return _language.get()


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Answers in `chosen` inside the block."""
    token = _language.set(chosen)
    try:
        yield
    finally:
        _language.reset(token)
