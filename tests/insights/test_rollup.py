"""The activity rollup: what counts as really speaking, and days recomputed whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.events.lake import rollup
from qunyu.events.lake.schema import ACTIVITY, FACTS
from qunyu.events.lake.store import Lake
from tests.insights.stories import Story, pairs

COLUMNS = [name for name in ACTIVITY.names if not name.endswith("_at")] + [
    f"epoch_us({name})" for name in ACTIVITY.names if name.endswith("_at")
]


def activity(lake: Lake) -> list[tuple[object, ...]]:
    with lake.connect() as connection:
        return connection.execute(f"SELECT {', '.join(COLUMNS)} FROM activity ORDER BY ALL").fetchall()


def spoken(story: Story) -> dict[int, int]:
    with story.lake.connect() as connection:
        return dict(connection.execute("SELECT identity, sum(spoken)::BIGINT FROM activity GROUP BY ALL").fetchall())


REAL = [
    ("你好", "text"),
    ("好的，谢谢老板提醒我明天开会", "text"),
    ("a", "text"),
    ("666", "text"),
    ("[强] 这个好", "text"),
    ("[图片]", "image"),
    ("", "image"),
    ("", "voice"),
    ("", "file"),
    ("", "link"),
    ("谢谢你昨天的帮忙，茶很好喝", "text"),
    ("红包怎么领？", "text"),
]
EMPTY = [
    ("[强]", "text"),
    ("[强][玫瑰]", "text"),
    ("👍👍", "text"),
    ("……", "text"),
    ("?!", "text"),
    ("", "text"),
    (" \n", "text"),
    ("", "sticker"),
    ("[动画表情]", "sticker"),
    ("恭喜发财", "red_packet"),
    ("", "transfer"),
    ("谢谢老板", "text"),
    ("谢谢老板的红包！", "text"),
    ("多谢群主大红包", "text"),
    ("Thanks!", "text"),
    ("thank you boss", "text"),
    ("谢谢", "text"),
]


EMOJI = ["👍🏽", "🇨🇳", "☺", "👍 👍"]
LONG_EMOJI = ["❤️", "👨‍👩‍👧", "1️⃣"]
MORE_THANKS = ["谢谢谢谢", "谢谢 谢谢老板", "多谢多谢！", "谢谢老板[玫瑰]", "谢谢🙏"]
CASES = [*REAL, *EMPTY, *((text, "text") for text in (*EMOJI, *LONG_EMOJI, *MORE_THANKS))]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], int]:
    """Case -> how many of that one message count as real; each is said by somebody between two people's talk."""
    story = Story(tmp_path_factory.mktemp("spoken"))
    for number, (text, subject) in enumerate(CASES, 1):
        story.says(8, "2026-03-01 09:00", number, text="今天有新茶")
        story.fact("message", "2026-03-01 09:01", community=number, identity=100 + number, text=text, subject=subject)
        story.says(9, "2026-03-01 09:02", number, text="明天也有")
    found = spoken(story)
    return {case: found[100 + number] for number, case in enumerate(CASES, 1)}


@pytest.mark.parametrize(("text", "subject"), REAL)
def test_real_talk(counted: dict[tuple[str, str], int], text: str, subject: str) -> None:
    assert counted[(text, subject)] == 1


@pytest.mark.parametrize(("text", "subject"), EMPTY)
def test_stickers_thanks_and_signs_are_no_talk(counted: dict[tuple[str, str], int], text: str, subject: str) -> None:
    assert counted[(text, subject)] == 0


@pytest.mark.parametrize("text", EMOJI)
def test_emoji_are_no_talk(counted: dict[tuple[str, str], int], text: str) -> None:
    assert counted[(text, "text")] == 0


@pytest.mark.parametrize("text", LONG_EMOJI)
def test_emoji_of_several_signs_are_no_talk(counted: dict[tuple[str, str], int], text: str) -> None:
    assert counted[(text, "text")] == 0


@pytest.mark.parametrize("text", MORE_THANKS)
def test_repeated_or_decorated_thanks_are_no_talk(counted: dict[tuple[str, str], int], text: str) -> None:
    assert counted[(text, "text")] == 0


def test_the_first_message_of_a_day_is_as_good_as_any(story: Story) -> None:
    story.says(1, "2026-03-01", text="早上好，今天喝什么茶？")
    assert spoken(story) == {1: 1}


