"""Stories: what happened in made-up communities, told fact by fact and kept in a lake of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from qunyu.events.lake import rollup
from qunyu.events.lake.schema import FACTS, SUPPLIES
from qunyu.events.lake.store import Lake
from qunyu.insights import behind, board, cohorts, funnel, growth, labelling, leaving, network, providers, totals
from qunyu.insights.label import defaults
from qunyu.insights.labelling import Cause, Labelling, UnitBars
from qunyu.insights.leaving import PartingWords
from qunyu.insights.question import Question
from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Scope, system_scope

SHANGHAI = timedelta(hours=8)
EVERYTHING = system_scope("tests")


def scope_at(*units: int, allowed: tuple[str, ...] = ("communities.view", "orders.view")) -> Scope:
    """Somebody who may do `allowed` at `units` and nothing elsewhere."""
    return Scope(Actor("staff", 7, "Mei"), {permission: frozenset(units) for permission in allowed})


def moment(at: str) -> datetime:
    """A time of Shanghai's clock, "2026-03-01 09:30" (noon when only a day is given), in UTC."""
    return (datetime.fromisoformat(at if " " in at else f"{at} 12:00") - SHANGHAI).replace(tzinfo=UTC)


@dataclass
class Story:
    """Communities (id -> unit, platform, type, theme, name), people (identity -> member and role) and their facts.

    Communities and people that nobody described are made at their first fact: community n in unit 1 is called "C<n>", and
    identity n is the ordinary member n.
    """

    folder: Path
    communities: dict[int, dict[str, Any]] = field(default_factory=dict)
    people: dict[int, tuple[int, str]] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    opinions: list[dict[str, Any]] = field(default_factory=list)

    def community(self, id: int, **values: Any) -> None:
        known = {"unit": 1, "platform": "wechat", "type": "", "theme": "", "name": f"C{id}"}
        self.communities[id] = {"community": id, **known, **values}

    def person(self, identity: int, member: int, role: str = "member") -> None:
        self.people[identity] = (member, role)

    def fact(self, kind: str, at: str, **values: Any) -> None:
        """A fact at Shanghai's time `at`; columns that are not given are empty."""
        local = moment(at) + SHANGHAI
        row = dict.fromkeys(FACTS.names) | {
            "fact_id": len(self.facts).to_bytes(16, "big"),
            "kind": kind,
            "occurred_at": moment(at),
            "local_day": local.date(),
            "local_hour": local.hour,
            "unit": 1,
            "subject": "",
            "currency": "",
            "text": "",
            "external": "",
            "import_id": 1,
            "month": f"{local:%Y-%m}",
        }
        self.facts.append(row | values)
        home = values.get("community")
        if home and home not in self.communities:
            self.community(home)
        for identity in filter(None, (values.get("identity"), values.get("other"))):
            self.people.setdefault(identity, (identity, "member"))

    def says(
        self, identity: int, at: str, community: int = 1, text: str = "", subject: str = "text", **values: Any
    ) -> None:
        said = text or f"第 {len(self.facts)} 句话"
        self.fact("message", at, community=community, identity=identity, text=said, subject=subject, **values)

    def joins(self, identity: int, at: str, community: int = 1, by: int | None = None, **values: Any) -> None:
        self.fact("joined", at, community=community, identity=identity, other=by, **values)

    def brings(self, inviter: int, identity: int, at: str, community: int = 1) -> None:
        self.fact("joined", at, community=community, identity=identity, other=inviter)

    def leaves(self, identity: int, at: str, community: int = 1) -> None:
        self.fact("left", at, community=community, identity=identity)

    def buys(self, identity: int | None, at: str, amount: int, **values: Any) -> None:
        """A paid order of `amount` fen, unless `values` say otherwise (`quantity` is the refund)."""
        given: dict[str, Any] = {"subject": "paid", "currency": "CNY", "quantity": 0}
        self.fact("order", at, identity=identity, amount=amount, **(given | values))

    def opines(self, member: int, day: str, kind: str, score: int, likely: int | None = None) -> None:
        """A member says what they think of us."""
        told = {"member": member, "day": date.fromisoformat(day), "score": score, "kind": kind, "likely": likely}
        self.opinions.append(told)

    def costs(self, amount: int, at: str, **values: Any) -> None:
        self.fact("cost", at, amount=amount, **({"currency": "CNY"} | values))

    def shown(self, times: int, at: str, **values: Any) -> None:
        self.fact("exposed", at, quantity=times, **({"subject": "poster"} | values))

    def listed(self, identity: int, at: str, community: int = 1, **values: Any) -> None:
        """A member list says that somebody came then."""
        self.fact("listed", at, community=community, identity=identity, quantity=1, **values)

    def tells_again(self, import_id: int, fact: int) -> None:
        """That import held a fact, the one of that number, which another had told before."""
        self.again.append({"import_id": import_id, "fact_id": self.facts[fact]["fact_id"]})

    @cached_property
    def lake(self) -> Lake:
        """The facts told so far, with their rollup."""
        made = Lake(self.folder / f"lake{len(self.facts)}")
        table = pa.Table.from_pylist(self.facts, schema=FACTS)
        made.append("facts", table.to_reader())
        rollup.refresh(made, pairs(table))
        if self.again:
            made.append("supplies", pa.Table.from_pylist(self.again, schema=SUPPLIES).to_reader())
        return made

    def rewritten(self) -> None:
        """What was told since the lake was made is in it from now on."""
        del self.lake

    def board(self, scope: Scope = EVERYTHING, **question: Any) -> board.Board:
        with self.told():
            return board.board(self.lake, scope, Question(**question))

    def behind(self, metric: str, start: str, scope: Scope = EVERYTHING, **question: Any) -> list[int]:
        """The members behind a figure of the period that begins on the day `start`, sorted."""
        with self.told():
            found = behind.behind(self.lake, scope, Question(**question), metric, date.fromisoformat(start))
        return sorted(found)

    def cohorts(self, scope: Scope = EVERYTHING, latest: int = 24, **question: Any) -> cohorts.Cohorts:
        with self.told():
            return cohorts.cohorts(self.lake, scope, Question(**question), latest)

    def funnels(self, first: str, last: str, scope: Scope = EVERYTHING, **only: Any) -> funnel.Funnels | None:
        with self.told():
            return funnel.funnels(self.lake, scope, date.fromisoformat(first), date.fromisoformat(last), **only)

    def in_step(
        self, step: str, first: str, last: str, scope: Scope = EVERYTHING, channel: str | None = None
    ) -> list[int]:
        asked = Question("all", first=date.fromisoformat(first), last=date.fromisoformat(last))
        with self.told():
            return sorted(funnel.funnel_people(self.lake, scope, asked, step, channel))

    def growth(self, first: str, last: str, scope: Scope = EVERYTHING, **only: Any) -> growth.Growth | None:
        with self.told():
            return growth.growth(self.lake, scope, date.fromisoformat(first), date.fromisoformat(last), **only)

    def leaving(self, first: str, last: str, scope: Scope = EVERYTHING, **only: Any) -> leaving.Leaving | None:
        with self.told():
            return leaving.leaving(self.lake, scope, date.fromisoformat(first), date.fromisoformat(last), **only)

    def parting_words(self, first: str, last: str, scope: Scope = EVERYTHING) -> tuple[PartingWords, ...]:
        with self.told():
            return leaving.parting_words(self.lake, scope, date.fromisoformat(first), date.fromisoformat(last))

    def network(self, first: str, last: str, scope: Scope = EVERYTHING, community: int = 1) -> network.Network | None:
        with self.told():
            return network.network(self.lake, scope, date.fromisoformat(first), date.fromisoformat(last), community)

    def totals(self, scope: Scope = EVERYTHING, **question: Any) -> totals.Totals:
        with self.told():
            return totals.totals(self.lake, scope, Question(**question))

    def features(
        self, units: Collection[UnitBars] = (), members: Collection[int] | None = None
    ) -> dict[int, dict[str, Any]]:
        """Member -> feature -> value."""
        with self.told(), self.lake.connect() as connection:
            if Labelling(connection, EVERYTHING, units or bars()).compute(members) is None:
                return {}
            rows = connection.sql("SELECT * FROM features").to_arrow_table().to_pylist()
            return {row.pop("member"): row for row in rows}

    def labels(
        self, units: Collection[UnitBars] = (), members: Collection[int] | None = None
    ) -> dict[tuple[int, str], dict[str, Any]]:
        """(member, label) -> the row that is kept of it."""
        with self.told():
            rows = labelling.labelled(self.lake, EVERYTHING, units or bars(), members).rows.to_pylist()
        found = {(row["member"], row["label"]): row for row in rows}
        assert len(found) == len(rows)
        return found

    def values(self, label: str, **thresholds: float) -> dict[int, str]:
        """Member -> value of that label."""
        rows = self.labels(bars(None, **thresholds))
        return {member: row["value"] for (member, key), row in rows.items() if key == label}

    def touched(self, *imports: int, since: str, units: Collection[UnitBars] = ()) -> set[int]:
        """The members whose labels these imports may have changed."""
        with self.told():
            cause = Cause(imports, date.fromisoformat(since))
            return set(labelling.touched(self.lake, EVERYTHING, units or bars(), cause))

    @contextmanager
    def told(self) -> Iterator[None]:
        """The story's communities and people are the ones that insights knows."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(providers._providers, "communities", self._seen)
            patch.setitem(providers._providers, "identities", lambda scope: self._known())
            patch.setitem(
                providers._providers,
                "opinions",
                lambda scope: pa.Table.from_pylist(self.opinions, schema=providers.OPINIONS),
            )
            patch.delitem(providers._states, "opinions", raising=False)
            yield

    def _seen(self, scope: Scope) -> pa.Table:
        units = scope.units("communities.view")
        rows = [each for each in self.communities.values() if scope.everything or each["unit"] in units]
        return pa.Table.from_pylist(sorted(rows, key=lambda row: row["community"]), schema=providers.COMMUNITIES)

    def _known(self) -> pa.Table:
        rows = [{"identity": id, "member": member, "role": role} for id, (member, role) in self.people.items()]
        return pa.Table.from_pylist(rows, schema=providers.IDENTITIES)


def bars(paths: Mapping[int, str] | None = None, **thresholds: float) -> list[UnitBars]:
    """Units by their paths (unit 1 alone when none are given), all with the usual thresholds but for `thresholds`."""
    usual = {**defaults(), **thresholds}
    return [UnitBars(unit, path, usual) for unit, path in (paths or {1: "/1/"}).items()]


def pairs(facts: pa.Table) -> pa.Table:
    """The (local_day, community) pairs that `facts` touch."""
    return (
        facts.filter(pc.is_valid(facts["community"]))
        .select(["local_day", "community"])
        .group_by(["local_day", "community"])
        .aggregate([])
    )


def series(found: board.Board, metric: str, key: int = 0, part: str = "") -> dict[str, float | None]:
    """Period -> value of one metric."""
    return {period.label: found.figure(metric, period, key, part).value for period in found.periods}


def whys(found: board.Board, metric: str, key: int = 0) -> set[str]:
    """Why the metric is unknown, over all periods; "" where it is known."""
    return {found.figure(metric, period, key).why for period in found.periods}


def day(number: int) -> str:
    """The `number`-th day from 2025-12-20 on, as text: a span of some weeks from there crosses a year's end."""
    return (date(2025, 12, 20) + timedelta(days=number)).isoformat()
