"""Dying: whether communities are named before they die, as it would have been seen on each past day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median
from typing import Any

import numpy as np

from qunyu.events.lake.store import Lake
from qunyu.insights.daily import Daily, daily
from qunyu.insights.health import health
from qunyu.insights.levels import Settings, levels, rolling
from qunyu.insights.states import CODES, states
from qunyu.kernel.scope import Scope

Warnings = Mapping[int, date]
Fate = tuple[date, date, str]


def score_dying(
    lake: Lake, scope: Scope, truth: Mapping[str, Any], ids: Mapping[str, int], settings: Settings | None = None
) -> dict[str, Any]:
    """How well the dying were named, every day judged by the facts up to it; `ids` are the communities' ids by their key.

    `warned` of the `dying` were named between the cause's setting in and death, `missed` were not, `false` were named without
    dying or too early; `days_ahead` is the median from the first warning to death (or the end), `days_late` from the cause to the
    warning. `causes_found` of the warned have their true cause first on the last day. `baseline` names what fell by half against the
    month before, `ceiling` is told the day the cause sets in.
    """
    chosen = settings or Settings()
    seen = daily(lake, scope)
    fates = _fates(truth, ids)
    ends = _ends(truth, ids, seen)
    codes = states(seen, levels(seen, chosen), chosen)
    named = _first(seen, np.isin(codes, (CODES["fading"], CODES["dead"])), ends)
    fallen = _first(seen, _halved(seen), ends)
    found = _scored(named, fates)
    told = health(lake, scope, settings=settings).found
    right = sum(_main_cause(told, id) == fates[id][2] for id in fates if id in named)
    return {
        **found,
        "communities": len(ids),
        "causes_found": right,
        "baseline": _scored(fallen, fates),
        "ceiling": _scored({id: begun for id, (begun, _, _) in fates.items()}, fates),
    }


def _main_cause(told: Mapping[int, Any], id: int) -> str:
    causes = told[id].causes if id in told else ()
    return str(causes[0].cause.key) if causes else ""


def _fates(truth: Mapping[str, Any], ids: Mapping[str, int]) -> dict[int, Fate]:
    """When the cause set in, when the community died (or the window ended), and the cause, of those that die."""
    end = truth["ends_on"]
    return {
        ids[each["key"]]: (
            date.fromisoformat(each["fading_since"]),
            date.fromisoformat(each["died_on"] or end),
            each["cause"],
        )
        for each in truth["communities"]
        if each["cause"] and each["key"] in ids
    }


def _ends(truth: Mapping[str, Any], ids: Mapping[str, int], seen: Daily) -> dict[int, date]:
    """The last day on which naming a community is still a warning: before it died."""
    died = {ids[each["key"]]: each["died_on"] for each in truth["communities"] if each["key"] in ids}
    return {id: date.fromisoformat(died[id]) if died.get(id) else seen.last for id in seen.ids}


def _first(seen: Daily, flags: np.ndarray[Any, Any], ends: Mapping[int, date]) -> dict[int, date]:
    """The first flagged day of each community that has one in time."""
    found = {}
    for row, id in enumerate(seen.ids):
        days = np.flatnonzero(flags[row, : seen.column(ends[id]) + 1])
        if len(days):
            found[id] = seen.day(int(days[0]))
    return found


def _halved(seen: Daily) -> np.ndarray[Any, Any]:
    """Where all messages of the last 28 days are at most half of those of the 28 before, whatever else is known."""
    month = rolling(seen.series["messages"], 28)
    before = np.zeros_like(month)
    before[:, 28:] = month[:, :-28]
    began = np.cumsum(seen.series["messages"], axis=1) > 0
    whole = np.zeros_like(began)
    whole[:, 56:] = began[:, :-56]
    found: np.ndarray[Any, Any] = whole & (before > 0) & (month <= before / 2)
    return found


def _scored(named: Warnings, fates: Mapping[int, Fate]) -> dict[str, Any]:
    good = {id: day for id, day in named.items() if id in fates and fates[id][0] <= day <= fates[id][1]}
    return {
        "dying": len(fates),
        "warned": len(good),
        "missed": len(fates) - len(good),
        "false": len(named) - len(good),
        "days_ahead": _median((fates[id][1] - day).days for id, day in good.items()),
        "days_late": _median((day - fates[id][0]).days for id, day in good.items()),
    }


def _median(days: Iterable[int]) -> float | None:
    found = list(days)
    return float(median(found)) if found else None
