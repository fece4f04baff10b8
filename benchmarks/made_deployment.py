"""A deployment of a made lake: its people, communities, memberships, orders and labels in the database of QUNYU_DATA."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from qunyu.commerce.actions import put_orders
from qunyu.commerce.queries import order_from_fact
from qunyu.communities.models import Community
from qunyu.events.lake import states
from qunyu.events.lake.store import Lake
from qunyu.flows.labelling import label
from qunyu.kernel.scope import system_scope
from qunyu.kernel.tables import take_stock
from qunyu.members.actions import renew_memberships
from qunyu.members.models import Identity, Member, Membership
from qunyu.members.queries import membership_from_facts
from qunyu.people.queries import root_unit

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CHUNK = 5_000


def fill(place: Path, lake: Lake) -> dict[str, int]:
    """Makes the rows that an import would have made, and labels everybody; how many there are of each kind. Done already, nothing."""
    communities = pq.ParquetFile(place / "communities.parquet").read().to_pylist()
    if not Membership.objects.exists():
        _people(pq.ParquetFile(place / "identities.parquet").read().to_pylist())
        unit = root_unit()
        told = ("platform", "type", "theme", "name")
        cards = ((row["community"], {name: row[name] for name in told}) for row in communities)
        _put(Community.objects.bulk_create, (Community(id=id, unit=unit, key=str(id), **card) for id, card in cards))
        scope, ids = system_scope("benchmark"), {row["community"] for row in communities}
        renew_memberships(by=scope, communities=ids, rows=map(membership_from_facts, states.memberships(lake, ids)))
        put_orders(by=scope, rows=map(order_from_fact, _orders(lake)))
        take_stock()
    return {"people": Member.objects.count(), "memberships": Membership.objects.count()}


def label_all() -> int:
    """Labels everybody and keeps it; how many have a value they had not."""
    return label(now=NOW)


def _people(rows: list[dict[str, Any]]) -> None:
    roles = {row["identity"]: row["role"] for row in rows}
    # Everybody's own member, as an import makes it; those of second accounts stay unused.
    _put(Member.objects.bulk_create, (Member(id=id, name=f"Member {id}", role=roles[id]) for id in roles))
    _put(Identity.objects.bulk_create, map(_identity, rows))


def _identity(row: dict[str, Any]) -> Identity:
    id, member = row["identity"], row["member"]
    return Identity(id=id, member_id=member, own_member_id=id, platform="made", key=str(id), name=f"Member {id}")


def _orders(lake: Lake) -> Iterator[dict[str, Any]]:
    """The latest state of every order; a made one has no lines."""
    with lake.connect() as connection:
        found = connection.sql(
            "SELECT DISTINCT unit, CASE WHEN external <> '' THEN external || ' ' || currency ELSE lower(hex(fact_id)) END FROM facts WHERE kind = 'order'"
        ).fetchall()
    for row in states.orders(lake, found):
        yield {**row, "meta": '{"lines": 1}', "first_import": None}


def _put(keep: Callable[[list[Any]], object], rows: Iterable[Any]) -> None:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        keep(chunk)
