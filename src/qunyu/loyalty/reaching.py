"""Reaching: who meets bars, as the database asks it; of each person the same as rules.levels.reached says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from qunyu.commerce.queries import orders
from qunyu.kernel.scope import system_scope
from qunyu.loyalty.deeds import midnight
from qunyu.loyalty.models import Account, Entry, Programme
from qunyu.loyalty.programmes import units_of
from qunyu.loyalty.rules.levels import Bar
from qunyu.loyalty.rules.lots import later
from qunyu.loyalty.standing import tiers
from qunyu.members.labels import said
from qunyu.members.own import PERSON
from qunyu.members.queries import memberships

SYSTEM = system_scope("bars")
NOBODY, EVERYBODY = Q(pk__in=()), ~Q(pk__in=())
_PERSON = f"account__{PERSON}"


def reaching(programme: Programme, bars: Sequence[Bar], every: bool, today: date) -> Q:
    """Narrows members to those of the programme who meet all of the bars that day, or (not `every`) one of them; nobody where there are none."""
    if not bars:
        return NOBODY
    units = units_of(programme)
    met = [_meeting(programme, units, each, today) for each in bars]
    return _of(programme, units) & reduce(and_ if every else or_, met)


def _of(programme: Programme, units: Sequence[int]) -> Q:
    """Whom the programme is for: with an account, an order or a membership in its units."""
    accounts = Account.objects.filter(programme=programme, member__own_identity__isnull=False)
    return (
        _in(accounts.values(PERSON))
        | _in(_bought(units).values("customer__member"))
        | _in(memberships(SYSTEM).filter(community__unit__in=units).values("identity__member"))
    )


def _in(members: QuerySet[Any, Any]) -> Q:
    return Q(pk__in=members.order_by())


def _bought(units: Sequence[int]) -> QuerySet[Any]:
    return orders(SYSTEM).filter(unit__in=units, customer__isnull=False)


def _meeting(programme: Programme, units: Sequence[int], bar: Bar, today: date) -> Q:
    if bar.kind == "tier":
        return _in(said(SYSTEM, "tier").filter(value__in=tiers()[bar.least :]).values("member"))
    if bar.kind == "months":
        return _since(units, bar, today)
    year_ago = midnight(later(today, -12))
    if bar.kind == "points_year":
        earned = Entry.objects.filter(account__programme=programme, movement__kind__in=("earn", "refund"), movement__at__gte=year_ago)  # fmt: skip
        return _at_least(
            earned.filter(**{f"{_PERSON}__isnull": False}), _PERSON, bar.least, Sum(F("amount") - F("owed"))
        )
    if not orders(SYSTEM).filter(unit__in=units).exists():
        # Without any orders nobody knows what people paid.
        return NOBODY
    paid = _bought(units).filter(status="paid", amount__gt=F("refund"))
    if bar.kind == "orders":
        return _at_least(paid, "customer__member", bar.least, Count("pk"))
    spent = paid.filter(currency=bar.currency)
    spent = spent.filter(ordered_at__gte=year_ago) if bar.kind == "spent_year" else spent
    return _at_least(spent, "customer__member", bar.least, Sum(F("amount") - F("refund")))


def _at_least(rows: QuerySet[Any], member: str, least: int, figure: Any) -> Q:
    """Who has at least so much; whoever has nothing has 0."""
    if least <= 0:
        return EVERYBODY
    found = rows.order_by().values(member).annotate(figure=figure).filter(figure__gte=least)
    return _in(found.values(member))


def _since(units: Sequence[int], bar: Bar, today: date) -> Q:
    """Who was first seen, or ordered, so many whole months before."""
    before = midnight(later(today, -bar.least) + timedelta(days=1))
    there = memberships(SYSTEM).filter(community__unit__in=units, first_at__lt=before)
    return _in(there.values("identity__member")) | _in(_bought(units).filter(ordered_at__lt=before).values("customer__member"))  # fmt: skip
