"""The language of the command line: QUNYU_LANGUAGE, else English where LANG says so, else Chinese."""

from __future__ import annotations

import os

from qunyu.kernel.words import Language, Words, speaking


def _chosen() -> Language:
    asked = os.environ.get("QUNYU_LANGUAGE", "")
    if asked in ("zh", "en"):
        return "zh" if asked == "zh" else "en"
    return "en" if os.environ.get("LANG", "").startswith("en") else "zh"


LANGUAGE: Language = _chosen()


def help_text(words: Words) -> str:
    """The words in the command line's language, for click's help pages."""
    with speaking(LANGUAGE):
        return str(words)
