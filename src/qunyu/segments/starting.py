"""Starting: ready conditions to begin a segment from, as far as somebody may use what they ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from qunyu.segments.conditions import Speaker


@dataclass(frozen=True)
class Start:
    """A ready segment: what it is called, what it is for, and its condition as English text."""

    key: str
    name: Words
    use: Words
    text: str


STARTS = (
    Start("ready", Words("活跃但没下过单", "Lively, never ordered"), Words("先给价值，再谈首单", "Give value first, then speak of a first order"),
          "in a community and role is Member and spoke at least 3 times within 14 days and not ordered"),
    Start("again", Words("买过一次、两个月没再来", "Bought once, silent since"), Words("请他们回来", "Ask them back"),
          "ordered exactly 1 times and last order before the last 60 days"),
    Start("quiet", Words("一个月没说话的老成员", "Old members, a month without a word"), Words("离开之前先关心", "Care before they leave"),
          "in a community and role is Member and first seen before the last 90 days and not was active within 30 days"),
    Start("newcomers", Words("七天内入群、还没开口", "Came this week, no word yet"), Words("迎新、破冰", "Welcome them"),
          "in a community within 7 days and role is Member and not spoke within 7 days"),
    Start("askers", Words("最近在提问的人", "Who asks questions"), Words("回答，并找出需求", "Answer, and find out what they need"),
          "in a community and role is Member and asked at least 2 times within 14 days"),
    Start("untouched", Words("买家里三个月没联系的", "Buyers nobody spoke to"), Words("安排一次轻松的联系", "Plan a light contact"),
          "ordered and not was contacted within 90 days"),
)  # fmt: skip


def starts(speaker: Speaker) -> list[Start]:
    """Those that can be used."""
    found: list[Start] = []
    for each in STARTS:
        try:
            speaker.from_text(each.text)
        except DomainError:
            continue
        found.append(each)
    return found
