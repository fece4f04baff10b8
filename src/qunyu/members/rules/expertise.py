"""Expertise: how several signs that somebody knows about a topic add up."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for one person: tags and fields that name the topic, messages about it, questions answered, times thanked.

    `silent_days` is how long ago they last spoke of it; None where they never did.
    """

    tags: int = 0
    fields: int = 0
    messages: int = 0
    answers: int = 0
    thanked: int = 0
    silent_days: int | None = None


def points(signs: Signs) -> float:
    """How much speaks for somebody: a number to put people in order by, and nothing else.

    What an operator wrote down counts most: 6 for the first tag and 2 for each more, 4 and 1 for fields of the profile. What was said
    counts by its doublings: 3 for each of the questions answered, 2 of the times thanked, 1 of the messages; half after half a year's
    silence. Source: ours; the page shows every sign with its count.
    """
    told = _first(signs.tags, 6, 2) + _first(signs.fields, 4, 1)
    said = 3 * log2(1 + signs.answers) + 2 * log2(1 + signs.thanked) + log2(1 + signs.messages)
    return told + (said / 2 if signs.silent_days is not None and signs.silent_days > 182 else said)


def _first(count: int, first: int, more: int) -> int:
    return first + more * (count - 1) if count else 0
