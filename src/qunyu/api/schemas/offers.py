"""Offers, to whom they were given, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Ref, Text
from qunyu.api.schemas.prospects import RateOut, rate_out
from qunyu.insights.tastes import ASPECTS

if TYPE_CHECKING:
    from qunyu.insights.tastes import Taste
    from qunyu.offers.matching import Match
    from qunyu.offers.models import Giving, Offer
    from qunyu.offers.results import Result

Channel = Literal["direct", "moments", "group", "call", "meeting", "other"]


class OfferIn(Schema):
    """What an offer is; prices in minor units, null unknown. `unit` (a public id) only counts for a new one."""

    unit: Text = ""
    name: Text
    kind: Text = Field(description="bundle, friends, coupon, premium, service, gift, reminder or trial")
    products: list[Text] = Field(default=[], description="as orders call them; may be empty")
    currency: Text = "CNY"
    price: int | None = None
    cost: int | None = None
    percent: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    user_types: list[Text] = []
    note: str = ""


class OfferOut(OfferIn):
    """An offer as it stands."""

    id: str
    archived: bool


class GiveIn(Schema):
    """To whom and how; `holdout` is the per cent left out by lot."""

    segment: Text
    channel: Channel
    days: int = 14
    holdout: int = 0


class DrawnOut(Schema):
    """How many would get it, how many the lot leaves out, and of how many people each reason leaves out."""

    given: int
    held: int
    left_out: dict[str, int]


class ResultOut(Schema):
    """A giving and what came of it; `kind` to `percent` are the offer's as they were then. `others` are those left out by lot (`by_lot`), or
    the same people in as many days before: no experiment, as where somebody left out got it by another giving (`overlapped`).

    `difference` of the shares and its 95 % interval are null where it is too early or too few, and without a lot.
    """

    id: str
    at: datetime
    segment: Text
    kind: str
    currency: str
    price: int | None
    percent: int | None
    channel: str
    days: int
    given: RateOut
    others: RateOut
    by_lot: bool
    overlapped: bool
    over: bool
    difference: float | None
    low: float | None
    high: float | None


class ReceiverQuery(Schema):
    """Which people of a giving: those the lot `held` back, those it did not, null for both; `q` in the name."""

    held: bool | None = None
    q: str = ""
    limit: Limit = 50
    cursor: Cursor = ""


class ReceiverOut(Schema):
    """Somebody who got the offer, or whom the lot held back: who they are now."""

    member: Ref
    held: bool


class MatchOut(Schema):
    """How many times as well an offer suits these people as everybody, and why."""

    offer: Ref
    fit: float
    reasons: list[str]


class PreferenceOut(Schema):
    """A share of their orders (`mine`) and of all (`base`), `people` being orders and `ordered` those of the kind; the lift beside all others'
    with its 95 % interval, null where nobody compares. The shares have no interval of their own: orders of one buyer are alike.
    """

    aspect: str
    code: str
    mine: RateOut
    base: RateOut
    lift: float | None
    low: float | None
    high: float | None


class TasteOut(Schema):
    """What some people prefer; nothing is told of too few buyers. Products are told beside all orders that name any: the 20 commonest, `unlisted`
    more are left out; they are unknown (`known_products`) with too few buyers whose orders name products (`tellers`).
    """

    orders: int
    buyers: int
    known: bool
    tellers: int
    known_products: bool
    unlisted: int
    preferences: list[PreferenceOut]
    matches: list[MatchOut]


def offer_out(row: Offer) -> OfferOut:
    """The offer as it stands."""
    told = {name: getattr(row, name) for name in OfferIn.model_fields if name != "unit"}
    return OfferOut(id=row.public_id, unit=row.unit.public_id, archived=row.archived_at is not None, **told)


def drawn_out(giving: Giving) -> DrawnOut:
    """What a giving came to."""
    return DrawnOut(given=giving.given, held=giving.held, left_out=giving.left_out)


def result_out(each: Result) -> ResultOut:
    """What came of a giving."""
    value, low, high = each.told or (None, None, None)
    giving = each.giving
    return ResultOut(
        id=giving.public_id,
        at=giving.at,
        segment=giving.segment_name,
        kind=giving.kind,
        currency=giving.currency,
        price=giving.price,
        percent=giving.percent,
        channel=giving.channel,
        days=giving.days,
        given=rate_out(each.given),
        others=rate_out(each.others),
        by_lot=each.drawn,
        overlapped=each.overlapped,
        over=each.over,
        difference=value,
        low=low,
        high=high,
    )


def receiver_out(row: Any) -> ReceiverOut:
    """Somebody of a giving (offers.queries.received)."""
    return ReceiverOut(member=Ref(id=row.head_id, name=row.head), held=row.held)


def match_out(each: Match) -> MatchOut:
    """How an offer suits some people."""
    offer = Ref(id=each.offer.public_id, name=each.offer.name)
    return MatchOut(offer=offer, fit=each.fit, reasons=[str(words) for words, _ in each.reasons])


def taste_out(taste: Taste, found: list[Match]) -> TasteOut:
    """What is measured of some people, and which offers suit them."""
    told = []
    for aspect, code, share in ((each, *told) for each in ASPECTS for told in taste.told(each).items()):
        value, low, high = share.lift or (None, None, None)
        mine, base = (
            RateOut(people=each.people, ordered=each.ordered, low=None, high=None) for each in (share.mine, share.base)
        )
        told.append(PreferenceOut(aspect=aspect, code=code, mine=mine, base=base, lift=value, low=low, high=high))
    matches = [match_out(each) for each in found]
    counts = {
        name: getattr(taste, name) for name in ("orders", "buyers", "known", "tellers", "known_products", "unlisted")
    }
    return TasteOut(**counts, preferences=told, matches=matches)
