"""Measuring: the list of each unit computed anew and kept, set by set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from qunyu.communities.duties import local_day
from qunyu.communities.queries import count_by_unit
from qunyu.events.queries import published_lake
from qunyu.insights.chances import CONTACTS, SPANS, Chances, Likely, Wanted, chances
from qunyu.insights.odds import Rate
from qunyu.insights.signal import invitations
from qunyu.kernel import audit
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.own import PERSON
from qunyu.members.sets import alive, contacts_noted
from qunyu.people.queries import unit_paths, units_below
from qunyu.prospects.models import Prospect, ProspectRun
from qunyu.prospects.settings import SETTINGS

if TYPE_CHECKING:
    from qunyu.events.lake.store import Lake
    from qunyu.people.models import Unit

# More than anybody can speak with before the next list.
KEPT = 10_000
CHUNK = 2_000


def lake() -> Lake:
    """The deployment's lake as it is published."""
    return published_lake(settings.QUNYU_DATA / "lake")


def units_worth_asking() -> list[int]:
    """The units (primary keys) with a community in them or below."""
    paths = unit_paths()
    held = [paths[unit] for unit in count_by_unit(system_scope("prospects")) if unit in paths]
    return sorted(unit for unit, path in paths.items() if any(each.startswith(path) for each in held))


def measure(*, by: Scope, unit: Unit, now: datetime, source: Lake | None = None) -> ProspectRun:
    """The list of `unit` over all that is known of it and of the units below it; the one before is gone when this one is there.

    Raises Denied.
    """
    by.require("members.edit", unit.pk)
    horizon = int(SETTINGS.of(unit.pk)["prospects.horizon"] or 0)
    wanted = Wanted(units_below(unit), horizon, KEPT, _contacts)
    # What is counted of all people of the unit is shown to who may see all of it (queries.find_list).
    found = chances(source or lake(), system_scope("prospects"), wanted)
    run = ProspectRun.objects.create(
        unit=unit, at=now, as_of=found.as_of, horizon=horizon, people=found.people,
        base=found.past.share if found.odds else None, figures=_figures(found),
    )  # fmt: skip
    for chunk in _chunks(_alive(found.likely)):
        Prospect.objects.bulk_create([_row(run, rank, each) for rank, each in chunk])
    with transaction.atomic():
        ProspectRun.objects.filter(pk=run.pk).update(finished=True)
        Prospect.objects.filter(run__unit=unit, run__lt=run.pk).delete()
        audit.record(by=by.actor, action="prospects.measure", kind="unit", id=unit.pk, now=now, people=found.people)
    run.refresh_from_db()
    return run


def _contacts(since: date) -> pa.Table:
    """Who was spoken with one by one, from that day on."""
    start = datetime.combine(since, time(), settings.QUNYU_ZONE)
    rows = contacts_noted().filter(at__gte=start).order_by().values_list(PERSON, "at", "direction")
    found = [(head, local_day(at), direction == "in") for head, at, direction in rows.iterator()]
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    return pa.table(
        [pa.array(each, field.type) for each, field in zip(columns, CONTACTS, strict=True)], schema=CONTACTS
    )


def _alive(likely: Sequence[Likely]) -> list[Likely]:
    """Those of them who have not been erased."""
    known = alive([each.member for each in likely])
    return [each for each in likely if each.member in known]


def _chunks(likely: Sequence[Likely]) -> Iterator[list[tuple[int, Likely]]]:
    ranked = list(enumerate(likely, start=1))
    for start in range(0, len(ranked), CHUNK):
        yield ranked[start : start + CHUNK]


def _row(run: ProspectRun, rank: int, each: Likely) -> Prospect:
    return Prospect(
        run=run, member_id=each.member, rank=rank, chance=each.chance, low=each.low, high=each.high, signals=f",{','.join(each.signals)},",
        reason=leading(each.signals, run.figures), last_active=each.last_active, spoken=each.spoken,
    )  # fmt: skip


def leading(codes: Sequence[str], figures: dict[str, Any]) -> str:
    """The reason to write about: the one that raises the chance most, or the first in its place while nothing is measured; "" for none."""
    reasons = [key for key in invitations() if key in codes]
    weights = {key: figures["signals"].get(key, {}).get("weight") or 0.0 for key in reasons}
    best = max(reasons, key=lambda key: weights[key], default="")
    return best if best and (weights[best] > 0 or not figures["measured"]) else ""


def _figures(found: Chances) -> dict[str, Any]:
    judged = found.judged
    return {
        "measured": found.odds is not None,
        "ordered_until": found.ordered_until.isoformat() if found.ordered_until else None,
        "spans": found.spans,
        "most_spans": SPANS,
        "past": _pair(found.past),
        "signals": {
            key: {"with": _pair(one), "without": _pair(other), "weight": found.odds.weights.get(key) if found.odds else None}
            for key, (one, other) in found.with_signal.items()
        },
        "judged": {name: value.isoformat() if isinstance(value, date) else _pair(Rate(**value)) for name, value in asdict(judged).items()}
        if judged
        else None,
        "contacted": [_pair(each) for each in found.contacted] if found.contacted else None,
    }  # fmt: skip


def _pair(rate: Rate) -> list[int]:
    return [rate.people, rate.ordered]
