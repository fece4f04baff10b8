"""Who is counted, once: merged people, several communities, roles, coming and going."""

import pytest

from tests.insights.stories import Story, series


def test_a_person_in_two_communities_counts_once_altogether(story: Story) -> None:
    for community in (1, 2):
        story.says(1, "2026-03-01 09:00", community=community)
        story.says(2, "2026-03-02 09:00", community=community)
    story.says(3, "2026-03-03", community=2)
    whole, parts = story.board(), story.board(by="community")
    for metric in ("members", "active_members", "new_members", "mau"):
        assert series(whole, metric) == {"2026-03": 3}
        assert (series(parts, metric, 1), series(parts, metric, 2)) == ({"2026-03": 2}, {"2026-03": 3})
    # Messages are not people: each was sent somewhere, and they add up.
    assert series(whole, "messages") == {"2026-03": 5}
    assert series(whole, "messages_per_member") == {"2026-03": pytest.approx(5 / 3)}


def test_a_day_in_two_communities_is_one_active_day(story: Story) -> None:
    for community in (1, 2):
        story.says(1, "2026-03-01", community=community)
    story.says(2, "2026-03-02", community=2)
    assert series(story.board(), "dau") == {"2026-03": 1}


def test_a_merged_person_counts_once(story: Story) -> None:
    """Two identities, on two platforms, belong to one member."""
    story.community(1, platform="wechat")
    story.community(2, platform="qq")
    story.person(11, 1)
    story.person(12, 1)
    story.says(11, "2026-03-01", community=1)
    story.says(12, "2026-04-01", community=2)
    story.buys(12, "2026-04-02", 100)
    found = story.board()
    assert series(found, "members") == {"2026-03": 1, "2026-04": 1}
    assert series(found, "new_members") == {"2026-03": 1, "2026-04": 0}
    assert series(found, "retained_members") == {"2026-03": 0, "2026-04": 1}
    # Who bought as the one is the member that joined as the other.
    by_community = story.board(by="community")
    assert [series(by_community, "orders", key)["2026-04"] for key in (1, 2)] == [1, 1]
    assert series(found, "orders")["2026-04"] == 1


