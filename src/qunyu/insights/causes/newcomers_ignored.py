"""Newcomers ignored: people still come, but they do not begin to speak, or soon go again."""

from datetime import date
from math import sqrt

from qunyu.insights.cause import Cause, Finding, Line, rate, within
from qunyu.insights.evidence import Evidence, Part, Windows
from qunyu.kernel.words import Words

# Fewer newcomers than this tell chance.
FEWEST = 8


def find(evidence: Evidence) -> Finding | None:
    """Found when far fewer newcomers than before speak within a week, or far more are gone within two."""
    before, now = evidence.before, evidence.now
    if min(before.newcomers, now.newcomers) < FEWEST:
        return None
    spoke = before.greeted_words / before.newcomers, now.greeted_words / now.newcomers
    lost = before.lost / before.newcomers, now.lost / now.newcomers
    silent, going = _above(spoke[0], spoke[1], before, now), _above(lost[1], lost[0], before, now)
    if spoke[1] > spoke[0] * 0.65 and not (lost[1] > lost[0] * 1.6 and going >= 2):
        return None
    if max(silent, going) < 2:
        return None
    words = Words(
        "新成员一周内开口的从 {a:.0%} 降到 {b:.0%}，两周内离开的从 {c:.0%} 变为 {d:.0%}（{n} 位新成员）",
        "newcomers who speak within a week went from {a:.0%} to {b:.0%}, those gone within two from {c:.0%} to {d:.0%} ({n} newcomers)",
    )
    lines = (
        Line(Words("一周内开口的新成员", "Newcomers who speak within a week"), *spoke, now.newcomers, True),
        Line(Words("两周内离开的新成员", "Newcomers gone within two weeks"), *lost, now.newcomers, True),
        Line(Words("每天新成员", "Newcomers a day"), rate(before.newcomers, before.days), rate(now.newcomers, now.days),
             now.newcomers),
    )  # fmt: skip
    filled = words.fill(a=spoke[0], b=spoke[1], c=lost[0], d=lost[1], n=now.newcomers)
    return Finding(0.5 + 0.5 * within((max(silent, 0) + max(going, 0) - 2) / 4), filled, lines)


def _above(more: float, less: float, before: Part, now: Part) -> float:
    """By how many standard errors one share lies above the other."""
    pooled = (more + less) / 2
    error = sqrt(max(pooled * (1 - pooled), 0.01) * (1 / before.newcomers + 1 / now.newcomers))
    return (more - less) / error


_DAYS = (date(2026, 3, 1), date(2026, 3, 28)), (date(2026, 3, 29), date(2026, 4, 11))

CAUSE = Cause(
    key="newcomers_ignored",
    title=Words("新人被冷落", "Newcomers ignored"),
    definition=Words(
        "入群一周内开口的新成员比例明显低于衰退前，或两周内离开的比例明显更高（两倍标准误以上，至少 8 位新成员）。",
        "Clearly fewer newcomers than before speak within a week of coming, or clearly more are gone within two (two standard errors, at least 8 newcomers).",
    ),
    step=Words(
        "指定一位老成员当天欢迎每位新人并介绍给大家，群主在一小时内回应新人的第一句话",
        "Name a regular who welcomes and introduces every newcomer the same day; the owner answers first words within the hour",
    ),
    source="N8",
    find=find,
    example=(
        Evidence(
            Windows(1, *_DAYS),
            Part(days=28, newcomers=50, greeted_words=30, lost=5),
            Part(days=14, newcomers=50, greeted_words=5, lost=25),
        ),
        1.0,
    ),
)
