"""Every cause finds what its example says, and nothing where nothing happened."""

import pytest

from qunyu.insights.cause import causes, likely_causes
from qunyu.insights.evidence import Evidence, Part, Talk, Voice


@pytest.mark.parametrize("key", list(causes()))
def test_the_worked_example(key: str) -> None:
    cause = causes()[key]
    evidence, strength = cause.example
    finding = cause.find(evidence)
    assert finding is not None
    assert finding.strength == pytest.approx(strength)
    assert cause.key == key
    for words in (cause.title, cause.definition, cause.step, finding.said, *(line.title for line in finding.lines)):
        assert words.zh
        assert words.en
        assert "{" not in words.zh + words.en


def test_all_of_the_method_is_there() -> None:
    known = {"nobody_speaks", "only_adverts", "soul_left", "newcomers_ignored", "one_sided", "off_theme"}
    assert set(causes()) == known


def test_nothing_changed_is_no_cause() -> None:
    part = Part(28, 500, 400, 100, 30, 40, 30, 50, 12, 250, 20, 12, 2)
    (evidence, _) = causes()["soul_left"].example
    same = Evidence(evidence.windows, part, part, Voice(5, 60, 60), Talk(0.6, 0.6, 100), 60)
    assert likely_causes(same) == ()


def test_nothing_at_all_is_no_cause() -> None:
    (evidence, _) = causes()["soul_left"].example
    assert likely_causes(Evidence(evidence.windows)) == ()


def test_the_likeliest_comes_first() -> None:
    (evidence, _) = causes()["only_adverts"].example
    before = Part(28, 1000, 900, 100, 80)
    now = Part(14, 400, 90, 310, 240)
    found = likely_causes(Evidence(evidence.windows, before, now))
    assert [each.cause.key for each in found] == ["only_adverts", "nobody_speaks"]


@pytest.mark.parametrize(
    ("messages", "since", "gone", "found"),
    [
        (200, 0, True, True),
        (200, 100, False, False),
        (200, 10, False, True),
        (19, 0, True, False),
        (90, 0, True, False),
    ],
)
def test_a_soul_figure_wrote_much_and_is_silent(messages: int, since: int, gone: bool, found: bool) -> None:
    (evidence, _) = causes()["soul_left"].example
    changed = Evidence(evidence.windows, evidence.before, evidence.now, Voice(5, messages, since, None, gone))
    assert (causes()["soul_left"].find(changed) is not None) is found


def test_where_eight_speak_nobody_is_a_soul_for_a_share_of_an_eighth() -> None:
    (evidence, _) = causes()["soul_left"].example
    few = Part(days=28, said=1000, speakers=8)
    changed = Evidence(evidence.windows, few, evidence.now, Voice(5, 125, 0, None, True))
    assert causes()["soul_left"].find(changed) is None


def test_only_regulars_or_none_left() -> None:
    (evidence, _) = causes()["one_sided"].example
    now = Part(28, said=300, speakers=10, regulars=9, by_regulars=290)
    finding = causes()["one_sided"].find(Evidence(evidence.windows, evidence.before, now))
    assert finding is not None
    assert finding.said.zh == "开口的 10 人中 9 人是常客，普通成员不再插话"
