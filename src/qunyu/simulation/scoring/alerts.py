"""Alerts: whether planted anomalies are told, and how often nothing is told of as something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from qunyu.events.lake.store import Lake
from qunyu.insights.alerts import MATRIX, WATCHED, Episode, Watching, runs, told, told_once
from qunyu.insights.daily import Daily, Numbers, daily
from qunyu.insights.levels import rolling
from qunyu.insights.normal import Normal, Sensitivity, normal, stabilised
from qunyu.kernel.scope import Scope
from qunyu.simulation.rhythm import calendar

# What the generator plants, and the number that shows it.
SHOWN_BY = {"messages": "messages", "joins": "joins", "leaves": "leaves", "adverts": "promotions"}
# The brand's numbers that are scored: its sales have no planted days.
SCORED = tuple(each for each in WATCHED.values() if not each.sales)
CALM_SERIES, CALM_DAYS, CALM_FROM = 100, 365, date(2026, 1, 1)
# Communities from two to a hundred and twenty messages a day, as large as the brand's and smaller.
QUIETEST, LOUDEST = 2.0, 120.0

Told = tuple[int, str, date, date]


def score_alerts(
    lake: Lake, scope: Scope, truth: Mapping[str, Any], ids: Mapping[str, int], sense: Sensitivity | None = None
) -> dict[str, Any]:
    """How well the planted days were told; `ids` are the communities' ids by their key.

    `found` of the `planted` anomalies lie in an alert of their number and community, give or take a day; `by_metric` says (found,
    planted). `false` are the alerts of single communities that nothing planted explains; those of a community that is dying count
    apart as `of_dying`, matrix-wide ones as `matrix`. `false_a_week` is per community-week. `baseline` is three standard
    deviations over the last 28 days whatever the weekday, `ceiling` knows the latent factor and the usual number of the day and
    tells what is far enough by the product's own threshold. `calm` is of series in which nothing is planted.
    """
    chosen = sense or Sensitivity()
    seen = daily(lake, scope)
    episodes = [each for each in told_once(list(Watching(seen, chosen).episodes())) if each.metric in _keys()]
    own = [_told(each) for each in episodes if each.community != MATRIX]
    weeks = _weeks(seen)
    return {
        **_scored(own, truth, ids, weeks),
        "matrix": len(episodes) - len(own),
        "communities": len(seen.ids),
        "weeks": round(weeks, 1),
        "baseline": _scored(list(_naive(seen)), truth, ids, weeks),
        "ceiling": _scored(list(_oracle(seen, truth, ids, chosen)), truth, ids, weeks),
        "calm": score_calm(int(truth["seed"]), chosen),
    }


def _keys() -> frozenset[str]:
    return frozenset(each.key for each in SCORED)


def _told(episode: Episode) -> Told:
    return episode.community, episode.metric, episode.first, episode.last


def _weeks(seen: Daily) -> float:
    """Weeks in which something was said, over all communities."""
    spoken = np.cumsum(seen.series["messages"], axis=1) > 0
    return float(spoken.sum()) / 7


def _scored(tells: list[Told], truth: Mapping[str, Any], ids: Mapping[str, int], weeks: float) -> dict[str, Any]:
    planted = [(ids[each["community"]], each["metric"], date.fromisoformat(each["day"])) for each in truth["anomalies"]]
    hits = [any(_hit(tell, *each) for tell in tells) for each in planted]
    dying = {
        ids[each["key"]]: date.fromisoformat(each["fading_since"]) for each in truth["communities"] if each["cause"]
    }
    wrong = [each for each in tells if not any(each[0] == id and _near(each, day) for id, _, day in planted)]
    of_dying = [each for each in wrong if each[0] in dying and each[3] >= dying[each[0]] - timedelta(days=2)]
    false = len(wrong) - len(of_dying)
    return {
        "planted": len(planted),
        "found": sum(hits),
        "by_metric": _by_metric(planted, hits),
        "false": false,
        "of_dying": len(of_dying),
        "false_a_week": round(false / weeks, 5) if weeks else None,
    }


def _by_metric(planted: Iterable[tuple[int, str, date]], hits: Iterable[bool]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for (_, metric, _), hit in zip(planted, hits, strict=True):
        good, whole = found.get(metric, (0, 0))
        found[metric] = (good + hit, whole + 1)
    return found


def _hit(tell: Told, community: int, planted: str, day: date) -> bool:
    return tell[0] == community and tell[1] == SHOWN_BY[planted] and _near(tell, day)


def _near(tell: Told, day: date) -> bool:
    return tell[2] - timedelta(days=1) <= day <= tell[3] + timedelta(days=1)


def _naive(seen: Daily) -> Iterable[Told]:
    """Three standard deviations from the mean of the last 28 days, which know neither weekday nor holiday."""
    for watched in SCORED:
        flags = naive_flags(seen.series[watched.series])
        for row, id in enumerate(seen.ids):
            yield from ((id, watched.key, first, last) for first, last in _spans(seen, flags[row]))


def naive_flags(values: Numbers) -> npt.NDArray[np.bool_]:
    """Where each row's number lies three standard deviations from the mean of the 28 days before it."""
    mean = _before(rolling(values, 28) / 28)
    spread = np.sqrt(np.maximum(_before(rolling(values**2, 28) / 28) - mean**2, 1e-9))
    began = np.cumsum(values, axis=1) > 0
    whole = np.zeros_like(began)
    whole[:, 28:] = began[:, :-28]
    found: npt.NDArray[np.bool_] = whole & (np.abs(values - mean) > 3 * spread)
    return found


