"""Alerts: numbers outside of their normal range, told once each, with the size and what made the difference (method.md N9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from qunyu.events.lake.store import Lake
from qunyu.insights.board import board
from qunyu.insights.daily import Daily, Numbers, read_daily, scoped
from qunyu.insights.drivers import Driver, drivers_of
from qunyu.insights.metric import metrics
from qunyu.insights.normal import Flags, Normal, Sensitivity, normal, stabilised
from qunyu.insights.normal import plain as plainly
from qunyu.insights.question import Question
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

MATRIX = 0


@dataclass(frozen=True, slots=True)
class Watched:
    """A number that is watched: its metric's key, where it comes from, and the least difference worth telling."""

    key: str
    series: str
    least: float
    sales: bool = False

    @property
    def title(self) -> Words:
        """The metric's title; promotions are no metric of the board."""
        return metrics()[self.key].title if self.key in metrics() else _PROMOTIONS


_PROMOTIONS = Words("推销消息", "Messages that sell")
WATCHED: dict[str, Watched] = {
    each.key: each
    for each in (
        Watched("messages", "messages", 20),
        Watched("active_members", "active", 8),
        Watched("joins", "joins", 6),
        Watched("leaves", "leaves", 6),
        Watched("promotions", "promotions", 10),
        Watched("orders", "orders", 6, sales=True),
        Watched("revenue", "revenue", 6, sales=True),
    )
}


@dataclass(frozen=True, slots=True)
class Episode:
    """Consecutive days on which a number lay off in one direction. `community` is MATRIX for everything together.

    `observed`, `expected` and the normal range `low` to `high` are of the `worst` day; `far` is by how many deviations it lies off.
    Revenue is in minor units of `currency`. `share` is how many of the communities that can tell lay on the same side (matrix only).
    """

    community: int
    metric: str
    up: bool
    first: date
    last: date
    worst: date
    observed: float
    expected: float
    low: float
    high: float
    far: float
    share: float = 0.0
    currency: str = ""
    drivers: tuple[Driver, ...] = field(default=())


# The matrix's numbers vary far less than a community's, and half as many messages everywhere are worth a word.
MATRIX_SENSE = Sensitivity(mood=0.004, times=1.5, share=0.67)
# Episodes that ended earlier than this are past telling.
TOLD_DAYS = 56


@dataclass(frozen=True)
class Watch:
    """The `episodes` that reach into the days from `since` to `as_of`, newest first; without any facts both days are None."""

    episodes: tuple[Episode, ...]
    since: date | None
    as_of: date | None


def find_alerts(lake: Lake, scope: Scope, *, as_of: date | None = None, sense: Sensitivity | None = None) -> Watch:
    """Every episode in scope that reaches into the last TOLD_DAYS days.

    Revenue and orders are watched where `scope` may see orders. Nothing that happened after `as_of` is used.
    """
    chosen = sense or Sensitivity()
    sales = _Sales.of(lake, scope, as_of)
    with lake.connect() as connection:
        daily = read_daily(connection, scoped(connection, scope, None), as_of)
        if not daily.ids:
            return Watch((), None, None)
        watching = Watching(daily, chosen, sales.series(daily))
        first = daily.last - timedelta(days=TOLD_DAYS - 1)
        episodes = told_once([each for each in watching.episodes() if each.last >= first])
        found = drivers_of(
            connection, [(each.community, each.metric, each.first, each.last, each.up) for each in episodes]
        )
    done = [sales.priced(replace(each, drivers=drivers)) for each, drivers in zip(episodes, found, strict=True)]
    done.sort(key=lambda each: (-each.last.toordinal(), -abs(each.far), each.community, each.metric))
    return Watch(tuple(done), first, daily.last)


