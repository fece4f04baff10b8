"""What operators did: minutes by sittings, answers, greetings, and only of those who are linked and in scope."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.insights.effort import Doing, Effort, effort
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from tests.insights.stories import EVERYTHING, Story, scope_at

ANN, BEN = 501, 502


def of(
    story: Story, who: dict[int, int], first: str = "2026-03-01", last: str = "2026-03-31", scope: Scope = EVERYTHING
) -> Effort:
    with story.told():
        found = effort(story.lake, scope, date.fromisoformat(first), date.fromisoformat(last), who)
    assert found is not None
    return found


def minutes(story: Story, *times: str) -> float:
    """The minutes of somebody who writes in one community at these times of 1 March."""
    for each in times:
        story.says(1, f"2026-03-01 {each}")
    return of(story, {1: ANN}).doings[ANN, 1].minutes


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("09:00",), 1.0),
        (("09:00", "09:10"), 11.0),
        (("09:00", "09:10:01"), 2.0),
        (("09:00", "09:04", "09:14", "09:30", "09:30"), 16.0),
        (("23:58", "23:59"), 2.0),
    ],
)
def test_a_sitting_ends_after_ten_minutes_and_lasts_a_minute_more(
    story: Story, times: tuple[str, ...], expected: float
) -> None:
    assert minutes(story, *times) == expected


def test_chats_open_at_once_count_once_altogether(story: Story) -> None:
    """09:00–09:06 in one, 09:03–09:08 in the other, and 12:00 in the second: 7 + 6 + 1, altogether 9 + 1."""
    for minute, place in (("09:00", 1), ("09:06", 1), ("09:03", 2), ("09:08", 2), ("12:00", 2)):
        story.says(1, f"2026-03-01 {minute}", place)
    found = of(story, {1: ANN})
    assert {place: each.minutes for (_, place), each in found.doings.items()} == {1: 7.0, 2: 7.0}
    assert found.minutes == {ANN: 10.0}


@pytest.fixture
def shop(story: Story) -> Story:
    """Ann (persons 1 and 2: two accounts of hers) and Ben (3) run community 1; Ann is in 2 besides, of another unit.

    On 2 March 7 and 8 come; Ann greets the first within the hour, Ben a bit too late, nobody the second. 7 asks and Ann answers.
    """
    story.community(2, unit=2)
    for identity, member in ((1, 1), (2, 2), (3, 3)):
        story.person(identity, member, "staff")
    story.joins(7, "2026-03-02 09:00")
    story.says(1, "2026-03-02 09:10", text="欢迎新朋友，请看群公告")
    story.says(3, "2026-03-02 10:00:01", text="Welcome!")
    story.joins(8, "2026-03-02 12:00")
    story.says(2, "2026-03-02 12:30", text="今天的新品 https://example.org")
    story.says(7, "2026-03-02 13:00", text="这个茶怎么泡？")
    story.says(1, "2026-03-02 13:04", text="八十度的水泡三分钟就可以了")
    story.says(1, "2026-03-03 08:00", 2, text="早上好")
    story.says(7, "2026-03-31 08:00")
    return story


def test_what_each_did_where(shop: Story) -> None:
    found = of(shop, {1: ANN, 2: ANN, 3: BEN})
    assert found.as_of == date(2026, 3, 31)
    assert found.doings == {
        (ANN, 1): Doing(messages=3, days=1, answers=1, promotions=1, minutes=3.0, sittings=3, greeted=1, came=2),
        (ANN, 2): Doing(messages=1, days=1, minutes=1.0, sittings=1, greeted=None, came=0),
        (BEN, 1): Doing(messages=1, days=1, minutes=1.0, sittings=1, greeted=0, came=2),
    }


def test_who_is_linked_with_nobody_did_nothing_known(shop: Story) -> None:
    assert of(shop, {}).doings == {}
    assert set(of(shop, {3: BEN}).doings) == {(BEN, 1)}


def test_only_the_days_asked(shop: Story) -> None:
    found = of(shop, {1: ANN}, "2026-03-03", "2026-03-03")
    assert set(found.doings) == {(ANN, 2)}
    assert of(shop, {1: ANN}, "2026-02-01", "2026-02-28").doings == {}


def test_only_communities_in_scope(shop: Story) -> None:
    assert set(of(shop, {1: ANN, 3: BEN}, scope=scope_at(2)).doings) == {(ANN, 2)}
    with shop.told():
        assert effort(shop.lake, scope_at(), date(2026, 3, 1), date(2026, 3, 31), {1: ANN}) is None


def test_days_that_run_backwards_are_refused(shop: Story) -> None:
    with pytest.raises(DomainError) as refused:
        of(shop, {1: ANN}, "2026-03-02", "2026-03-01")
    assert refused.value.code == "bad_period"


def test_atmosphere_accounts_are_measured_too(story: Story) -> None:
    story.person(4, 4, "atmosphere")
    story.says(4, "2026-03-01 09:00")
    story.says(5, "2026-03-01 09:01")
    assert of(story, {4: BEN}).doings[BEN, 1].messages == 1
