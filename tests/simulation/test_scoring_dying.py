"""The score of warnings against a truth that one can count on one's fingers."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qunyu.insights.daily import daily
from qunyu.insights.health import health
from qunyu.insights.levels import Settings, levels
from qunyu.insights.states import STATES, states
from qunyu.simulation.scoring.dying import score_dying
from tests.insights.lives import BEGIN, live, opened
from tests.insights.stories import EVERYTHING, Story

LENGTH = 90
IDS = {"well": 1, "dies": 2, "fades": 3, "dips": 4}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """1 is well, 2 dies on day 80 after a decline from day 50 on, 3 fades from day 70, 4 dips for a week."""
    story = Story(Path(tmp_path_factory.mktemp("score")))
    for community in IDS.values():
        opened(story, community)
    live(story, 1, LENGTH, lambda day: 30)
    live(story, 2, LENGTH, lambda day: 0 if day >= 80 else 30 if day < 50 else round(30 * 0.93 ** (day - 50)))
    live(story, 3, LENGTH, lambda day: 30 if day < 70 else round(30 * 0.9 ** (day - 70)))
    live(story, 4, LENGTH, lambda day: 12 if 60 <= day < 66 else 30)
    return story


def fate(key: str, since: int | None = None, died: int | None = None) -> dict[str, Any]:
    def day(number: int | None) -> str | None:
        return None if number is None else (BEGIN + timedelta(days=number)).isoformat()

    return {"key": key, "cause": "nobody_speaks" if since else "", "fading_since": day(since), "died_on": day(died)}


def truth() -> dict[str, Any]:
    fates = [fate("well"), fate("dies", 50, 80), fate("fades", 70), fate("dips")]
    return {"ends_on": (BEGIN + timedelta(days=LENGTH - 1)).isoformat(), "communities": fates}


def test_warned_in_time_and_nobody_else(told: Story) -> None:
    with told.told():
        found = score_dying(told.lake, EVERYTHING, truth(), IDS)
    mine = {name: found[name] for name in ("dying", "warned", "missed", "false", "causes_found", "communities")}
    assert mine == {"dying": 2, "warned": 2, "missed": 0, "false": 0, "causes_found": 2, "communities": 4}
    assert 0 < found["days_ahead"] < found["ceiling"]["days_ahead"] == 24.5
    assert (found["ceiling"]["warned"], found["ceiling"]["days_late"]) == (2, 0)
    assert found["baseline"]["days_late"] > found["days_late"]


def test_a_warning_of_one_that_lives_is_false_and_too_early_one_too(told: Story) -> None:
    given = truth()
    given["communities"][1] = fate("dies", 85)
    given["communities"][2] = fate("fades")
    with told.told():
        found = score_dying(told.lake, EVERYTHING, given, IDS)
    assert (found["dying"], found["warned"], found["missed"], found["false"]) == (1, 0, 1, 2)
    assert (found["days_ahead"], found["days_late"]) == (None, None)


def test_nothing_planted_is_nothing_missed(told: Story) -> None:
    given = {"ends_on": truth()["ends_on"], "communities": [fate("well")]}
    with told.told():
        found = score_dying(told.lake, EVERYTHING, given, {"well": 1})
    assert (found["dying"], found["warned"], found["missed"]) == (0, 0, 0)


@pytest.mark.parametrize("number", [45, 62, 72, 88])
def test_the_past_day_of_the_score_is_the_day_as_it_was(told: Story, number: int) -> None:
    with told.told():
        seen = daily(told.lake, EVERYTHING)
        codes = states(seen, levels(seen, Settings()), Settings())[:, number]
        then = health(told.lake, EVERYTHING, as_of=BEGIN + timedelta(days=number)).found
    assert [list(STATES)[code] for code in codes] == [then[id].state for id in seen.ids]
