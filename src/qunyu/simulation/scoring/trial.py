"""Trial: a simulated brand as the product knows it, beside its truth."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from qunyu.communities.queries import by_platform_keys
from qunyu.events.lake.store import Lake
from qunyu.insights.label import defaults
from qunyu.insights.labelling import UnitBars, labelled
from qunyu.kernel.scope import Scope
from qunyu.members.queries import accounts
from qunyu.people.queries import units_in
from qunyu.simulation.scoring.known import Truth


@dataclass(frozen=True)
class Trial:
    """The brand that `generate` wrote into `folder`, loaded into this deployment; `scope` sees all of it."""

    lake: Lake
    scope: Scope
    folder: Path
    truth: Truth

    @cached_property
    def members(self) -> list[frozenset[int]]:
        """Of each of truth.people the members they are in the product: one if all went well, several when split, none when missing."""
        ids = {id for each in self.truth.people for id in each.ids.values()}
        known = {(each.platform, each.id): each.member for each in accounts(self.scope, ids)}
        return [frozenset(known[key] for key in each.ids.items() if key in known) for each in self.truth.people]

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """The truth as it stands in its file."""
        found: dict[str, Any] = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def communities(self) -> Mapping[str, int]:
        """The ids of the communities by their key in the truth."""
        return {key: each.pk for (_, key), each in by_platform_keys(self.scope).items()}

    @cached_property
    def labels(self) -> Mapping[str, Mapping[int, str]]:
        """By label, every member's value, with the thresholds that hold where no unit sets its own."""
        bars = [UnitBars(each.pk, each.path, defaults()) for each in units_in(self.scope, "members.view")]
        rows = labelled(self.lake, self.scope, bars).rows
        columns = (rows[name].to_pylist() for name in ("label", "member", "value"))
        found: dict[str, dict[int, str]] = defaultdict(dict)
        for label, member, value in zip(*columns, strict=True):
            found[label][member] = value
        return found