@dataclass(frozen=True)
class History:
    """A watched number day by day with its normal range, as the scope sees it; revenue in minor units."""

    days: tuple[date, ...]
    values: tuple[float, ...]
    expected: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def history(lake: Lake, scope: Scope, community: int, metric: str, *, last: date, count: int = 60) -> History | None:
    """The `count` days around `last` (ten after it, as far as known) of a community that `scope` may see; None when there is nothing to show."""
    sales = _Sales.of(lake, scope, None)
    with lake.connect() as connection:
        daily = read_daily(connection, scoped(connection, scope, None), None)
    watching = Watching(daily, Sensitivity(), sales.series(daily)) if daily.ids else None
    watched = WATCHED[metric]
    if watching is None or watched.series not in watching.series or (community and community not in daily.rows):
        return None
    values, found, row = watching.of(community, watched)
    end = min(daily.days, daily.column(last) + 11)
    span = slice(max(0, end - count), end)
    unit = sales.typical if metric == "revenue" else 1.0
    shown = (values[row], found.expected[row], found.low[row], found.high[row])
    numbers = (tuple(round(float(each) * unit, 2) for each in line[span]) for line in shown)
    return History(tuple(daily.day(column) for column in range(span.start, span.stop)), *numbers)


class Watching:
    """Watches every number of every community, and of the matrix."""

    def __init__(self, daily: Daily, sense: Sensitivity, more: Mapping[str, Numbers] | None = None) -> None:
        self.daily, self.sense = daily, sense
        self.series = {**daily.series, **(more or {})}
        self.weekdays = np.array([daily.day(column).weekday() for column in range(daily.days)])
        self.began = _began(daily)
        self.until = _until(daily)

    def episodes(self) -> Iterator[Episode]:
        """Every episode there is, of the communities and then of the matrix, number by number."""
        for watched in WATCHED.values():
            if watched.series not in self.series:
                continue
            values = self.series[watched.series]
            found = normal(values, self.began, self.weekdays, self.sense)
            yield from self._own(watched, values, found)
            yield from self._matrix(watched, values, found)

    def of(self, community: int, watched: Watched) -> tuple[Numbers, Normal, int]:
        """The numbers, what is normal, and the row in both, of a community or the matrix."""
        values = self.series[watched.series]
        found = normal(values, self.began, self.weekdays, self.sense)
        if community != MATRIX:
            return values, found, self.daily.rows[community]
        observed, usual, _ = self._whole(values, found)
        total = observed.sum(axis=0)
        return total[None], matrix_normal(total, usual.sum(axis=0), self.weekdays, MATRIX_SENSE), 0

    def _whole(self, values: Numbers, found: Normal) -> tuple[Numbers, Numbers, Flags]:
        """What the communities whose level is known did, what they usually do, and which they are, by day."""
        known = (np.arange(self.daily.days)[None] - self.began[:, None]) >= self.sense.learning
        return np.where(known, values, 0.0), np.where(known, found.expected / found.day[None], 0.0), known

    def _own(self, watched: Watched, values: Numbers, found: Normal) -> Iterator[Episode]:
        columns = np.arange(self.daily.days)
        up, down = told(values, found, self.sense, watched.least)
        # A fall on the last day of the records may be where the export was cut.
        down &= columns[None] < self.until[:, None]
        up &= columns[None] <= self.until[:, None]
        for row, id in enumerate(self.daily.ids):
            for first, last, rises in runs(up[row], down[row], found.far[row], self.sense.cooldown):
                yield self._episode(id, watched, values[row], found, row, (first, last, rises))

    def _matrix(self, watched: Watched, values: Numbers, found: Normal) -> Iterator[Episode]:
        observed, usual, known = self._whole(values, found)
        whole = matrix_normal(observed.sum(axis=0), usual.sum(axis=0), self.weekdays, MATRIX_SENSE)
        total = observed.sum(axis=0)[None]
        up, down = told(total, whole, MATRIX_SENSE, 2 * watched.least)
        shares = _together(observed, usual, known)
        common = (shares >= self.sense.together) & (known.sum(axis=0) >= self.sense.voices)
        lone = _lone(observed, usual * (whole.expected[0] / np.maximum(usual.sum(axis=0), 1e-9))[None])
        columns = np.arange(self.daily.days)
        up[0] &= common & ~lone
        down[0] &= common & ~lone & (columns < self.daily.days - 1)
        for first, last, rises in runs(up[0], down[0], whole.far[0], MATRIX_SENSE.cooldown):
            made = self._episode(MATRIX, watched, total[0], whole, 0, (first, last, rises))
            yield replace(made, share=round(float(shares[self.daily.column(made.worst)]), 3))

    def _episode(
        self, id: int, watched: Watched, values: Numbers, found: Normal, row: int, run: tuple[int, int, bool]
    ) -> Episode:
        first, last, rises = run
        span = np.abs(found.far[row, first : last + 1])
        worst = first + int(np.argmax(span))
        return Episode(
            id, watched.key, rises, self.daily.day(first), self.daily.day(last), self.daily.day(worst),
            observed=float(values[worst]),
            expected=round(float(found.expected[row, worst]), 2),
            low=round(float(found.low[row, worst]), 2),
            high=round(float(found.high[row, worst]), 2),
            far=round(float(span.max()), 2),
        )  # fmt: skip