def test_a_repetition_of_the_message_before_says_nothing(story: Story) -> None:
    for who, at, text in (
        (1, "09:00", "新茶到了"),
        (2, "09:01", "新茶到了"),
        (3, "09:02", "新茶到了"),
        (2, "09:03", "好"),
    ):
        story.says(who, f"2026-03-01 {at}", text=text)
    story.says(4, "2026-03-01 09:04", text="新茶到了")
    story.says(5, "2026-03-01 09:05", text="新茶到了", community=2)  # another community has its own talk
    found = spoken(story)
    assert {who: found[who] for who in range(1, 6)} == {1: 1, 2: 1, 3: 0, 4: 1, 5: 1}


def test_actions_and_notices_are_no_talk(story: Story) -> None:
    story.fact("action", "2026-03-01 09:01", community=1, identity=1, text="waves at all")
    story.fact("notice", "2026-03-01 09:02", community=1, identity=2, text="the group has a new name")
    assert spoken(story) == {1: 0}


def test_coming_and_going_of_a_day(story: Story) -> None:
    story.joins(1, "2026-03-01 09:00")
    story.fact("listed", "2026-03-01 08:00", community=1, identity=1, quantity=1)
    story.leaves(1, "2026-03-01 10:00")
    story.joins(1, "2026-03-01 11:00")
    story.fact("unlisted", "2026-03-01 10:00", community=1, identity=1, quantity=1)
    with story.lake.connect() as connection:
        sql = "SELECT joins, leaves, hour(came_at), hour(gone_at), hour(first_at), hour(last_at) FROM activity"
        assert connection.execute(sql).fetchall() == [(2, 1, 3, 2, 0, 3)]  # hours of UTC


def test_a_list_without_times_is_no_coming(story: Story) -> None:
    story.fact("listed", "2026-03-01", community=1, identity=1, quantity=0)
    with story.lake.connect() as connection:
        assert connection.execute("SELECT joins, came_at IS NULL FROM activity").fetchall() == [(0, True)]


def test_a_late_fact_changes_its_own_day_and_no_other(story: Story) -> None:
    for number in (1, 2, 3, 31):
        story.says(1, f"2026-03-{number:02d} 09:00")
        story.says(1, f"2026-03-{number:02d} 09:00", community=2)
    story.says(1, "2026-04-01 09:00")
    before = activity(story.lake)
    story.says(2, "2026-03-02 10:00")
    late = pa.Table.from_pylist(story.facts[-1:], schema=FACTS)
    story.lake.append("facts", late.to_reader())
    rollup.refresh(story.lake, pairs(late))
    after = activity(story.lake)
    assert set(before) <= set(after)
    (new,) = set(after) - set(before)
    assert [str(value) for value in new[:3]] == ["2026-03-02", "1", "2"]


def test_a_day_whose_facts_are_gone_is_gone(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(1, "2026-03-02")
    lake = story.lake
    lake.delete("facts", "local_day = '2026-03-01'")
    rollup.refresh(lake, pairs(pa.Table.from_pylist(story.facts[:1], schema=FACTS)))
    assert [str(row[0]) for row in activity(lake)] == ["2026-03-02"]


def test_nothing_dirty_writes_nothing(story: Story) -> None:
    story.says(1, "2026-03-01")
    version = story.lake.version("activity")
    rollup.refresh(story.lake, pairs(FACTS.empty_table()))
    assert story.lake.version("activity") == version


KINDS = st.sampled_from(["message", "message", "action", "joined", "left", "listed", "unlisted", "renamed", "notice"])
SAID = st.sampled_from(["你好", "谢谢", "👍", "茶"])
TOLD = st.lists(
    st.tuples(KINDS, st.integers(0, 3), st.integers(0, 9), st.integers(1, 2), st.integers(1, 3), SAID), max_size=24
)


@settings(max_examples=6)
@given(st.lists(TOLD, min_size=1, max_size=3))
def test_refreshing_what_is_dirty_equals_recomputing_everything(
    batches: list[list[tuple[str, int, int, int, int, str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story, lake = Story(Path(folder)), Lake(Path(folder) / "bit by bit")
        for batch in batches:
            start = len(story.facts)
            for kind, day, minute, community, who, text in batch:
                at = f"2026-0{3 + day // 2}-{15 + day % 2} 23:5{minute}"
                other = {"other": who + 10} if kind == "renamed" else {}
                story.fact(kind, at, community=community, identity=who, text=text, subject="text", quantity=1, **other)
            new = pa.Table.from_pylist(story.facts[start:], schema=FACTS)
            lake.append("facts", new.to_reader())
            rollup.refresh(lake, pairs(new))
        assert activity(lake) == activity(story.lake)
