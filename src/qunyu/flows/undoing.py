"""The course of an undo: what only this import supplied goes, from the lake and from the database."""

from __future__ import annotations

import json
from datetime import datetime

import pyarrow as pa

from qunyu.commerce.actions import forget_of_import, put_orders
from qunyu.commerce.queries import order_from_fact, references_of_import
from qunyu.communities.actions import forget_empty
from qunyu.events import actions as events
from qunyu.events.lake import rollup, states
from qunyu.events.lake.undo import remove_import
from qunyu.flows.importing import Place
from qunyu.kernel.scope import system_scope
from qunyu.members.actions import forget_unused, renew_memberships
from qunyu.members.queries import membership_from_facts


def run(import_id: int, *, place: Place, now: datetime) -> dict[str, int]:
    """Undoes an import that `events.begin_undo` has put into state undoing; how much went. Run again it goes on."""
    scope = system_scope(f"undo of import {import_id}")
    with place.lake.writing():
        pairs = _pairs(import_id, place)
        references = references_of_import(import_id)
        facts = remove_import(place.lake, import_id)
        rollup.refresh(place.lake, pairs)
        touched = set(pairs["community"].unique().to_pylist())
        rows = (membership_from_facts(row) for row in states.memberships(place.lake, touched))
        renew_memberships(by=scope, communities=touched, rows=rows)
        orders = forget_of_import(by=scope, import_id=import_id)
        left = states.orders(place.lake, references=references)
        put_orders(by=scope, rows=(order_from_fact(row) for row in left))
        people = forget_unused(by=scope, import_id=import_id, heirs=states.heirs_of_people(place.lake))
        heirs = states.heirs_of_communities(place.lake)
        communities = forget_empty(by=scope, import_id=import_id, heirs=heirs)
    removed = {"facts": facts, "orders": orders, "identities": people, "communities": communities}
    events.end_undo(import_id, removed=removed, now=now)
    (place.data / "staging" / f"undo-{import_id}.json").unlink(missing_ok=True)
    return removed


def _pairs(import_id: int, place: Place) -> pa.Table:
    """The days to recompute, kept in a file first: after a crash the lake may no longer tell."""
    path = place.data / "staging" / f"undo-{import_id}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        found = rollup.pairs_of_import(place.lake, import_id)
        waiting = path.with_suffix(".part")
        waiting.write_text(
            json.dumps([[str(day), community] for day, community in zip(*found.to_pydict().values(), strict=True)])
        )
        waiting.rename(path)
    rows = json.loads(path.read_text())
    days = pa.array([row[0] for row in rows], pa.string()).cast(pa.date32())
    return pa.table({"local_day": days, "community": pa.array([row[1] for row in rows], pa.int64())})