def told(values: Numbers, found: Normal, sense: Sensitivity, least: float) -> tuple[Flags, Flags]:
    """Where a number is so far above or below that somebody should know.

    Whoever does the usual while everybody else does more, or less, is no news: a number must be off its own usual too.
    """
    usual = found.expected / found.day[None]
    most, fewest = np.maximum(found.expected, usual), np.minimum(found.expected, usual)
    up = (found.far >= sense.far) & (values >= sense.times * most) & (values - most >= least)
    down = (found.far <= -sense.fall) & (values <= sense.share * fewest) & (fewest - values >= least)
    return up, down


def told_once(episodes: list[Episode]) -> list[Episode]:
    """Without those that only say again what another one says better.

    That is the same cause in another number (who writes less is active less), and a community's share of what the whole matrix did.
    """
    return [each for each in episodes if not any(_says_again(each, other) for other in episodes)]


def _says_again(each: Episode, other: Episode) -> bool:
    if (
        other.up != each.up
        or other.first > each.last + timedelta(days=1)
        or each.first > other.last + timedelta(days=1)
    ):
        return False
    if each.community == other.community:
        return _AGAIN.get(each.metric) == other.metric
    return other.community == MATRIX and each.metric in (other.metric, *(_OFTEN.get(other.metric, ())))


_AGAIN = {"active_members": "messages", "revenue": "orders"}
_OFTEN = {"messages": ("active_members",), "orders": ("revenue",)}


def runs(up: Flags, down: Flags, far: Numbers, cooldown: int) -> Iterator[tuple[int, int, bool]]:
    """Episodes (first, last, whether above): days at most one apart are one; what follows within the cooldown is part of it, unless larger."""
    found: list[tuple[int, int, bool]] = []
    for day in np.flatnonzero(up | down):
        rises = bool(up[day])
        if found:
            first, last, risen = found[-1]
            if rises == risen and day - last <= 2:
                found[-1] = (first, int(day), rises)
                continue
            if day - last <= cooldown and abs(far[day]) <= np.abs(far[first : last + 1]).max():
                continue
        found.append((int(day), int(day), rises))
    yield from found


def matrix_normal(
    observed: Numbers, usual: Numbers, weekdays: np.ndarray[tuple[int, ...], np.dtype[np.int64]], sense: Sensitivity
) -> Normal:
    """What is normal for all communities together: what they do usually, by the weekday, with the spread of the days before."""
    days = len(observed)
    week, spread, seen = np.ones(7), 1.5, 0
    expected, low, high, far = (np.zeros((1, days)) for _ in range(4))
    for day in range(days):
        weekday = int(weekdays[day])
        expected[0, day] = usual[day] * week[weekday]
        if usual[day] <= 0:
            continue
        seen += 1
        centre, value = (float(stabilised(np.array(each), sense.mood)) for each in (expected[0, day], observed[day]))
        off = value - centre
        low[0, day], high[0, day] = (
            float(plainly(np.array(centre + side * spread), sense.mood)) for side in (-sense.fall, sense.far)
        )
        far[0, day] = off / spread if seen > sense.learning else 0.0
        if -sense.fall < far[0, day] < sense.far:
            week[weekday] += 0.15 * (np.clip(observed[day] / usual[day], 0.4, 2.5) - week[weekday])
            spread = max(1.0, float(np.sqrt(spread**2 + 0.04 * (min(abs(off), 2.5 * spread) ** 2 * 1.25 - spread**2))))
    return Normal(expected, low, high, far, np.ones(days))


