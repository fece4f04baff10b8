"""Orders."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Money, Ref, Text, ref_of

if TYPE_CHECKING:
    from qunyu.commerce.models import Order

Status = Literal["paid", "free", "unpaid", "cancelled", "refunded"]


class OrderQuery(Schema):
    """Which orders are asked for, in which order."""

    unit: Text = Field("", description="a unit's id: its orders and those of every unit below it")
    status: Literal["", "paid", "free", "unpaid", "cancelled", "refunded"] = ""
    currency: Text = Field("", description="ISO 4217, such as CNY")
    member: Text = Field("", description="a person's id")
    number: Text = Field("", description="the order's number, whole")
    first: Day | None = Field(None, description="the first day of ordering, in the deployment's calendar")
    last: Day | None = Field(None, description="the last day, included")
    sort: Literal["-ordered_at", "ordered_at", "-amount", "amount"] = "-ordered_at"
    limit: Limit = 50
    cursor: Cursor = ""


class OrderOut(Schema):
    """An order. `number` is "" where it has none; `member` is null when the buyer is unknown or may not be seen."""

    id: str
    number: str
    unit: Ref
    member: Ref | None
    ordered_at: datetime
    status: Status
    amount: Money
    refund: Money
    lines: int


def order_out(order: Order, visible: frozenset[int]) -> OrderOut:
    """The order as the API shows it; `visible` are the keys of the people the caller may see. Unit and buyer must be loaded."""
    buyer = order.customer.member if order.customer and order.customer.member_id in visible else None
    return OrderOut(
        id=order.public_id,
        number=order.number,
        unit=ref_of(order.unit),
        member=Ref(id=buyer.public_id, name=buyer.name) if buyer else None,
        ordered_at=order.ordered_at,
        status=cast(Status, order.status),
        amount=Money(minor=order.amount, currency=order.currency),
        refund=Money(minor=order.refund, currency=order.currency),
        lines=order.lines,
    )
