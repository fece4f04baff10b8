"""Fates: the dying communities and the planted days against the truth, and how the figures are shown."""

from __future__ import annotations

from typing import Any

from qunyu.kernel.words import Words
from qunyu.simulation.scoring.alerts import score_alerts
from qunyu.simulation.scoring.dying import score_dying
from qunyu.simulation.scoring.table import Cells
from qunyu.simulation.scoring.trial import Trial

WHO = (Words("本产品", "the product"), Words("基线", "baseline"), Words("上限", "ceiling"))


class Dying:
    """How early the dying communities are named, and who is named wrongly."""

    def score(self, trial: Trial) -> dict[str, Any]:
        """The figures, as dying.score_dying."""
        return score_dying(trial.lake, trial.scope, trial.told, trial.communities)

    def rows(self, result: dict[str, Any]) -> Cells:
        """The share of the dying that was warned of."""
        shares = (_share(each["warned"], each["dying"]) for each in _all(result))
        return [(str(Words("将散的社群", "Dying communities")), f"{result['dying']:,}", *shares)]

    def tables(self, result: dict[str, Any]) -> list[tuple[str, Cells]]:
        """Who was warned of, missed, wrongly named, and how many days ahead."""
        head = ("", *(str(each) for each in DYING))
        keys = ("warned", "missed", "false", "days_ahead", "days_late")
        rows = [(str(who), *(_number(each[key]) for key in keys)) for who, each in zip(WHO, _all(result), strict=True)]
        return [(str(Words("将散社群的预警", "Warnings of dying communities")), [head, *rows])]


class Alerts:
    """Which planted days are told, and how often something is told that was not planted."""

    def score(self, trial: Trial) -> dict[str, Any]:
        """The figures, as alerts.score_alerts."""
        return score_alerts(trial.lake, trial.scope, trial.told, trial.communities)

    def rows(self, result: dict[str, Any]) -> Cells:
        """The share of the planted days that was told."""
        shares = (_share(each["found"], each["planted"]) for each in _all(result))
        return [(str(Words("异常的日子", "Planted days")), f"{result['planted']:,}", *shares)]

    def tables(self, result: dict[str, Any]) -> list[tuple[str, Cells]]:
        """What was found, and the false alarms: per community and week here, per year on series in which nothing happens."""
        head = ("", *(str(each) for each in ALERTS))
        calm = result["calm"]
        rows = [
            (str(who), f"{each['found']} / {each['planted']}", _number(each["false"]), _number(each["false_a_week"]),
             _number(quiet["alerts_a_series_year"]))
            for who, each, quiet in zip(WHO, _all(result), (calm, calm["baseline"], calm["ceiling"]), strict=True)
        ]  # fmt: skip
        return [(str(Words("预警", "Alerts")), [head, *rows])]


def _all(result: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return result, result["baseline"], result["ceiling"]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,g}"


DYING = (
    Words("预警", "warned"),
    Words("漏报", "missed"),
    Words("误报", "false"),
    Words("提前天数", "days ahead"),
    Words("起因后天数", "days after the cause"),
)
ALERTS = (
    Words("找出", "found"),
    Words("误报", "false"),
    Words("每群每周误报", "false a community-week"),
    Words("平静序列每年", "a calm series-year"),
)