def _began(daily: Daily) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The first column with talk of each community; beyond the last where there is none."""
    talked = np.cumsum(daily.series["messages"], axis=1) > 0
    found: np.ndarray[tuple[int, ...], np.dtype[np.int64]] = np.where(
        talked.any(axis=1), np.argmax(talked, axis=1), daily.days
    )
    return found


def _until(daily: Daily) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The last column of each community that may be judged: its last trace, and before it is dissolved by plan.

    Beyond its last trace nobody knows whether it is silent or its export ends; its health says so.
    """
    found = []
    for id in daily.ids:
        seen, closed = daily.seen.get(id), daily.cards[id].get("closed_on")
        last = daily.column(seen[1]) if seen else -1
        found.append(min(last, daily.column(closed) - 1) if closed else last)
    return np.array(found, dtype=np.int64)


def _together(observed: Numbers, usual: Numbers, known: Flags) -> Numbers:
    """Of the communities loud enough to tell, the share on the larger side; 1 where none is."""
    loud = known & (usual >= 3)
    above = (loud & (observed > usual * 1.1)).sum(axis=0)
    below = (loud & (observed < usual / 1.1)).sum(axis=0)
    count = loud.sum(axis=0)
    found: Numbers = np.where(count > 0, np.maximum(above, below) / np.maximum(count, 1), 1.0)
    return found


def _lone(observed: Numbers, expected: Numbers) -> Flags:
    """Where one community makes half of the difference: then it is that community's news."""
    gap = observed - expected
    whole = gap.sum(axis=0)
    most = np.where(whole >= 0, gap.max(axis=0), -gap.min(axis=0))
    found: Flags = most >= 0.5 * np.abs(whole)
    return found


@dataclass(frozen=True)
class _Sales:
    """Orders and revenue by community and day, where they may be seen; revenue counts in units of `typical` minor units."""

    orders: Mapping[tuple[int, date], float]
    revenue: Mapping[tuple[int, date], float]
    typical: float
    currency: str

    @classmethod
    def of(cls, lake: Lake, scope: Scope, as_of: date | None) -> _Sales:
        """Nothing where `scope` may not see orders."""
        if not scope.may("orders.view"):
            return cls({}, {}, 1.0, "")
        asked = Question("day", "community", None, as_of, None, frozenset({"orders", "revenue"}))
        columns = board(lake, scope, asked).figures.columns
        last = as_of or date.max
        counts: Counter[str] = Counter()
        for (_, day, part), (_, n) in columns["revenue"].rows.items() if columns else ():
            counts[part] += n if day <= last else 0
        currency = min(counts, key=lambda each: (-counts[each], each), default="")
        if not counts[currency]:
            return cls({}, {}, 1.0, "")
        orders, revenue = (
            {(key, day): float(value) for (key, day, part), (value, _) in columns[name].rows.items()
             if value and part in ("", currency) and day <= last}
            for name in ("orders", "revenue")
        )  # fmt: skip
        paid = sum(orders.values())
        # Orders differ in size, so that a sum of them varies like a third as many of one size.
        return cls(orders, revenue, max(1.0, 3 * sum(revenue.values()) / paid) if paid else 1.0, currency)

    def series(self, daily: Daily) -> dict[str, Numbers]:
        """Arrays beside those of `daily`."""
        if not self.orders:
            return {}
        found = {}
        for name, rows, unit in (("orders", self.orders, 1.0), ("revenue", self.revenue, self.typical)):
            values = np.zeros((len(daily.ids), daily.days))
            for (id, day), value in rows.items():
                if id in daily.rows and 0 <= daily.column(day) < daily.days:
                    values[daily.rows[id], daily.column(day)] = max(value / unit, 0.0)
            found[name] = values
        return found

    def priced(self, episode: Episode) -> Episode:
        """Revenue back in minor units."""
        if episode.metric != "revenue":
            return episode
        amounts = {
            name: round(getattr(episode, name) * self.typical) for name in ("observed", "expected", "low", "high")
        }
        return replace(episode, currency=self.currency, **amounts)
