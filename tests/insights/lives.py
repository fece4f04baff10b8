"""Lives: whole communities told by what they say a day, for questions of health and alerts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from qunyu.insights.health import Checkup, health
from qunyu.insights.levels import Settings
from tests.insights.stories import EVERYTHING, Story

BEGIN = date(2026, 3, 2)
STAFF = 900


def live(
    story: Story, community: int, days: int, messages: Callable[[int], int], *, people: int = 10, begin: date = BEGIN
) -> None:
    """`messages(n)` messages on each day n, by the community's own `people` in turn; the staff say one word a day."""
    story.person(STAFF + community, STAFF + community, "staff")
    for number in range(days):
        day = begin + timedelta(days=number)
        for place in range(messages(number)):
            who = community * 1_000 + (number + place) % people
            story.says(who, f"{day} {9 + place % 12:02d}:{place % 60:02d}", community, f"今天的第 {place} 句，说说茶")
        story.says(STAFF + community, f"{day} 08:00", community, "早上好")


def opened(story: Story, community: int, **values: object) -> None:
    """A community that was opened long before its talk is known."""
    story.community(community, **{"opened_on": date(2025, 1, 1), "closed_on": None, "type": "sharing", **values})


def checkup(story: Story, last: date | None = None, settings: Settings | None = None) -> Checkup:
    with story.told():
        return health(story.lake, EVERYTHING, as_of=last, settings=settings)
