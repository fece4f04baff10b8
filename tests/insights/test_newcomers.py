"""Those who come: who brought them, when they speak, who answers, who sells to them."""

import pytest

from tests.insights.stories import EVERYTHING, Story, scope_at, series, whys


@pytest.fixture
def friends(story: Story) -> Story:
    """In March member 1 brings 2, 3 and 4, staff 9 brings 5, nobody is told to have brought 6; 2 speaks at once, 3 after 40 days."""
    story.person(9, 9, "staff")
    story.says(1, "2026-03-01 09:00")
    story.brings(1, 2, "2026-03-02 10:00")
    story.brings(1, 3, "2026-03-03 10:00")
    story.brings(1, 4, "2026-03-04 10:00")
    story.brings(9, 5, "2026-03-05 10:00")
    story.joins(6, "2026-03-06 10:00")
    story.says(2, "2026-03-02 11:00")
    story.says(5, "2026-03-05 11:00")
    story.says(3, "2026-04-12 09:00")
    story.buys(4, "2026-03-20", 500)
    return story


def test_those_whom_members_brought(friends: Story) -> None:
    found = friends.board()
    assert series(found, "invited_members") == {"2026-03": 3, "2026-04": 0}
    assert series(found, "inviting_members") == {"2026-03": 1, "2026-04": 0}
    assert series(found, "successful_invitations") == {"2026-03": 1, "2026-04": 0}
    assert series(found, "invited_buyers") == {"2026-03": 1, "2026-04": 0}
    assert series(found, "referral_factor") == {"2026-03": 0.5, "2026-04": 0}
    assert found.figure("successful_invitations", found.periods[0]).n == 3


def test_without_a_word_about_inviters_invitations_are_unknown(story: Story) -> None:
    story.joins(1, "2026-03-01")
    story.says(1, "2026-03-01 13:00")
    found = story.board()
    for metric in ("invited_members", "inviting_members", "successful_invitations", "referral_factor"):
        assert (series(found, metric), whys(found, metric)) == ({"2026-03": None}, {"invitations"})


def test_a_guest_counts_once_and_nobody_brings_oneself(story: Story) -> None:
    story.person(11, 1)
    story.brings(1, 2, "2026-03-01")
    story.brings(3, 2, "2026-04-01", community=2)
    story.brings(11, 1, "2026-03-02")
    found, parts = story.board(), story.board(by="community")
    assert series(found, "invited_members") == {"2026-03": 1, "2026-04": 0}
    assert series(parts, "invited_members", 2) == {"2026-03": 0, "2026-04": 1}


@pytest.mark.parametrize("role", ["staff", "atmosphere", "bot"])
def test_only_ordinary_members_refer(story: Story, role: str) -> None:
    story.person(1, 1, role)
    story.brings(1, 2, "2026-03-01")
    assert series(story.board(), "invited_members") == {"2026-03": 0}


def test_buyers_brought_in_need_the_permission(friends: Story) -> None:
    found = friends.board(scope_at(1, allowed=("communities.view",)))
    assert (series(found, "invited_buyers"), whys(found, "invited_buyers")) == (
        {"2026-03": None, "2026-04": None},
        {"permission"},
    )
    assert series(found, "successful_invitations")["2026-03"] == 1


def test_first_words_within_a_week(story: Story) -> None:
    """1 comes and speaks after 6 days, 2 after 7, 3 never, 4 too late for its week to be over, 5 was never seen coming."""
    story.says(6, "2026-02-01")
    story.joins(1, "2026-03-01")
    story.says(1, "2026-03-07")
    story.joins(2, "2026-03-02")
    story.says(2, "2026-03-09")
    story.joins(3, "2026-03-03")
    story.says(5, "2026-03-10")
    story.joins(4, "2026-03-20")
    story.says(4, "2026-03-21")
    found = story.board()
    assert series(found, "first_words_rate") == {"2026-02": None, "2026-03": pytest.approx(1 / 3)}
    assert found.figure("first_words_rate", found.periods[1]).n == 3


def test_first_words_of_newcomers_whose_week_is_not_over_are_unknown(story: Story) -> None:
    story.joins(1, "2026-03-01")
    story.says(1, "2026-03-02")
    found = story.board()
    assert (series(found, "first_words_rate"), whys(found, "first_words_rate")) == ({"2026-03": None}, {"base"})


