"""Reads of offers: which there are, what came of each giving, and which suits whom; always under a scope."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from qunyu.commerce.queries import last_order_day as known_until
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.own import PERSON
from qunyu.members.queries import people
from qunyu.offers.models import Given, Giving, Offer
from qunyu.people.queries import units_below, units_in

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.people.models import Unit


def open_units(scope: Scope) -> list[Unit]:
    """The units whose offers `scope` may see: what came of them tells of orders."""
    paying = {each.pk for each in units_in(scope, "orders.view")}
    return [each for each in units_in(scope, "members.view") if each.pk in paying]


def offers(scope: Scope, *, archived: bool | None = False) -> QuerySet[Offer]:
    """The offers of units where people and orders may be seen: those put away (`archived`), the others, or with None all.

    Raises Denied.
    """
    scope.require("members.view")
    scope.require("orders.view")
    found = Offer.objects.select_related("unit").order_by("name", "pk")
    found = found if archived is None else found.filter(archived_at__isnull=not archived)
    return (
        found if scope.everything else found.filter(unit__in=scope.units("members.view") & scope.units("orders.view"))
    )


def find_offer(scope: Scope, public_id: str) -> Offer:
    """The offer with that public id, put away or not.

    Raises Denied; DomainError unknown_offer.
    """
    found = offers(scope, archived=None).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的方案", "there is no offer with the id “{id}”")
        raise DomainError("unknown_offer", message.fill(id=public_id), id=public_id)
    return found


def has_offer(unit: Unit, name: str) -> bool:
    """Whether the unit has an offer of that name, for whoever may change its settings."""
    return Offer.objects.filter(unit=unit, name=name.strip()).exists()


def givings_of(offer: Offer) -> QuerySet[Giving]:
    """Each time an offer that the caller has found under a scope was given, the latest first."""
    return Giving.objects.filter(offer=offer).order_by("-at", "-pk")


def find_giving(offer: Offer, public_id: str) -> Giving:
    """One time an offer that the caller has found under a scope was given.

    Raises DomainError unknown_giving.
    """
    found = givings_of(offer).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的给出记录", "nothing was given under the id “{id}”")
        raise DomainError("unknown_giving", message.fill(id=public_id), id=public_id)
    return found


def received(scope: Scope, giving: Giving, held: bool | None = None, text: str = "") -> QuerySet[Given]:
    """Those who got it, those left out by lot (`held`), or with None both, whom `scope` may see and who are called `text`.

    `head` and `head_id` are who they are now.
    """
    rows = Given.objects.filter(giving=giving, **{f"{PERSON}__in": people(scope).values("pk")})
    rows = rows if held is None else rows.filter(held=held)
    rows = rows.filter(**{f"{PERSON}__name__icontains": text}) if text else rows
    return rows.annotate(head=F(f"{PERSON}__name"), head_id=F(f"{PERSON}__public_id")).order_by("id")


def had(scope: Scope, member: Member) -> QuerySet[Given]:
    """What somebody found under a scope was given, or left out of by lot, the latest first: of offers that `scope` may see."""
    if not scope.may("orders.view"):
        return Given.objects.none()
    mine = Given.objects.filter(giving__offer__in=offers(scope, archived=None), **{PERSON: member.pk})
    return mine.select_related("giving__offer").order_by("-giving__at", "-id")


def last_order_day(scope: Scope, unit: Unit) -> date | None:
    """The day of the latest order of the unit and below: orders of later days may not be known yet. None without any."""
    return known_until(scope, units_below(unit))
