"""Whether the amount on a row is the row's own or its whole order's, repeated on each of the order's rows."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

from qunyu.events.cells import Unreadable, is_blank, number
from qunyu.events.columns import normal
from qunyu.events.orders.headers import PER_LINE, WHOLE_ORDER
from qunyu.events.problems import Problem
from qunyu.events.reading import ReadOptions
from qunyu.events.table_dates import Reopen
from qunyu.events.tables import Opened

AmountPer = Literal["line", "order"]


def amount_per(reopen: Reopen, options: ReadOptions, file: str, problems: list[Problem]) -> AmountPer:
    """As told (amount_per=order), else "order" when the file has orders of several rows and all rows of each agree.

    A column that can only be a line's is never asked; a guess the column's name does not back goes into `problems`.
    """
    told = options.columns.get("amount_per", "")
    if told in ("line", "order"):
        return "order" if told == "order" else "line"
    opened = reopen()
    if opened is None or not {"order_id", "amount"} <= opened.columns.names.keys():
        return "line"
    name = opened.columns.names["amount"]
    if normal(name) in PER_LINE or not _repeats_totals(opened):
        return "line"
    if normal(name) not in WHOLE_ORDER or "sub_order" in opened.columns.names:
        problems.append(Problem("ambiguous_totals", file, 0, {"column": name}))
    return "order"


def _repeats_totals(opened: Opened) -> bool:
    id_name, amount_name = opened.columns.names["order_id"], opened.columns.names["amount"]
    amounts: dict[int, int] = {}
    repeated = False
    for _, row in opened.table.rows:
        order_id, amount = row.get(id_name, "").strip(), row.get(amount_name, "")
        if is_blank(order_id) or is_blank(amount):
            continue
        key, value = fingerprint(order_id), fingerprint(_plain(amount))
        if key not in amounts:
            amounts[key] = value
        elif amounts[key] != value:
            return False
        else:
            repeated = True
    return repeated


def fingerprint(text: str) -> int:
    """Eight bytes that stand for an id: a set of these is what remembering every order of a file costs."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _plain(amount: str) -> str:
    try:
        return str(number(amount, "amount").normalize())
    except Unreadable:
        return amount
