"""Mapping: every name that a person may map a column to, over all kinds of table, and the settings that travel with them."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.events import plain_columns
from qunyu.events.cell_times import ORDERS as DATE_ORDERS
from qunyu.events.member_columns import MEMBERS
from qunyu.events.orders.headers import ORDERS
from qunyu.events.readers.costs import COSTS

# A chat's `author` is short for its author_id.
FIELDS: tuple[str, ...] = tuple(
    dict.fromkeys((*plain_columns.FIELDS, "author", *ORDERS.fields, *MEMBERS.fields, *COSTS.fields))
)
# What the settings may be; the rest of a mapping are columns.
CHOICES: Mapping[str, tuple[str, ...]] = {"date_order": tuple(DATE_ORDERS), "amount_per": ("line", "order")}
