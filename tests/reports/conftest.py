"""The spring of a made-up tea shop, and what the reports are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from qunyu.kernel.scope import Scope
from qunyu.reports.page import Content
from tests.insights.stories import EVERYTHING, Story


def tea_shop(folder: Path) -> Story:
    """Three months: in January 1 and 2 talk and buy, in February nobody does anything, in March 1 is back."""
    story = Story(folder)
    story.community(1, name="Tea lovers")
    story.person(9, 9, "staff")
    for month, who in (("01", 1), ("01", 2), ("03", 1)):
        story.says(9, f"2026-{month}-10 08:00")
        story.says(who, f"2026-{month}-10 09:0{who}")
        story.buys(who, f"2026-{month}-11", 123_400)
    story.joins(3, "2026-01-12")
    story.leaves(3, "2026-01-20")
    return story


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A tea shop that no test adds to."""
    return tea_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def own_shop(tmp_path: Path) -> Story:
    """A tea shop of the test's own."""
    return tea_shop(tmp_path)


@pytest.fixture(scope="session")
def whole(shop: Story) -> Content:
    """The shop as the system sees it."""
    return content(shop)


def content(story: Story, scope: Scope = EVERYTHING) -> Content:
    """What `qunyu report` would put on its page about the story."""
    return Content(
        title="Tea",
        board=story.board(scope),
        by_community=story.board(scope, grain="all", by="community"),
        cohorts=story.cohorts(scope),
        totals=story.totals(scope),
        made_at=datetime(2026, 4, 1, 4, 0, tzinfo=UTC),
        zone=ZoneInfo("Asia/Shanghai"),
    )