def _before(values: Numbers) -> Numbers:
    found = np.zeros_like(values)
    found[:, 1:] = values[:, :-1]
    return found


def _spans(seen: Daily, flags: npt.NDArray[np.bool_]) -> Iterable[tuple[date, date]]:
    """Consecutive flagged days as first and last."""
    none = np.zeros_like(flags)
    for first, last, _ in runs(flags, none, flags.astype(float), 0):
        yield seen.day(first), seen.day(last)


def _oracle(seen: Daily, truth: Mapping[str, Any], ids: Mapping[str, int], sense: Sensitivity) -> Iterable[Told]:
    """The planted days whose number lies far enough from the mean of the four weeks around it, times the latent factor of the day:
    what nobody who keeps to the threshold can do better, for the usual number is known with hindsight."""
    for each in truth["anomalies"]:
        id, day = ids[each["community"]], date.fromisoformat(each["day"])
        key = SHOWN_BY[each["metric"]]
        values = seen.series[WATCHED[key].series][seen.rows[id]]
        column = seen.column(day)
        around = [place for place in range(column - 14, column + 15) if place != column and 0 <= place < seen.days]
        usual = np.array([np.median(values[around]) if key == "messages" else values[around].mean()])
        off = float((stabilised(values[[column]], sense.mood) - stabilised(usual, sense.mood))[0]) / sense.narrow
        if off >= sense.far or off <= -sense.fall:
            yield id, key, day, day


@dataclass(frozen=True)
class Calm:
    """Series in which nothing is planted: `values` and the latent `rates` by series and day, and the weekday of each day."""

    values: Numbers
    rates: Numbers
    weekdays: npt.NDArray[np.int64]


def calm_series(seed: int, series: int = CALM_SERIES, days: int = CALM_DAYS) -> Calm:
    """Counts in the generator's own rhythm: weekday, holidays and promotions, a slow trend, a day's mood, and chance."""
    dice = np.random.default_rng(seed)
    rhythm = calendar(CALM_FROM, days)
    talk = np.array([each.talk for each in rhythm])
    level = np.exp(dice.uniform(np.log(QUIETEST), np.log(LOUDEST), series))
    trend = dice.uniform(0.92, 1.3, series)
    rates = level[:, None] * talk[None] * trend[:, None] ** (np.arange(days) / days)
    values = dice.poisson(rates * dice.gamma(25, 1 / 25, rates.shape)).astype(float)
    return Calm(values, rates, np.array([each.day.weekday() for each in rhythm]))


def score_calm(seed: int, sense: Sensitivity, series: int = CALM_SERIES) -> dict[str, Any]:
    """The share of calm series with any alert, and alerts per series and year; beside it the baseline's and an oracle's that knows the rates."""
    calm = calm_series(seed, series)
    found = normal(calm.values, np.zeros(series, dtype=np.int64), calm.weekdays, sense)
    rows, days = calm.values.shape
    perfect = stabilised(calm.values, sense.mood) - stabilised(calm.rates, sense.mood)
    known = Normal(calm.rates, calm.rates, calm.rates, perfect, np.ones(days))
    least = WATCHED["messages"].least
    counted = [_episodes(*told(calm.values, each, sense, least), each.far, sense) for each in (found, known)]
    flags = naive_flags(calm.values)
    naive = _episodes(flags, np.zeros_like(flags), flags.astype(float), sense)
    return {
        "series": rows,
        **_rates(counted[0], days),
        "baseline": _rates(naive, days),
        "ceiling": _rates(counted[1], days),
    }


def _episodes(up: npt.NDArray[np.bool_], down: npt.NDArray[np.bool_], far: Numbers, sense: Sensitivity) -> list[int]:
    return [len(list(runs(*rows, sense.cooldown))) for rows in zip(up, down, far, strict=True)]


def _rates(counts: list[int], days: int) -> dict[str, float]:
    return {
        "share_with_any": round(sum(count > 0 for count in counts) / len(counts), 4),
        "alerts_a_series_year": round(sum(counts) / len(counts) * 365 / days, 4),
    }
