"""Reads of offers: which there are, what came of each giving, and which suits whom; always under a scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, QuerySet

from qunyu.commerce.queries import orders
from qunyu.insights.odds import Rate, difference
from qunyu.insights.tastes import Taste
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.queries import people
from qunyu.offers.kinds import find_kind
from qunyu.offers.models import Given, Giving, Offer
from qunyu.people.queries import units_below, units_in

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.people.models import Unit

# So many people on each side, and orders on both together, before a difference is told.
LEAST_PEOPLE, LEAST_ORDERS = 20, 5
# A kind's own uptake counts as much as so many people to whom an offer was given.
PRIOR = 50
HEAD = "member__own_identity__member"


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
    rows = Given.objects.filter(giving=giving, **{f"{HEAD}__in": people(scope).values("pk")})
    rows = rows if held is None else rows.filter(held=held)
    rows = rows.filter(**{f"{HEAD}__name__icontains": text}) if text else rows
    return rows.annotate(head=F(f"{HEAD}__name"), head_id=F(f"{HEAD}__public_id")).order_by("id")


def had(scope: Scope, member: Member) -> QuerySet[Given]:
    """What somebody found under a scope was given, or left out of by lot, the latest first: of offers that `scope` may see."""
    if not scope.may("orders.view"):
        return Given.objects.none()
    mine = Given.objects.filter(giving__offer__in=offers(scope, archived=None), **{HEAD: member.pk})
    return mine.select_related("giving__offer").order_by("-giving__at", "-id")


@dataclass(frozen=True)
class Result:
    """Of those who got an offer, and of those left out by lot, how many ordered within its days. `over` says whether the days are past by
    the data. Without a lot `others` are the same people in as many days before: that is no experiment.

    `told` is the difference of the shares with its 95 % interval, None where it is too early or too few.
    """

    giving: Giving
    given: Rate
    others: Rate
    drawn: bool
    over: bool
    told: tuple[float, float, float] | None


def result(scope: Scope, giving: Giving, as_of: date | None) -> Result:
    """What came of a giving, by data up to `as_of`."""
    got, held = (Given.objects.filter(giving=giving, held=each, **{f"{HEAD}__isnull": False}) for each in (False, True))
    span = timedelta(days=giving.days)
    given = Rate(got.count(), _ordered(scope, giving, got, giving.at, giving.at + span))
    drawn = giving.held > 0
    if drawn:
        others = Rate(held.count(), _ordered(scope, giving, held, giving.at, giving.at + span))
    else:
        others = Rate(given.people, _ordered(scope, giving, got, giving.at - span, giving.at))
    over = as_of is not None and as_of >= (giving.at + span).date()
    few = min(given.people, others.people) < LEAST_PEOPLE or given.ordered + others.ordered < LEAST_ORDERS
    return Result(giving, given, others, drawn, over, None if few or not over else difference(given, others))


def _ordered(scope: Scope, giving: Giving, people: QuerySet[Given], start: Any, end: Any) -> int:
    theirs = orders(scope).filter(
        unit__in=units_below(giving.offer.unit), status="paid", ordered_at__gte=start, ordered_at__lt=end,
        customer__member__identities__own_member=OuterRef("member"),
    )  # fmt: skip
    return people.filter(Exists(theirs)).count()


def last_order_day(scope: Scope, unit: Unit) -> date | None:
    """The day of the latest order of the unit and below: orders of later days may not be known yet. None without any."""
    found = orders(scope).filter(unit__in=units_below(unit)).values_list("ordered_at", flat=True).first()
    return found.date() if found else None


@dataclass(frozen=True)
class Match:
    """How well an offer suits a kind of people: `fit` is how many times as well as it suits everybody, with each reason and its factor.

    `uptake` is of those who got it here before, None where nobody did; `tried` is shrunk towards what offers of its kind met with.
    """

    offer: Offer
    fit: float
    reasons: tuple[tuple[Words, float | None], ...]
    uptake: Rate | None


MEANT = Words(
    "{share}% 是这类方案面向的人，全体是 {base}%（{n} 人）",
    "{share} % are whom it is meant for, of everybody {base} % ({n} people)",
)
PRICED = Words(
    "{share}% 的订单在这个价位，全体是 {base}%（{n} 单）",
    "{share} % of their orders are in its price band, of all {base} % ({n} orders)",
)
MET = Words(
    "以前给过：{n} 人里 {k} 人下单，按同类方案折算后是同类的 {times:.2f} 倍",
    "given before: {k} of {n} ordered, {times:.2f} times its kind once shrunk",
)
NO_TYPES = Words("不知道他们的用户类型", "their user types are not known")
NO_PRICE = Words("方案没有价格，或订单太少，看不出价位", "the offer has no price, or they have too few orders to tell")
NOT_MET = Words("还没有给过这个人群", "not given to these people yet")


def matches(scope: Scope, taste: Taste, found: Sequence[Offer], segment: int | None = None) -> list[Match]:
    """The offers in the order in which they suit the people of a taste; `segment` (primary key) feeds back what was given to it."""
    told = [_match(scope, taste, each, segment) for each in found]
    return sorted(told, key=lambda each: (-each.fit, each.offer.name))


def _match(scope: Scope, taste: Taste, offer: Offer, segment: int | None) -> Match:
    reasons = [_meant(taste, offer), _priced(taste, offer)]
    words, factor, uptake = _met(scope, offer, segment)
    reasons.append((words, factor))
    fit = 1.0
    for _, each in reasons:
        fit *= 1.0 if each is None else each
    return Match(offer, fit, tuple(reasons), uptake)


def _meant(taste: Taste, offer: Offer) -> tuple[Words, float | None]:
    kinds = set(offer.user_types or find_kind(offer.kind).user_types)
    mine, base = taste.types(kinds)
    if not mine.people or not base.ordered:
        return NO_TYPES, None
    words = MEANT.fill(share=_percent(mine), base=_percent(base), n=f"{mine.people:,}")
    return words, _times(mine, base)


def _priced(taste: Taste, offer: Offer) -> tuple[Words, float | None]:
    band = taste.band(offer.price, offer.currency)
    found = taste.shares.get(("price", band)) if band else None
    if found is None or not taste.known:
        return NO_PRICE, None
    words = PRICED.fill(share=_percent(found.mine), base=_percent(found.base), n=f"{found.mine.people:,}")
    return words, _times(found.mine, found.base)


def _times(mine: Rate, base: Rate) -> float:
    """How many times the share, drawn towards 1 as by PRIOR people like everybody, and never beyond 4 times either way."""
    share = base.ordered / base.people
    found = (mine.ordered + PRIOR * share) / (mine.people + PRIOR) / share
    return max(0.25, min(4.0, found))


def _met(scope: Scope, offer: Offer, segment: int | None) -> tuple[Words, float | None, Rate | None]:
    """What the offer met with in this segment, shrunk towards its kind."""
    every = [each for each in _results(scope, offer.kind) if each.over]
    mine = [each for each in every if each.giving.offer_id == offer.pk and each.giving.segment_id == segment]
    if segment is None or not mine:
        return NOT_MET, None, None
    whole, here = _together(every), _together(mine)
    if not whole.ordered:
        return MET.fill(n=here.people, k=here.ordered, times=1.0), None, here
    times = _times(here, whole)
    return MET.fill(n=here.people, k=here.ordered, times=times), times, here


def _results(scope: Scope, kind: str) -> list[Result]:
    """What came of every giving of offers of the kind that `scope` may see."""
    found = Giving.objects.filter(offer__kind=kind, offer__in=offers(scope, archived=None)).select_related(
        "offer__unit"
    )
    return [result(scope, each, last_order_day(scope, each.offer.unit)) for each in found]


def _together(found: Sequence[Result]) -> Rate:
    return Rate(sum(each.given.people for each in found), sum(each.given.ordered for each in found))


def _percent(rate: Rate) -> str:
    return f"{100 * rate.ordered / rate.people:.0f}" if rate.people else "–"
