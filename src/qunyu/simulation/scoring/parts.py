"""Parts: what is scored of a simulated brand. To add a part is to add an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from qunyu.simulation.scoring import fates, labels, prospects, same_person
from qunyu.simulation.scoring.table import Cells
from qunyu.simulation.scoring.trial import Trial


class Part(Protocol):
    """Something scored: its figures as JSON has them, and how they are shown."""

    def score(self, trial: Trial) -> dict[str, Any]:
        """The figures."""

    def rows(self, result: dict[str, Any]) -> Cells:
        """Lines of the overview: what, over how many, figure, baseline, ceiling."""

    def tables(self, result: dict[str, Any]) -> list[tuple[str, Cells]]:
        """Tables with their headings."""


PARTS: Mapping[str, Part] = {
    "tiers": labels.TIERS,
    "stages": labels.STAGES,
    "user_types": labels.USER_TYPES,
    "dying": fates.Dying(),
    "alerts": fates.Alerts(),
    "same_person": same_person.SamePerson(),
    "prospects": prospects.Prospects(),
}
