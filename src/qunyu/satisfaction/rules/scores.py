"""Scores: what each kind of opinion says of satisfaction, from 0 (not at all) to 100 (fully)."""

from __future__ import annotations

from collections.abc import Iterable

STARS, LIKELY = 5, 10
COMPLAINT, SETTLED, PRAISE = 0, 50, 100


def of_stars(stars: int) -> int:
    """One star is 0, five are 100.

    Raises ValueError for no number from 1 to 5.
    """
    if not 1 <= stars <= STARS:
        raise ValueError(stars)
    return round(100 * (stars - 1) / (STARS - 1))


def as_stars(score: int) -> int:
    """The stars that make a score of 0 to 100, from 1 to 5."""
    return 1 + round(score * (STARS - 1) / 100)


def of_likely(answer: int) -> int:
    """How likely somebody would recommend us, 0 to 10, as 0 to 100.

    Raises ValueError for no number from 0 to 10.
    """
    if not 0 <= answer <= LIKELY:
        raise ValueError(answer)
    return round(100 * answer / LIKELY)


def mean(scores: Iterable[int]) -> int | None:
    """The mean, rounded half up; None without any."""
    found = list(scores)
    return (2 * sum(found) + len(found)) // (2 * len(found)) if found else None


def net_promoters(answers: Iterable[int]) -> int | None:
    """Percent of those who answered 9 or 10 less percent of those who answered 0 to 6, from -100 to 100; None without any.

    Source: Reichheld, The One Number You Need to Grow, Harvard Business Review 81(12), 2003.
    """
    found = list(answers)
    if not found:
        return None
    return round(100 * (sum(each >= 9 for each in found) - sum(each <= 6 for each in found)) / len(found))
