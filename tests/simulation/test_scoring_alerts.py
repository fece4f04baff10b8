"""The score of alerts against a truth that one can count on one's fingers."""

from datetime import timedelta
from typing import Any

import pytest

from qunyu.insights.normal import Sensitivity
from qunyu.simulation.scoring.alerts import score_alerts, score_calm
from tests.insights.lives import BEGIN, live, opened
from tests.insights.stories import EVERYTHING, Story

LENGTH = 70
IDS = {"peak": 1, "calm": 2, "fall": 3}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """1 has a peak on day 50, 3 a fall on day 40; 2 a peak on day 60 that nobody planted."""
    story = Story(tmp_path_factory.mktemp("score"))
    for community in IDS.values():
        opened(story, community)
    live(story, 1, LENGTH, lambda day: 150 if day == 50 else 30 + day % 3)
    live(story, 2, LENGTH, lambda day: 150 if day == 60 else 30 + day % 4)
    live(story, 3, LENGTH, lambda day: 1 if day == 40 else 30 + day % 5)
    return story


def truth(*planted: tuple[str, int, str]) -> dict[str, Any]:
    days = [(key, (BEGIN + timedelta(days=day)).isoformat(), metric) for key, day, metric in planted]
    anomalies = [{"community": key, "day": day, "metric": metric, "size": 5.0} for key, day, metric in days]
    fates = [{"key": key, "cause": "", "fading_since": None, "died_on": None} for key in IDS]
    return {"seed": 5, "anomalies": anomalies, "communities": fates}


def score(told: Story, given: dict[str, Any]) -> dict[str, Any]:
    with told.told():
        return score_alerts(told.lake, EVERYTHING, given, IDS)


def test_what_is_planted_is_found_and_what_is_not_is_false(told: Story) -> None:
    found = score(told, truth(("peak", 50, "messages"), ("fall", 40, "messages"), ("calm", 30, "messages")))
    assert (found["planted"], found["found"], found["false"], found["matrix"]) == (3, 2, 1, 0)
    assert found["by_metric"] == {"messages": (2, 3)}
    assert found["false_a_week"] == round(1 / 30, 5)
    assert (found["ceiling"]["found"], found["ceiling"]["false"]) == (2, 0)
    assert found["baseline"]["found"] == 2


def test_a_day_off_is_a_hit_and_another_number_is_none(told: Story) -> None:
    found = score(told, truth(("peak", 51, "messages"), ("calm", 60, "messages"), ("fall", 40, "joins")))
    assert (found["found"], found["false"]) == (2, 0)


def test_nothing_planted(told: Story) -> None:
    found = score(told, truth())
    assert (found["planted"], found["found"], found["false"]) == (0, 0, 3)


def test_a_community_that_dies_counts_apart(told: Story) -> None:
    given = truth(("peak", 50, "messages"), ("fall", 40, "messages"))
    since = (BEGIN + timedelta(days=55)).isoformat()
    given["communities"][1] |= {"cause": "only_adverts", "fading_since": since}
    found = score(told, given)
    assert (found["false"], found["of_dying"]) == (0, 1)


def test_calm_series_are_made_anew_the_same() -> None:
    assert score_calm(3, Sensitivity(), 20) == score_calm(3, Sensitivity(), 20)
