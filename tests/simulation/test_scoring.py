"""Scoring: a small brand through the product."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qunyu.cli.progress import STEPS
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import speaking
from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.scoring.parts import PARTS
from qunyu.simulation.scoring.scores import in_words, score

LABELLED = ("tiers", "stages", "user_types")
SMALL = BrandSpec(31, date(2026, 8, 31), days=60, members=300)
# How far accuracy may stand above what is possible on average: three spreads of 300 people of whom 90 in 100 are right.
NOISE = 0.05


@pytest.fixture
def steps() -> list[str]:
    return []


@pytest.fixture
def scores(system: Scope, tmp_path: Path, steps: list[str]) -> dict[str, Any]:
    return score(SMALL, tmp_path / "brand", lambda step, done: steps.append(step))


def test_a_small_brand(scores: dict[str, Any], steps: list[str]) -> None:
    assert list(scores) == ["seed", "ends_on", "days", "members", "people", *PARTS]
    assert [scores[key] for key in ("seed", "ends_on", "days", "members")] == [31, "2026-08-31", 60, 300]
    people = scores["people"]
    assert (people["n"], people["missing"]) == (328, 0)
    assert 0 < people["split"] < 20
    for key in LABELLED:
        part = scores[key]
        assert part["n"] == people["n"] == sum(sum(row.values()) for row in part["confusion"].values())
        assert part["baseline"] < part["accuracy"] < part["ceiling"] + NOISE
        assert part["baseline"] < part["ceiling"] < 1
        right = sum(row.get(truth, 0) for truth, row in part["confusion"].items())
        assert part["accuracy"] == round(right / people["n"], 4)
    assert scores["tiers"]["coverage"] == scores["stages"]["coverage"] == 1
    assert scores["user_types"]["coverage"] < 1
    assert set(scores["stages"]["classes"]) == {"acquisition", "activation", "retention", "revenue", "referral"}
    assert steps[0] == "making"
    assert {"reading", "people", "saving", "scoring"} <= set(steps) <= STEPS.keys()

    with speaking("en"):
        lines = list(in_words(scores))
    assert lines[0] == "seed 31: 60 days up to 2026-08-31, about 300 people"
    assert lines[1] == f"328 ordinary members; {people['split']} of them taken for several people, 0 missing"
    overview = {line.split("  ")[0]: line.split() for line in lines if line.endswith(" %")}
    for key in LABELLED:
        cells = [f"{scores[key][each] * 100:.1f}" for each in ("accuracy", "baseline", "ceiling")]
        assert overview[str(PARTS[key].title.en)][-6::2] == cells  # type: ignore[attr-defined]


def test_another_seed_gives_other_figures(system: Scope, tmp_path: Path) -> None:
    spec = BrandSpec(32, SMALL.ends_on, days=14, members=60)
    found = score(spec, tmp_path / "brand", lambda step, done: None)
    assert found["people"]["n"] > 60
    assert found["tiers"]["n"] == found["people"]["n"] != 328
