"""The order of day and month in a table's dates, found by a pass over the column when its first rows leave a doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from qunyu.events.cell_times import ORDERS, DateOrder, date_order, is_year_last
from qunyu.events.problems import Problem
from qunyu.events.reading import ReadOptions
from qunyu.events.tables import Opened

FIRST_ROWS = 50

Reopen = Callable[[], Opened | None]


def order_of_dates(reopen: Reopen, field: str, options: ReadOptions, file: str, problems: list[Problem]) -> DateOrder:
    """As told (date_order=dmy), else as the column shows; month first, with a Problem, where nothing shows it."""
    if told := ORDERS.get(options.columns.get("date_order", "")):
        return told
    if not any(is_year_last(text) for text in islice(_texts(reopen, field), FIRST_ROWS)):
        return "mdy"
    order, guessed = date_order(_texts(reopen, field))
    if guessed:
        problems.append(Problem("ambiguous_dates", file, 0, {"chosen": order}))
    return order


def _texts(reopen: Reopen, field: str) -> Iterator[str]:
    opened = reopen()
    if opened is not None and field in opened.columns.names:
        name = opened.columns.names[field]
        yield from (row.get(name, "") for _, row in opened.table.rows)
