"""Writes of offers: made, changed, taken away, and given to the people of a segment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F

from qunyu.insights.label import find_label
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.money import CURRENCIES
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.contacting import CHANNELS, TO_MANY, Touch, claim_many
from qunyu.members.contacts import contacts_among
from qunyu.offers.against import against
from qunyu.offers.drawing import held_out
from qunyu.offers.kinds import find_kind
from qunyu.offers.models import Given, Giving, Offer
from qunyu.people.queries import unit_paths
from qunyu.segments.queries import members_in, unit_scope

if TYPE_CHECKING:
    from qunyu.people.models import Unit
    from qunyu.segments.models import Segment

# What it takes, at the offer's unit, to give it.
GIVING = ("members.view", "orders.view", "members.edit")
CHUNK = 2_000
# What stands on the contacts that giving makes.
FEATURE = "offer"
MOST_PRICE = 10**12
MOST_PRODUCTS = 20
# As long as files of orders may call one.
LONGEST_PRODUCT = 200


@dataclass(frozen=True)
class Terms:
    """What an offer is; prices in minor units, None unknown. `products` are called as orders call them."""

    name: str
    kind: str
    products: Collection[str] = ()
    currency: str = "CNY"
    price: int | None = None
    cost: int | None = None
    percent: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    user_types: Collection[str] = ()
    note: str = ""


_REASONS = {
    "name": Words("名称须有 1 至 60 个字", "a name has 1 to 60 characters"),
    "products": Words("商品最多 20 种，每种 1 至 200 个字", "at most 20 products, each of 1 to 200 characters"),
    "note": Words("备注最多 400 个字", "a note has at most 400 characters"),
    "currency": Words("没有这种货币", "there is no such currency"),
    "price": Words("价格不能小于 0", "a price is not below 0"),
    "cost": Words("成本不能小于 0", "a cost is not below 0"),
    "percent": Words("折扣须为 1 至 99 的整数（%）", "a discount is a whole number from 1 to 99 (%)"),
    "valid_to": Words("结束不能早于开始", "it cannot end before it begins"),
}
TAKEN = Words("这个单位已有方案“{name}”", "the unit has an offer called “{name}” already")


@transaction.atomic
def save_offer(*, by: Scope, unit: Unit, offer: Offer | None, terms: Terms, now: datetime) -> Offer:
    """A new offer of the unit, or the one given with other terms.

    Raises Denied; DomainError bad_offer, unknown_offer_kind or unknown_label_value with the `field`.
    """
    by.require("settings.edit", unit.pk)
    terms = replace(terms, products=products_named(terms.products))
    _check(terms)
    name = terms.name.strip()
    if Offer.objects.filter(unit=unit, name=name).exclude(pk=offer.pk if offer else 0).exists():
        raise DomainError("bad_offer", TAKEN.fill(name=name), field="name")
    row = offer or Offer(unit=unit)
    for key, value in {
        **asdict(terms),
        "name": name,
        "user_types": list(terms.user_types),
        "products": list(terms.products),
    }.items():
        setattr(row, key, value)
    row.changed_at, row.by_name = now, by.actor.name[:120]
    row.save()
    audit.record(by=by.actor, action="offer.save", kind="offer", id=row.pk, now=now, unit=unit.pk)
    return row


def products_named(names: Iterable[str]) -> list[str]:
    """The names of products with single blanks, each once, empty ones left out."""
    return list(dict.fromkeys(filter(None, (" ".join(each.replace("\0", " ").split()) for each in names))))


def _check(terms: Terms) -> None:
    find_kind(terms.kind)
    for code in terms.user_types:
        find_label("user_type").value(code)
    first, last = terms.valid_from, terms.valid_to
    wrong = {
        "name": not 1 <= len(terms.name.strip()) <= 60,
        "products": len(terms.products) > MOST_PRODUCTS or any(len(each) > LONGEST_PRODUCT for each in terms.products),
        "note": len(terms.note) > 400,
        "currency": terms.currency not in CURRENCIES,
        "price": terms.price is not None and not 0 <= terms.price <= MOST_PRICE,
        "cost": terms.cost is not None and not 0 <= terms.cost <= MOST_PRICE,
        "percent": terms.percent is not None and not 1 <= terms.percent <= 99,
        "valid_to": first is not None and last is not None and last < first,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise DomainError("bad_offer", _REASONS[name], field=name)


@transaction.atomic
def archive_offer(*, by: Scope, offer: Offer, archived: bool, now: datetime) -> None:
    """Takes an offer away, or puts it back; what was given stays.

    Raises Denied.
    """
    by.require("settings.edit", offer.unit_id)
    Offer.objects.filter(pk=offer.pk).update(archived_at=now if archived else None)
    audit.record(by=by.actor, action="offer.archive", kind="offer", id=offer.pk, now=now, archived=archived)


@dataclass(frozen=True)
class Plan:
    """How an offer is given: over which channel, `days` in which orders count, and the per cent left out by lot."""

    channel: str
    days: int = 14
    holdout: int = 0


@dataclass(frozen=True)
class Drawn:
    """Who would get it, who would be left out by lot, and of how many people each reason leaves out."""

    given: tuple[int, ...]
    held: tuple[int, ...]
    left_out: dict[str, int]


def draw(*, by: Scope, offer: Offer, segment: Segment, plan: Plan, seed: str, now: datetime) -> Drawn:
    """Whom the offer would go to: everybody of the segment whom `by` may edit, save those left out.

    Raises Denied; DomainError bad_giving with the `field`, offer_over for one that is not valid today, or what reading the segment raises.
    """
    require_giving(by, offer)
    _check_plan(plan)
    _check_place(offer, segment)
    today = now.astimezone(settings.QUNYU_ZONE).date()
    if (
        offer.archived_at is not None
        or (offer.valid_from and today < offer.valid_from)
        or (offer.valid_to and today > offer.valid_to)
    ):
        raise DomainError("offer_over", Words("这个方案现在不在有效期内", "the offer does not hold today"))
    # Whoever sees what came of it may see the offer's unit, and perhaps nobody beyond.
    inside = members_in(unit_scope(offer.unit, "offers"), segment, now)
    left = {int(each) for each in members_in(by.within("members.edit"), segment, now)} & set(inside.tolist())
    found = against(offer, left, plan.channel, now)
    left = left.difference(*found.values())
    held = held_out(seed, left, plan.holdout)
    told = {code: len(gone) for code, gone in found.items()}
    return Drawn(tuple(sorted(left - held)), tuple(sorted(held)), told)


def require_giving(by: Scope, offer: Offer) -> None:
    """Raises Denied unless `by` may give the offer, and take it back."""
    for permission in GIVING:
        by.require(permission, offer.unit_id)


def may_give(by: Scope, offer: Offer) -> bool:
    """Whether `by` may give the offer, and take it back."""
    return all(by.may(permission, offer.unit_id) for permission in GIVING)


def _check_plan(plan: Plan) -> None:
    wrong = {
        "channel": (plan.channel not in CHANNELS, Words("没有这种渠道", "there is no such channel")),
        "days": (not 1 <= plan.days <= 90, Words("天数须在 1 与 90 之间", "from 1 to 90 days")),
        "holdout": (not 0 <= plan.holdout <= 50, Words("留出比例须在 0 与 50 之间", "from 0 to 50 per cent are held out")),
    }  # fmt: skip
    for name, (is_wrong, message) in wrong.items():
        if is_wrong:
            raise DomainError("bad_giving", message, field=name)


def _check_place(offer: Offer, segment: Segment) -> None:
    paths = unit_paths()
    mine, other = paths[offer.unit_id], paths[segment.unit_id]
    if not mine.startswith(other) and not other.startswith(mine):
        message = Words("人群属于别的组织单位", "the segment is of another unit than the offer")
        raise DomainError("bad_giving", message, field="segment")


def _claimed(by: Scope, offer: Offer, plan: Plan, drawn: Drawn, now: datetime) -> Drawn:
    """The same with a place under the cap for everybody who gets it; with whom somebody else was faster, they are left out."""
    if plan.channel in TO_MANY:
        return drawn
    touch = Touch(FEATURE, plan.channel, offer.name, selling=True, at_leisure=True)
    got = claim_many(by=by, members=drawn.given, touch=touch, now=now).keys()
    late = len(drawn.given) - len(got)
    left_out = {**drawn.left_out, "selling_cap": drawn.left_out["selling_cap"] + late}
    return replace(drawn, given=tuple(sorted(got)), left_out=left_out)


def without_contact(contact: int) -> None:
    """A contact (primary key) is being taken back: whoever it was with did not get the offer after all."""
    for person, at in contacts_among(None).filter(pk=contact, feature=FEATURE).values_list("member", "at"):
        row = Given.objects.filter(member=person, held=False, giving__at=at).first()
        if row is not None:
            Giving.objects.filter(pk=row.giving_id).update(given=F("given") - 1)
            row.delete()


@transaction.atomic
def give_offer(*, by: Scope, offer: Offer, segment: Segment, plan: Plan, now: datetime, key: str = "") -> Giving:
    """Keeps that the offer is given to the people of the segment as they are now; nothing is sent. Asked a second time with the same `key`
    it gives what was kept.

    Over a channel that reaches people one to one it is a selling contact with each who gets it, under the cap.

    Raises what `draw` raises; DomainError nobody_to_give.
    """
    # Whoever gives an offer of this kind at the same time waits: who had one is asked after that.
    list(Offer.objects.select_for_update().filter(kind=offer.kind).order_by("pk"))
    offer.refresh_from_db()
    kept = Giving.objects.filter(offer=offer, key=key).first() if key else None
    if kept is not None:
        require_giving(by, offer)
        return kept
    seed = new_public_id()
    drawn = draw(by=by, offer=offer, segment=segment, plan=plan, seed=seed, now=now)
    drawn = _claimed(by, offer, plan, drawn, now)
    if not drawn.given:
        raise DomainError(
            "nobody_to_give",
            Words("人群里没有可以给的人", "nobody of the segment is left to give it to"),
            field="segment",
        )
    giving = Giving.objects.create(
        public_id=seed, offer=offer, segment=segment, segment_name=segment.name, at=now, given=len(drawn.given), held=len(drawn.held),
        left_out=drawn.left_out, by_name=by.actor.name[:120], key=key or seed, **asdict(plan),
        **{name: getattr(offer, name) for name in ("kind", "currency", "price", "percent")},
    )  # fmt: skip
    for members, held in ((drawn.given, False), (drawn.held, True)):
        rows = [Given(giving=giving, member_id=each, held=held) for each in members]
        Given.objects.bulk_create(rows, batch_size=CHUNK)
    audit.record(
        by=by.actor,
        action="offer.give",
        kind="offer",
        id=offer.pk,
        now=now,
        people=len(drawn.given),
        segment=segment.pk,
    )
    return giving
