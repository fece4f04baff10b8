"""What the rollup tells from words: questions, who answers them, and what sells."""

from __future__ import annotations

import pytest

from tests.insights.stories import Story


def counted(story: Story, name: str) -> dict[int, int]:
    with story.lake.connect() as connection:
        rows = connection.execute(f"SELECT identity, sum({name})::BIGINT FROM activity GROUP BY ALL").fetchall()
        return {identity: count for identity, count in rows if count}


QUESTIONS = ["这个怎么泡？", "有没有推荐", "红包在哪领?", "请问几点开门", "能不能合并发货", "Anyone here?", "真的吗！"]
NO_QUESTIONS = ["今天喝白茶", "谢谢！", "水开了再冲", "I like it.", ""]


@pytest.mark.parametrize(("text", "asks"), [*((each, 1) for each in QUESTIONS), *((each, 0) for each in NO_QUESTIONS)])
def test_what_asks(story: Story, text: str, asks: int) -> None:
    story.fact("message", "2026-03-01 10:00", community=1, identity=1, text=text, subject="text")
    assert counted(story, "questions") == ({1: asks} if asks else {})


PROMOTIONS = [
    "今晚8点秒杀，手慢无",
    "￥39.9 到手",
    "看这里 https://t.example/x",
    "免费进群，加 zq32029",
    "【上新】桂花乌龙",
    "前50名送小样",
]
NO_PROMOTIONS = ["今天喝白茶", "我昨天买了两盒", "这个多少钱", "价格还行"]


@pytest.mark.parametrize(
    ("text", "sells"), [*((each, 1) for each in PROMOTIONS), *((each, 0) for each in NO_PROMOTIONS)]
)
def test_what_sells(story: Story, text: str, sells: int) -> None:
    story.says(1, "2026-03-01 10:00", text=text)
    assert counted(story, "promotions") == ({1: sells} if sells else {})


def test_a_shared_link_sells(story: Story) -> None:
    story.says(1, "2026-03-01 10:00", text="[链接]", subject="link")
    story.says(1, "2026-03-01 10:01", text="[图片]", subject="image")
    assert counted(story, "promotions") == {1: 1}


ANSWER = "八十度的水就好，先醒一道"


def test_an_answer_is_the_first_real_word_of_somebody_else(story: Story) -> None:
    story.says(1, "2026-03-01 10:00", text="白茶怎么泡？")
    story.says(1, "2026-03-01 10:01", text="买了很久一直没有打开过")
    story.says(2, "2026-03-01 10:02", text="好问题")
    story.says(3, "2026-03-01 10:03", text=ANSWER)
    story.says(4, "2026-03-01 10:04", text="我家也是这么泡的，好喝")
    assert counted(story, "answers") == {3: 1}


@pytest.mark.parametrize(
    ("asked", "said", "community", "answers"),
    [
        ("2026-03-01 10:00", "2026-03-01 11:00", 1, 1),
        ("2026-03-01 10:00", "2026-03-01 11:01", 1, 0),
        ("2026-03-01 10:00", "2026-03-01 10:05", 2, 0),
        ("2026-03-01 23:58", "2026-03-02 00:01", 1, 0),
        ("2026-03-01 10:00", "2026-03-01 09:59", 1, 0),
    ],
)
def test_an_answer_comes_after_its_question_in_the_same_place(
    story: Story, asked: str, said: str, community: int, answers: int
) -> None:
    story.says(1, asked, text="白茶怎么泡？")
    story.says(2, said, community, text=ANSWER)
    assert counted(story, "answers") == ({2: answers} if answers else {})


def test_a_question_answered_with_another_one_still_waits(story: Story) -> None:
    story.says(1, "2026-03-01 10:00", text="白茶怎么泡？")
    story.says(2, "2026-03-01 10:01", text="你家的壶多大，一般放多少茶？")
    story.says(1, "2026-03-01 10:02", text="三百毫升的玻璃壶，放五克")
    assert counted(story, "answers") == {1: 1}
    assert counted(story, "questions") == {1: 1, 2: 1}


def test_each_question_has_one_answer(story: Story) -> None:
    for minute in (0, 10, 20):
        story.says(1, f"2026-03-01 10:{minute:02}", text=f"第 {minute} 种茶怎么泡？")
        story.says(2, f"2026-03-01 10:{minute + 1:02}", text=f"{ANSWER} {minute}")
        story.says(3, f"2026-03-01 10:{minute + 2:02}", text=f"我也来说一句，{ANSWER} {minute}")
    assert counted(story, "answers") == {2: 3}
