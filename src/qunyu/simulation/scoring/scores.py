"""Scores: a brand made, loaded and scored, as one JSON object or as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from qunyu.flows.importing import Progress
from qunyu.flows.place import lake
from qunyu.kernel.scope import system_scope
from qunyu.kernel.words import Words
from qunyu.simulation.actions import generate
from qunyu.simulation.brand import NAME, BrandSpec
from qunyu.simulation.loading import load
from qunyu.simulation.scoring.known import read_truth
from qunyu.simulation.scoring.parts import PARTS
from qunyu.simulation.scoring.table import aligned
from qunyu.simulation.scoring.trial import Trial


def score(brand: BrandSpec, folder: Path, progress: Progress) -> dict[str, Any]:
    """Writes the brand into `folder`, loads it into this deployment, which must be empty, and scores every part.

    The spec, `people` (how many there are, how many of them are split over several members, and missing in the product), then a key a
    part. The same spec gives the same figures on any day. Raises OSError when the folder cannot be written.
    """
    scope, now = system_scope("simulation"), datetime.combine(brand.ends_on + timedelta(days=1), time(), UTC)
    progress("making", 0)
    generate(brand, folder)
    load(folder, by=scope, title=NAME, now=now, progress=progress)
    trial = Trial(lake(), scope, folder, read_truth(folder))
    found: dict[str, Any] = {**_spec(brand), "people": _people(trial)}
    for number, (key, part) in enumerate(PARTS.items()):
        progress("scoring", number)
        found[key] = part.score(trial)
    return found


def _spec(brand: BrandSpec) -> dict[str, Any]:
    return {"seed": brand.seed, "ends_on": brand.ends_on.isoformat(), "days": brand.days, "members": brand.members}


def _people(trial: Trial) -> dict[str, int]:
    counts = [len(each) for each in trial.members]
    return {"n": len(counts), "split": sum(n > 1 for n in counts), "missing": counts.count(0)}


def in_words(scores: dict[str, Any]) -> Iterator[str]:
    """The lines of a text for a terminal: what was scored, the overview, then each part's tables."""
    yield str(HEAD.fill(**scores))
    yield str(PEOPLE.fill(**scores["people"]))
    yield ""
    overview: list[tuple[str, ...]] = [tuple(str(each) for each in OVERVIEW)]
    for key, part in PARTS.items():
        overview.extend(part.rows(scores[key]))
    yield from aligned(overview)
    for key, part in PARTS.items():
        for heading, table in part.tables(scores[key]):
            yield from ("", heading, *aligned(table))


HEAD = Words(
    "种子 {seed}：截至 {ends_on} 的 {days} 天，约 {members:,} 人",
    "seed {seed}: {days} days up to {ends_on}, about {members:,} people",
)
PEOPLE = Words(
    "普通成员 {n:,} 人；其中 {split:,} 人被当成了几个人，{missing:,} 人未识别",
    "{n:,} ordinary members; {split:,} of them taken for several people, {missing:,} missing",
)
OVERVIEW = (
    Words("", ""),
    Words("人数", "people"),
    Words("准确率", "accuracy"),
    Words("基线", "baseline"),
    Words("上限", "ceiling"),
)
