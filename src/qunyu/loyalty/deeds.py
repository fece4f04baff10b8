"""Deeds: what people did in a programme's units that its earning rules look at, out of orders and memberships and what the lake told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q

from qunyu.commerce.queries import orders
from qunyu.kernel.scope import system_scope
from qunyu.loyalty.earning.rule import Deed
from qunyu.members.own import identities
from qunyu.members.queries import memberships

CHUNK = 2_000
SYSTEM = system_scope("points")
_COLUMNS = ("unit", "reference", "customer__own_member", "ordered_at", "amount", "refund", "currency", "status")


@dataclass(frozen=True)
class Told:
    """What only the lake tells: days of talk by (identity, Monday), and (who invited, who came, when), all by identity."""

    talk: Sequence[tuple[int, date, int]] = ()
    invitations: Sequence[tuple[int, int, datetime]] = field(default=())


def midnight(day: date) -> datetime:
    """The beginning of that day in the deployment's calendar."""
    return datetime.combine(day, time(), settings.QUNYU_ZONE)


def orders_since(units: Collection[int], since: date) -> Iterator[Deed]:
    """Every order of a known buyer in those units from that day on, oldest first; 0 where nothing (more) is paid."""
    found = orders(SYSTEM).filter(unit__in=units, ordered_at__gte=midnight(since))
    rows = found.exclude(customer=None).order_by("ordered_at", "pk").values_list(*_COLUMNS)
    yield from map(_order, rows.iterator(chunk_size=CHUNK))


def _order(row: tuple[int, str, int, datetime, int, int, str, str]) -> Deed:
    unit, reference, member, at, amount, refund, currency, status = row
    paid = max(amount - refund, 0) if status == "paid" else 0
    return Deed("order", member, f"{unit}:{reference}", at, paid, currency)


def present_orders(sources: Collection[str]) -> dict[str, Deed]:
    """Source -> deed, of those of the sources of order deeds whose orders are there (still)."""
    wanted: dict[int, list[str]] = defaultdict(list)
    for source in sources:
        unit, _, reference = source.partition(":")
        wanted[int(unit)].append(reference)
    there = Q(pk__in=())
    for key, references in wanted.items():
        there |= Q(unit=key, reference__in=references)
    found = orders(SYSTEM).filter(there).exclude(customer=None)
    return {deed.source: deed for deed in map(_order, found.values_list(*_COLUMNS))}


def first_orders(units: Collection[int], since: date) -> Iterator[Deed]:
    """The first order with anything paid of each own member whose first ever in those units is of that day or later."""
    seen: set[int] = set()
    for deed in orders_since(units, date.min + timedelta(days=2)):
        if deed.quantity and deed.member not in seen:
            seen.add(deed.member)
            if deed.at >= midnight(since):
                yield Deed("first_order", deed.member, f"member:{deed.member}", deed.at, deed.quantity, deed.currency)


def joins_since(units: Collection[int], since: date) -> Iterator[Deed]:
    """Each joining that was seen, of ordinary members, into communities of those units from that day on."""
    found = memberships(SYSTEM).filter(
        community__unit__in=units,
        joined_at__gte=midnight(since),
        identity__member__role="member",
    )
    rows = found.order_by("pk").values_list("identity__own_member", "community__public_id", "joined_at")
    for member, community, at in rows.iterator(chunk_size=CHUNK):
        if at is not None:
            yield Deed("join", member, f"member:{member}:{community}", at)


def talk(told: Told) -> Iterator[Deed]:
    """Each week of each own member with a day of talk, dated to its Sunday's start or so that points are dated within the week."""
    own = _own({identity for identity, _, _ in told.talk})
    for identity, monday, spoken in told.talk:
        if identity in own:
            yield Deed("talk", own[identity], f"member:{own[identity]}:{monday}", midnight(monday), spoken)


def referrals(told: Told, units: Collection[int]) -> Iterator[Deed]:
    """Whoever was invited by somebody and has a first order with anything paid, dated to that order."""
    own = _own({identity for each in told.invitations for identity in each[:2]})
    bought = {deed.member: deed.at for deed in first_orders(units, date.min + timedelta(days=2))}
    for host, guest, came in told.invitations:
        if host in own and own.get(guest) in bought and bought[own[guest]] >= came:
            yield Deed("referral", own[host], f"member:{own[guest]}", bought[own[guest]])


def erased(own: Collection[int]) -> set[int]:
    """Those of these own members whose data were erased."""
    gone = identities().filter(Q(own_member__erased=True) | Q(member__erased=True), own_member__in=own)
    return set(gone.values_list("own_member", flat=True))


def _own(keys: Collection[int]) -> Mapping[int, int]:
    listed = sorted(keys)
    found: dict[int, int] = {}
    for start in range(0, len(listed), CHUNK):
        part = identities().filter(pk__in=listed[start : start + CHUNK])
        found.update(part.values_list("pk", "own_member"))
    return found
