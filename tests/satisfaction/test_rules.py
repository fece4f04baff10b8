"""Scores, questions and the steps of complaints."""

from __future__ import annotations

from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.satisfaction.rules import complaints, scores
from qunyu.satisfaction.rules.questions import Question, answers, from_json, score


def test_stars_and_likelihood_are_0_to_100() -> None:
    assert [scores.of_stars(each) for each in range(1, 6)] == [0, 25, 50, 75, 100]
    assert [scores.of_likely(each) for each in (0, 7, 10)] == [0, 70, 100]


@pytest.mark.parametrize(
    ("way", "answer"), [(scores.of_stars, 0), (scores.of_stars, 6), (scores.of_likely, -1), (scores.of_likely, 11)]
)
def test_other_answers_are_none(way: Any, answer: int) -> None:
    with pytest.raises(ValueError, match=str(answer)):
        way(answer)


@pytest.mark.parametrize(
    ("given", "mean", "promoters"),
    [([], None, None), ([10], 10, 100), ([9, 10, 8, 6], 8, 25), ([0, 6, 7], 4, -67), ([8, 9], 9, 50)],
)
def test_mean_and_net_promoters(given: list[int], mean: int | None, promoters: int | None) -> None:
    assert (scores.mean(given), scores.net_promoters(given)) == (mean, promoters)


STARS = {"kind": "stars", "title": "满意吗？"}


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ([], "bad_questions", "1 to 5"),
        ([STARS] * 6, "bad_questions", "1 to 5"),
        ([STARS, {"kind": "essay", "title": "x"}], "bad_question", "question 2: there is no kind “essay”"),
        ([{"kind": "stars", "title": "  "}], "bad_question", "question 1: its text has 1 to 80"),
        ([{"kind": "choice", "title": "x", "options": ["一", "一"]}], "bad_question", "2 to 8 different"),
        ([{"kind": "choice", "title": "x", "options": ["一", "二" * 31]}], "bad_question", "at most 30"),
    ],
)
def test_bad_questions_are_named(given: list[dict[str, Any]], code: str, says: str) -> None:
    with pytest.raises(DomainError) as caught:
        from_json(given)
    assert caught.value.code == code
    assert says in caught.value.message.en


QUESTIONS = from_json(
    [
        STARS,
        {"kind": "likely", "title": "推荐吗？", "required": False},
        {"kind": "choice", "title": "哪家店？", "options": ["东", "西"]},
        {"kind": "text", "title": "还有吗？", "required": False},
    ]
)


def test_questions_keep_their_shape() -> None:
    assert from_json([each.to_json() for each in QUESTIONS]) == QUESTIONS
    assert QUESTIONS[0] == Question("stars", "满意吗？")


@pytest.mark.parametrize(
    ("given", "found", "wrong"),
    [
        ({1: "4", 3: "东"}, {"1": 4, "3": "东"}, set()),
        ({1: "5", 2: "10", 3: "西", 4: " 好 "}, {"1": 5, "2": 10, "3": "西", "4": "好"}, set()),
        ({}, {}, {1, 3}),
        ({1: "6", 2: "11", 3: "北", 4: "x" * 501}, {}, {1, 2, 3, 4}),
        ({1: "٣", 3: "东"}, {"3": "东"}, {1}),
        ({1: "0", 3: "东"}, {"3": "东"}, {1}),
    ],
)
def test_answers(given: dict[int, str], found: dict[str, Any], wrong: set[int]) -> None:
    kept, problems = answers(QUESTIONS, given)
    assert (kept, set(problems)) == (found, wrong)


def test_only_answers_that_rate_are_scored() -> None:
    assert score(QUESTIONS, {"1": 5, "2": 0, "4": "好"}) == 50
    assert score(QUESTIONS, {"3": "东", "4": "好"}) is None


def test_every_state_can_be_left_and_leads_to_one_there_is() -> None:
    for state in ("new", "working", "settled", "refused"):
        for did in complaints.possible(state):
            assert complaints.after(state, did) in ("working", "settled", "refused")
    assert complaints.after("settled", "answer") is None
    assert complaints.after("new", "reopen") is None


def test_only_a_complaint_settled_to_their_content_is_half_forgotten() -> None:
    assert complaints.score("settled", True) == 50
    assert {
        complaints.score(*each)
        for each in (("settled", False), ("settled", None), ("working", True), ("refused", None))
    } == {0}