def test_merging_and_parting_change_the_past_without_another_lake(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-01")
    assert series(story.board(), "members") == {"2026-03": 2}
    story.person(2, 1)
    assert series(story.board(), "members") == {"2026-03": 1}
    story.person(2, 2)
    assert series(story.board(), "members") == {"2026-03": 2}


def test_a_merged_person_stays_while_one_identity_stays(story: Story) -> None:
    story.person(2, 1)
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-02 10:00")
    story.leaves(2, "2026-03-02 11:00")
    story.says(3, "2026-03-03")
    assert series(story.board(grain="day"), "members") == {"2026-03-01": 1, "2026-03-02": 1, "2026-03-03": 2}


def test_whoever_takes_another_name_is_still_there(story: Story) -> None:
    """A platform without stable ids: the old name goes, the new one appears."""
    story.says(1, "2026-03-01")
    story.fact("renamed", "2026-03-02", community=1, identity=1, other=2)
    story.says(3, "2026-03-03")
    expected = {"2026-03-01": 1, "2026-03-02": 1, "2026-03-03": 2}
    assert series(story.board(grain="day"), "members") == expected
    story.person(2, 1)
    assert series(story.board(grain="day"), "members") == expected


@pytest.mark.parametrize(
    ("role", "members", "messages"), [("member", 2, 3), ("staff", 1, 3), ("atmosphere", 1, 1), ("bot", 1, 1)]
)
def test_roles(story: Story, role: str, members: int, messages: int) -> None:
    story.person(2, 2, role)
    story.says(1, "2026-03-01 09:00")
    story.says(2, "2026-03-01 10:00")
    story.says(2, "2026-03-01 11:00")
    found = story.board()
    for metric in ("members", "active_members", "new_members", "dau", "wau", "mau"):
        assert series(found, metric) == {"2026-03": members}
    assert series(found, "messages") == {"2026-03": messages}
    assert series(found, "messages_per_member") == {"2026-03": 1.5 if role == "member" else 1}


def test_actions_count_beside_messages_and_make_active(story: Story) -> None:
    story.fact("action", "2026-03-01", community=1, identity=1, text="waves")
    story.says(2, "2026-03-01")
    found = story.board()
    assert [series(found, key)["2026-03"] for key in ("messages", "actions", "active_members")] == [1, 1, 2]


def test_somebody_whom_nobody_saw_leave_is_there_to_the_end(story: Story) -> None:
    story.says(1, "2026-01-05")
    story.says(2, "2026-03-05")
    assert series(story.board(), "members") == {"2026-01": 1, "2026-02": 1, "2026-03": 2}


def test_coming_going_and_coming_back(story: Story) -> None:
    story.says(9, "2026-03-01")
    story.joins(1, "2026-03-02 09:00")
    story.leaves(1, "2026-03-04 09:00")
    story.joins(1, "2026-03-06 09:00")
    story.says(9, "2026-03-07")
    found = story.board(grain="day")
    assert list(series(found, "members").values()) == [1, 2, 2, 1, 1, 2, 2]
    assert list(series(found, "joins").values()) == [0, 1, 0, 0, 0, 1, 0]
    assert list(series(found, "leaves").values()) == [0, 0, 0, 1, 0, 0, 0]
    assert sum(value or 0 for value in series(found, "new_members").values()) == 2


def test_leaving_and_coming_back_on_one_day_is_no_absence(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.leaves(1, "2026-03-02 09:00")
    story.joins(1, "2026-03-02 10:00")
    story.says(2, "2026-03-03")
    assert series(story.board(grain="day"), "members") == {"2026-03-01": 1, "2026-03-02": 1, "2026-03-03": 2}


def test_speaking_after_having_left_is_being_there(story: Story) -> None:
    story.leaves(1, "2026-03-01")
    story.says(2, "2026-03-01")
    story.says(1, "2026-03-02")
    assert series(story.board(grain="day"), "members") == {"2026-03-01": 1, "2026-03-02": 2}


def test_leaving_one_of_two_communities_is_staying_altogether(story: Story) -> None:
    for community in (1, 2):
        story.says(1, "2026-03-01", community=community)
    story.leaves(1, "2026-03-02", community=1)
    story.says(2, "2026-03-03", community=2)
    whole, parts = story.board(grain="day"), story.board(grain="day", by="community")
    assert list(series(whole, "members").values()) == [1, 1, 2]
    assert list(series(parts, "members", 1).values()) == [1, 0, 0]


def test_a_list_and_a_chat_that_tell_of_one_coming_count_it_once(story: Story) -> None:
    story.joins(1, "2026-03-01 09:00")
    story.fact("listed", "2026-03-01 09:01", community=1, identity=1, quantity=1)
    story.fact("listed", "2026-03-01 20:00", community=1, identity=2, quantity=0)  # a list without joining times
    story.says(1, "2026-03-01 21:00")
    found = story.board()
    assert series(found, "joins") == {"2026-03": 1}
    assert series(found, "members") == {"2026-03": 2}


def test_interaction_rate_divides_by_the_members_of_each_day(story: Story) -> None:
    """Two days of two members, two of three: 10 member-days; somebody really spoke on three of them."""
    story.person(9, 9, "staff")
    for number in (1, 2, 3, 4):
        story.says(9, f"2026-03-0{number} 08:00")
    story.says(1, "2026-03-01 09:00")
    story.says(2, "2026-03-01 10:00")
    story.says(2, "2026-03-02 10:00", text="[强]")
    story.says(3, "2026-03-03 10:00")
    found = story.board()
    assert series(found, "interaction_rate") == {"2026-03": 0.3}
    assert found.figure("interaction_rate", found.periods[0]).n == 10
    assert series(found, "speaking_members") == {"2026-03": 3}
