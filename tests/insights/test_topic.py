"""Topics: what is searched for when somebody asks a question."""

from __future__ import annotations

import pytest

from qunyu.insights.topic import condition, topic_of
from qunyu.kernel.errors import DomainError


@pytest.mark.parametrize(
    ("text", "terms", "need"),
    [
        ("冷泡茶怎么泡？", (("冷泡茶",),), 1),
        ("退货/退款 流程", (("退货", "退款"), ("流程",)), 2),
        ("Who can help me with Python pandas merge and dates?", (("python",), ("pandas",), ("merge",), ("dates",)), 2),
        ("云南古树普洱", (("云南",), ("南古",), ("古树",), ("树普",), ("普洱",)), 2),
        ("C++", (("c++",),), 1),
        ("茶", (("茶",),), 1),
    ],
)
def test_a_question_comes_to_its_terms(text: str, terms: tuple[tuple[str, ...], ...], need: int) -> None:
    topic = topic_of(text)
    assert (topic.terms, topic.need) == (terms, need)


@pytest.mark.parametrize("text", ["", "怎么", "who is it", "??", "/"])
def test_nothing_to_search_for_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as raised:
        topic_of(text)
    assert (raised.value.code, raised.value.data) == ("no_topic", {"field": "q"})


def test_names_and_texts_speak_of_it_as_whole_words() -> None:
    topic = topic_of("java 泡茶")
    held = [topic.holds(each) for each in ("Java", "JavaScript", "泡茶达人", "茶", "javas")]
    assert held == [True, False, True, False, True]
    assert topic_of("冷泡茶").holds("泡茶")
    assert not topic_of("冷泡茶").holds_in("泡茶")


def test_the_condition_takes_what_was_typed_as_parameters_only() -> None:
    sql, parameters = condition(topic_of("o'brien 退货/退款 x y z"))
    assert "brien" not in sql
    assert "退货" in parameters.values()
