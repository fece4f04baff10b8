"""Health: where in its life each community stands, how sure that is, why it fades, and what to do (method.md N8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from qunyu.events.lake.store import Lake
from qunyu.insights.cause import Likely, likely_causes
from qunyu.insights.daily import Daily, read_daily, scoped
from qunyu.insights.evidence import Evidence, Windows, gather
from qunyu.insights.levels import Levels, Settings, levels, onset
from qunyu.insights.proposals import Neighbour, Patient, Proposal, neighbours_of, present, propose
from qunyu.insights.question import Question
from qunyu.insights.reasons import Told, reason, unknowns
from qunyu.insights.remembered import Remembered
from qunyu.insights.states import CODES, ILL, State, states
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

Sureness = Literal["high", "medium", "low"]
SURENESS: dict[Sureness, Words] = {
    "high": Words("把握大", "Rather sure"),
    "medium": Words("把握一般", "Fairly sure"),
    "low": Words("把握小", "Unsure"),
}
_STATES = {code: state for state, code in CODES.items()}


@dataclass(frozen=True)
class Curve:
    """A life by the week, the last one ending on the day asked: `talk` is messages of ordinary members a day and `people` those active
    in the week, both corrected for holidays of the whole matrix; None before there is a whole week. `quiet` marks its lulls."""

    days: tuple[date, ...]
    talk: tuple[float | None, ...]
    people: tuple[float | None, ...]
    states: tuple[State, ...]
    quiet: tuple[bool, ...]


@dataclass(frozen=True)
class Health:
    """One community. `level` is today's beside the earlier one, None where nothing can be compared; `people` were active in the
    best weeks, `days` is how long its talk is known, `since` when the decline began. `members` are there now."""

    community: int
    state: State
    reason: Words
    sureness: Sureness
    level: float | None
    days: int
    people: int
    members: int
    since: date | None
    causes: tuple[Likely, ...]
    proposal: Proposal | None
    unknown: tuple[Words, ...]
    curve: Curve


@dataclass(frozen=True)
class Checkup:
    """The health of every community in scope by id, as known on the day `as_of` (None: nothing is known)."""

    as_of: date | None
    found: Mapping[int, Health]


def health(
    lake: Lake,
    scope: Scope,
    *,
    as_of: date | None = None,
    only: Collection[int] | None = None,
    settings: Settings | None = None,
) -> Checkup:
    """How the communities fare that `scope` may see (`only`: of these ids), using nothing that happened after `as_of`.

    Holidays are told from all communities in scope, whatever `only` says. Empty when there is nothing in scope.
    """
    chosen = settings or Settings()
    question = Question("day", "community", None, as_of)
    whole = _KEPT.get(lake, scope, question, lambda: _checkup(lake, scope, as_of, chosen)) if settings is None else None
    found = whole or _checkup(lake, scope, as_of, chosen)
    if only is None:
        return found
    return Checkup(found.as_of, {id: each for id, each in found.found.items() if id in only})


_KEPT: Remembered[Checkup] = Remembered()


def _checkup(lake: Lake, scope: Scope, as_of: date | None, settings: Settings) -> Checkup:
    with lake.connect() as connection:
        daily = read_daily(connection, scoped(connection, scope, None), as_of)
        if not daily.ids:
            return Checkup(None, {})
        found = levels(daily, settings)
        codes = states(daily, found, settings)
        now = daily.days - 1
        members = present(connection, daily.last)
        ill = [row for row in range(len(daily.ids)) if _STATES[int(codes[row, now])] in (*ILL, "closing")]
        recent = [row for row in ill if not found.silent[row, now] > settings.treatable_days]
        evidence = gather(connection, [_windows(daily, found, row) for row in recent])
        shared = neighbours_of(connection, [daily.ids[row] for row in ill])
    seen = _Seen(daily, found, codes, members, settings, evidence, shared)
    return Checkup(daily.last, {id: seen.health(row) for row, id in enumerate(daily.ids)})


def _windows(daily: Daily, found: Levels, row: int) -> Windows:
    """The four weeks before the decline, and its first four: later on everything falls, whatever began it."""
    now = daily.days - 1
    silent = found.silent[row, now]
    end = now - (int(silent) if silent >= 7 else 0)
    begun = max(1, min(onset(found, row, end), end - 6))
    before = (daily.day(begun - 28), daily.day(begun - 1))
    return Windows(daily.ids[row], before, (daily.day(begun), daily.day(min(end, begun + 27))))


@dataclass(frozen=True)
class _Seen:
    """Everything read, out of which each community's health is told."""

    daily: Daily
    found: Levels
    codes: np.ndarray
    members: Mapping[int, int]
    settings: Settings
    evidence: Mapping[int, Evidence]
    shared: Mapping[tuple[int, int], int]

    def health(self, row: int) -> Health:
        """The health of the community in that row on the last day."""
        id, now = self.daily.ids[row], self.daily.days - 1
        state = _STATES[int(self.codes[row, now])]
        evidence = self.evidence.get(id)
        causes = likely_causes(evidence) if evidence and state in ILL else ()
        told = self._told(row, state)
        return Health(
            community=id,
            state=state,
            reason=reason(told),
            sureness=self._sureness(row, state),
            level=told.level,
            days=told.days,
            people=told.people,
            members=self.members.get(id, 0),
            since=evidence.windows.now[0] if evidence and state == "fading" else self._silent_since(row, state),
            causes=causes,
            proposal=self._proposal(row, state, causes),
            unknown=unknowns(told, bool(causes)),
            curve=self._curve(row),
        )

    def _told(self, row: int, state: State) -> Told:
        now, id = self.daily.days - 1, self.daily.ids[row]
        opened, seen = self.daily.opened(id), self.daily.seen.get(id)
        level, people = float(self.found.ratio[row, now]), self.found.earlier_people[row, now]
        silent, most = self.found.silent[row, now], int(self.daily.series["week"][row].max())
        spoke = self.daily.spoke.get(id)
        away = (self.daily.last - spoke).days if spoke else None
        return Told(
            state=state,
            level=None if np.isnan(level) else level,
            talk=_number(self.found.talk[row, now]),
            earlier=_number(self.found.earlier_talk[row, now]),
            days=int(self.found.talked_days[row, now]),
            people=most if state == "unclear" or np.isnan(people) else round(float(people)),
            needed=self.settings.days_needed,
            age=(self.daily.last - opened).days if opened else None,
            opening_known=self.daily.cards[id].get("opened_on") is not None,
            silent=away if np.isnan(silent) else int(silent),
            traceless=(self.daily.last - seen[1]).days if seen else None,
            voices=bool(np.any(self.found.day_talk[-60:] != 1)),
            quiet=bool(_quiet(self.found)[now]),
            flash=self.daily.cards[id]["type"] == "flash",
            closes=self.daily.cards[id].get("closed_on"),
            theme=bool(self.daily.cards[id].get("theme")),
            type=bool(self.daily.cards[id]["type"]),
        )

    def _sureness(self, row: int, state: State) -> Sureness:
        """By the standard errors for what compares levels, by what is known for the rest."""
        now = self.daily.days - 1
        if state == "fading":
            z = self.found.certainty[row, now]
            return "high" if z >= 4 else "medium" if z >= 2.5 else "low"
        if state in ("growing", "steady"):
            error = self.found.error[row, now]
            return "high" if error < 0.2 else "medium" if error < 0.35 else "low"
        if state == "dead":
            seen = self.daily.seen.get(self.daily.ids[row])
            # Where not even the platform's lines go on, the export may simply end there.
            return "high" if seen and (self.daily.last - seen[1]).days <= 7 else "medium"
        return "high" if state == "dissolved" else "medium" if state in ("opening", "closing") else "low"

    def _silent_since(self, row: int, state: State) -> date | None:
        spoke = self.daily.spoke.get(self.daily.ids[row])
        return spoke + timedelta(days=1) if state == "dead" and spoke else None

    def _proposal(self, row: int, state: State, causes: Sequence[Likely]) -> Proposal | None:
        if state not in (*ILL, "closing"):
            return None
        id, now = self.daily.ids[row], self.daily.days - 1
        level, silent = self.found.ratio[row, now], self.found.silent[row, now]
        left = 0.0 if state == "dead" else float(np.nan_to_num(level, nan=0.0))
        spoke = self.daily.spoke.get(id)
        away = (self.daily.last - spoke).days if spoke else self.daily.days
        patient = Patient(
            self.daily.cards[id],
            self.members.get(id, 0),
            left,
            away if np.isnan(silent) else int(silent),
            state == "closing",
        )
        return propose(patient, causes, self._neighbours(id), self.daily.cards)

    def _neighbours(self, id: int) -> list[Neighbour]:
        now = self.daily.days - 1
        well = (CODES["growing"], CODES["steady"], CODES["opening"])
        return [
            Neighbour(other, self.shared.get((id, other), 0), self.members.get(other, 0))
            for row, other in enumerate(self.daily.ids)
            if other != id and int(self.codes[row, now]) in well and self.daily.cards[other]["type"] != "flash"
        ]

    def _curve(self, row: int) -> Curve:
        places = np.arange(self.daily.days - 1, -1, -7)[::-1]
        first = int(np.argmax(self.found.talked_days[row] > 0)) if self.found.talked_days[row, -1] else self.daily.days
        places = places[places >= first]
        return Curve(
            tuple(self.daily.day(int(place)) for place in places),
            tuple(_known(self.found.talk[row, place]) for place in places),
            tuple(_known(self.found.people[row, place]) for place in places),
            tuple(_STATES[int(self.codes[row, place])] for place in places),
            tuple(bool(each) for each in _quiet(self.found)[places]),
        )


def _quiet(found: Levels) -> np.ndarray:
    """The days whose week was quiet in the whole matrix, by a quarter and more."""
    padded = np.concatenate([np.ones(6), found.day_talk])
    return np.convolve(padded, np.ones(7) / 7, "valid") < 0.75


def _number(value: float) -> float:
    return 0.0 if np.isnan(value) else float(value)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 2)
