"""Labels: the tiers, stages and user types of members against the truth, and how the figures are shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qunyu.insights.label import find_label
from qunyu.kernel.words import Words
from qunyu.simulation.scoring import files, oracle
from qunyu.simulation.scoring.known import Known
from qunyu.simulation.scoring.table import Cells, percent
from qunyu.simulation.scoring.tally import MISSING, Judged, tally
from qunyu.simulation.scoring.trial import Trial


@dataclass(frozen=True)
class LabelScore:
    """Scores one label: `label` is its key, `true` a person's true value, `oracle` everybody's by the oracle."""

    label: str
    true: Callable[[Known], str]
    oracle: Callable[[Trial], Sequence[str]]

    def score(self, trial: Trial) -> dict[str, Any]:
        """The figures of the label, as tally.tally."""
        oracle, said = self.oracle(trial), trial.labels[self.label]
        return tally(
            [
                Judged(self.true(person), said_of(members, self.true(person), said), best)
                for person, members, best in zip(trial.truth.people, trial.members, oracle, strict=True)
            ]
        )

    @property
    def title(self) -> Words:
        """What people call the label."""
        return find_label(self.label).title

    def rows(self, result: dict[str, Any]) -> Cells:
        """Its lines of the overview: over everybody, and over those of whom something is said when that is not everybody."""
        found = [(str(self.title), *_row(result))]
        if result["coverage"] != 1:
            share = {"share": percent(result["coverage"])}
            found.append(
                (str(Words("　有判断的（{share}）", "  with a label ({share})").fill(**share)), *_row(result["known"]))
            )
        return found

    def tables(self, result: dict[str, Any]) -> list[tuple[str, Cells]]:
        """A heading and a table: the confusions, each true value with its recall and the oracle's at the end."""
        values = [each.code for each in find_label(self.label).values] + [MISSING]
        confusion = result["confusion"]
        columns = [each for each in values if any(each in row for row in confusion.values())]
        head = ("", *(self._call(each) for each in columns), *(str(each) for each in ENDS))
        lines = [self._line(each, columns, result) for each in values if each in confusion]
        lines.append((str(PRECISION), *(self._precision(each, result) for each in columns), *("" for _ in ENDS)))
        return [(f"{self.title}{HEADING}", [head, *lines])]

    def _call(self, code: str) -> str:
        return str(NOBODY if code == MISSING else find_label(self.label).value(code).title)

    def _line(self, truth: str, columns: Sequence[str], result: dict[str, Any]) -> tuple[str, ...]:
        row, figures = result["confusion"][truth], result["classes"][truth]
        counts = (f"{row.get(each, 0):,}" for each in columns)
        ends = (f"{figures['n']:,}", percent(figures["recall"]), percent(figures["ceiling"]["recall"]))
        return (self._call(truth), *counts, *ends)

    def _precision(self, said: str, result: dict[str, Any]) -> str:
        return percent(result["classes"][said]["precision"]) if said in result["classes"] else ""


def said_of(members: Collection[int], truth: str, said: Mapping[int, str]) -> str:
    """What the product says of a person who is `members`: MISSING where it knows none of them as an ordinary member.

    Somebody split over several members is right only where all of them are: whoever looks at one with a wrong value is misled.
    """
    found = {said[each] for each in members if each in said}
    wrong = sorted(found - {truth})
    return wrong[0] if wrong else truth if found else MISSING


def _row(rates: dict[str, Any]) -> tuple[str, ...]:
    return (f"{rates['n']:,}", *(percent(rates[key]) for key in ("accuracy", "baseline", "ceiling")))


HEADING = Words("：真实（行）→ 判断（列）", ": truth (rows) → label (columns)")
ENDS = (Words("合计", "all"), Words("找出", "recall"), Words("找出上限", "ceiling"))
PRECISION = Words("判断准确", "precision")
NOBODY = Words("未识别", "missing")

TIERS = LabelScore("tier", lambda person: person.tier, lambda trial: oracle.tiers(trial.truth))
STAGES = LabelScore("stage", lambda person: person.stage, lambda trial: files.stages(trial.truth, trial.folder))
USER_TYPES = LabelScore("user_type", lambda person: person.type, lambda trial: oracle.user_types(trial.truth))
