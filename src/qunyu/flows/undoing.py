"""The course of an undo: what only this import supplied goes, from the lake and from the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction

from qunyu.commerce.actions import forget_orders, put_orders
from qunyu.commerce.queries import order_from_fact
from qunyu.communities.actions import forget_empty
from qunyu.events import actions as events
from qunyu.events.lake import rollup, states
from qunyu.events.lake.undo import facts_of_import_alone, remove_import
from qunyu.events.queries import import_by_key, unsettled_imports
from qunyu.flows.place import Place
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.actions import forget_unused, renew_memberships
from qunyu.members.queries import membership_from_facts


def run(import_id: int, *, place: Place, now: datetime) -> dict[str, int]:
    """Undoes an import that `events.begin_undo` has put into state undoing; how much went. Run again it goes on."""
    with place.lake.writing():
        settle(place=place, now=now)
    removed: dict[str, int] = import_by_key(import_id).progress.get("removed", {})
    return removed


def settle(*, place: Place, now: datetime) -> None:
    """Ends what a crash left half done and the undos that wait, and publishes: for whoever holds the lake's pen."""
    owners = unsettled_imports()
    removed = {owner.pk: _withdraw(owner.pk, place, _scope(owner.pk)) for owner in owners}
    with transaction.atomic():
        for owner in owners:
            if owner.state == owner.State.UNDOING:
                events.end_undo(owner.pk, removed=removed[owner.pk], now=now)
            else:
                events.interrupt(owner.pk, by=_scope(owner.pk), now=now)
        if owners:
            events.publish(place.lake)
    for owner in owners:
        forget_notes(owner.pk, place)


def forget_notes(import_id: int, place: Place) -> None:
    """Removes what an undo noted down for the case of a crash; an import that begins again must not find it."""
    _Touched.path(place, import_id).unlink(missing_ok=True)


def _scope(import_id: int) -> Scope:
    return system_scope(f"undo of import {import_id}")


def _withdraw(import_id: int, place: Place, scope: Scope) -> dict[str, int]:
    lake = place.lake
    touched = _Touched.of(import_id, place)
    remove_import(lake, import_id)
    rollup.refresh(lake, touched.days)
    communities = set(touched.days["community"].unique().to_pylist())
    rows = map(membership_from_facts, states.memberships(lake, communities))
    renew_memberships(by=scope, communities=communities, rows=rows)
    orders = _renew_orders(touched.orders, place, scope)
    people = forget_unused(by=scope, import_id=import_id, heirs=states.heirs_of_people(lake))
    gone = forget_empty(by=scope, import_id=import_id, heirs=states.heirs_of_communities(lake))
    return {"facts": touched.facts, "orders": orders, "identities": people, "communities": gone}


def _renew_orders(references: list[tuple[int, str]], place: Place, scope: Scope) -> int:
    """Gives the orders the state that the facts still tell; how many went because none does."""
    told = list(map(order_from_fact, states.orders(place.lake, references)))
    left = {(order.unit_id, order.reference) for order in told}
    put_orders(by=scope, rows=iter(told), suppliers=True)
    return forget_orders(by=scope, references=[each for each in references if each not in left])


@dataclass(frozen=True)
class _Touched:
    """What has to be computed anew: days (local_day, community) and orders (unit, reference); `facts` is how many go."""

    facts: int
    days: pa.Table
    orders: list[tuple[int, str]]

    @staticmethod
    def path(place: Place, import_id: int) -> Path:
        return place.data / "staging" / f"undo-{import_id}.json"

    @classmethod
    def of(cls, import_id: int, place: Place) -> _Touched:
        """Kept in a file first: after a crash the lake may no longer tell."""
        path = cls.path(place, import_id)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            days = rollup.pairs_of_import(place.lake, import_id).to_pydict()
            orders = states.order_references(place.lake, import_id)
            waiting = path.with_suffix(".part")
            facts = facts_of_import_alone(place.lake, import_id)
            waiting.write_text(json.dumps({"facts": facts, "days": days, "orders": orders}, default=date.isoformat))
            waiting.rename(path)
        found: dict[str, Any] = json.loads(path.read_text())
        days = pa.array(found["days"]["local_day"], pa.string()).cast(pa.date32())
        communities = pa.array(found["days"]["community"], pa.int64())
        table = pa.table({"local_day": days, "community": communities})
        return cls(found["facts"], table, [(unit, reference) for unit, reference in found["orders"]])
