"""Rows of tables that come beside chats: orders, member lists, costs and exposures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

OrderStatus = Literal["paid", "free", "unpaid", "cancelled", "refunded"]
Role = Literal["member", "staff", "atmosphere", "bot"]


class OrderLine(NamedTuple):
    """One line of an order file; lines that share `order_id` are one order.

    `order_id` is empty where the file has none: each line is then an order of its own. `amount` is what this line adds, exact, in
    units of `currency` (ISO 4217; empty = the import's currency); negative on a refund. `refund` is what was given back of it
    later. A "free" line has a unit price of 0 (a gift); an
    order whose own amount says 0 is paid. `phone` is normalised, and hashed before anything is stored. `customer_id` is empty when the customer is unknown.
    `product` is the name the file gives it, `quantity` 1 where the file tells none.
    """

    order_id: str
    customer_id: str
    ordered_at: datetime
    amount: Decimal
    status: OrderStatus = "paid"
    currency: str = ""
    refund: Decimal = Decimal(0)
    quantity: Decimal = Decimal(1)
    product: str = ""
    customer_name: str = ""
    phone: str = ""
    union_id: str = ""
    meta: Mapping[str, object] | None = None
    line: int = 0


class MemberRow(NamedTuple):
    """One person of one community's member list; times are None where the list does not tell."""

    community: str
    member_id: str
    name: str
    joined_at: datetime | None = None
    left_at: datetime | None = None
    role: Role = "member"
    channel: str = ""
    phone: str = ""
    union_id: str = ""
    platform: str = ""
    meta: Mapping[str, object] | None = None
    line: int = 0


class CostRow(NamedTuple):
    """What a day cost and how many saw an entry channel; `community` empty = the whole unit, None = not told."""

    day: date
    community: str
    channel: str
    cost: Decimal | None
    currency: str = ""
    exposures: int | None = None
    line: int = 0
