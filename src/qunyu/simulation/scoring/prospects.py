"""Prospects: of the people whom the list would have named, how many ordered in the days held back."""

from __future__ import annotations

from typing import Any

from qunyu.insights.chances import Wanted, chances
from qunyu.insights.odds import Rate
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_paths
from qunyu.simulation.scoring.table import Cells, percent
from qunyu.simulation.scoring.trial import Trial

HORIZON = 14


class Prospects:
    """The first tenth of the list of an earlier day, beside the first tenth by last activity and beside a list that knew who would order."""

    def score(self, trial: Trial) -> dict[str, Any]:
        """People and orders of the `first` 50, the first `tenth`, everybody else (`others`), and by last activity (`latest`).

        Empty where nothing could be held back.
        """
        found = chances(trial.lake, trial.scope, Wanted(frozenset(unit_paths()), HORIZON, 0)).judged
        if found is None:
            return {}
        told = {name: getattr(found, name) for name in ("first", "tenth", "others", "latest")}
        return {"day": found.day.isoformat(), **{name: [rate.people, rate.ordered] for name, rate in told.items()}}

    def rows(self, result: dict[str, Any]) -> Cells:
        """One line: the share of the first tenth that ordered."""
        if not result:
            return []
        tenth, latest, others = (Rate(*result[name]) for name in ("tenth", "latest", "others"))
        most = min(1.0, (tenth.ordered + others.ordered) / tenth.people)
        return [(str(TITLE), f"{tenth.people:,}", percent(tenth.share), percent(latest.share), percent(most))]

    def tables(self, result: dict[str, Any]) -> list[tuple[str, Cells]]:
        """Each group with its counts."""
        if not result:
            return []
        head = ("", str(Words("人数", "people")), str(Words("下单", "ordered")), "%")
        lines = [
            (str(GROUPS[name]), f"{result[name][0]:,}", f"{result[name][1]:,}", percent(Rate(*result[name]).share))
            for name in GROUPS
        ]
        return [(str(HEADING.fill(day=result["day"], days=HORIZON)), [head, *lines])]


TITLE = Words("可转化名单：前十分之一下单", "prospects: first tenth that ordered")
HEADING = Words(
    "{day} 的名单，之后 {days} 天里下单的人", "The list as of {day}, and who ordered within {days} days after it"
)
GROUPS = {
    "first": Words("名单前 50 名", "first 50 of the list"),
    "tenth": Words("名单前十分之一", "first tenth of the list"),
    "latest": Words("按最后活跃的前十分之一", "first tenth by last activity"),
    "others": Words("名单其余的人", "everybody else on the list"),
}