def test_whether_those_listed_before_the_talk_spoke_nobody_knows(story: Story) -> None:
    story.joins(1, "2026-03-01")
    story.says(9, "2026-03-05")
    story.joins(2, "2026-03-05 13:00")
    story.says(9, "2026-03-30")
    found = story.board()
    assert (series(found, "first_words_rate"), series(found, "new_members")) == ({"2026-03": 0}, {"2026-03": 3})
    assert found.figure("first_words_rate", found.periods[0]).n == 1


def test_how_long_newcomers_wait(story: Story) -> None:
    """1 is answered by 2 after half an hour (2's own first words), 2 by 1 after 90 minutes, 3 by staff after 20 hours and over midnight."""
    story.person(9, 9, "staff")
    story.says(1, "2026-03-01 09:00")
    story.says(1, "2026-03-01 09:10")
    story.says(2, "2026-03-01 09:30")
    story.says(1, "2026-03-01 11:00")
    story.says(3, "2026-03-05 10:00")
    story.says(9, "2026-03-06 06:00")
    story.says(1, "2026-03-20 08:00")
    found = story.board()
    assert series(found, "newcomer_wait") == {"2026-03": 90}
    assert series(found, "newcomers_answered") == {"2026-03": 1}
    assert found.figure("newcomer_wait", found.periods[0]).n == 3


def test_nobody_answers(story: Story) -> None:
    """A bot's greeting is no answer, what is said elsewhere neither, and whoever spoke on the last day may still be answered."""
    story.person(8, 8, "bot")
    story.says(1, "2026-03-01 09:00")
    story.says(8, "2026-03-01 09:01")
    story.says(2, "2026-03-01 09:02", community=2)
    story.says(1, "2026-03-05 09:00")
    story.says(3, "2026-03-05 10:00")
    found = story.board()
    assert series(found, "newcomers_answered") == {"2026-03": 0}
    assert series(found, "newcomer_wait") == {"2026-03": 24 * 60}
    assert found.figure("newcomers_answered", found.periods[0]).n == 2


def test_first_words_of_someone_in_two_communities_are_the_first_of_each(story: Story) -> None:
    story.says(1, "2026-03-01 09:00", community=1)
    story.says(2, "2026-03-01 09:30", community=1)
    story.says(1, "2026-03-02 09:00", community=2)
    story.says(2, "2026-03-02 10:00", community=2)
    story.says(9, "2026-03-30 10:00", community=2)
    parts = story.board(by="community")
    assert [series(parts, "newcomer_wait", key)["2026-03"] for key in (1, 2)] == [12 * 60 + 15, 12 * 60 + 30]


def test_advertising_and_who_does_it(story: Story) -> None:
    story.person(9, 9, "staff")
    story.person(8, 8, "bot")
    story.says(1, "2026-03-01 09:00", text="大家早上好呀")
    story.says(2, "2026-03-01 09:10", text="加我微信领券")
    for minute in (1, 2, 3):
        story.says(9, f"2026-03-01 10:0{minute}", text=f"今天特价第 {minute} 波，限时抢购")
    story.says(8, "2026-03-01 11:00", text="点击链接领优惠券")
    story.says(1, "2026-04-01 09:00", text="谢谢大家的帮助")
    found = story.board()
    assert series(found, "promotion_share") == {"2026-03": 0.8, "2026-04": 0}
    assert series(found, "staff_promotion_share") == {"2026-03": 0.75, "2026-04": None}


def test_where_nobody_is_known_as_staff_it_is_unknown_how_much_of_the_selling_is_theirs(story: Story) -> None:
    story.says(1, "2026-03-02", text="限时特价 ¥99 包邮")
    found = story.board()
    assert whys(found, "staff_promotion_share") == {"staff"}
    assert series(found, "promotion_share") == {"2026-03": 1}


def test_nothing_of_foreign_communities_shows(friends: Story) -> None:
    friends.community(1, unit=2)
    found = friends.board(scope_at(1))
    assert found.periods == () or set(series(found, "invited_members").values()) == {None}
    assert (
        friends.behind("invited_members", "2026-03-01", scope_at(1, allowed=("communities.view", "members.view"))) == []
    )
    assert friends.behind("invited_members", "2026-03-01", EVERYTHING) == [2, 3, 4]
