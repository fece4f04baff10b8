"""Published order data comes out with its published figures."""

import io
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.orders import read, recognise
from qunyu.events.reading import ReadOptions
from qunyu.events.rows import OrderLine

ORDERS = Path(__file__).parents[3] / ".." / "shared" / "data" / "orders"
pytestmark = pytest.mark.skipif(not ORDERS.is_dir(), reason="../shared/data/orders is absent")
LONDON = ZoneInfo("Europe/London")
CENT = Decimal("0.01")


def lines_of(path: str, **columns: str) -> list[OrderLine]:
    options = ReadOptions(columns=columns)
    file = file_of_bytes(Path(path).name, (ORDERS / path).read_bytes())
    assert recognise(file, options) > 0.5
    rows = list(read(file, options))
    assert not [row for row in rows if isinstance(row, Problem)]
    return [row for row in rows if isinstance(row, OrderLine)]


def test_cdnow_master() -> None:
    lines = lines_of("cdnow-lifetimes/CDNOW_master.txt")
    assert len(lines) == 69_659
    assert {line.order_id for line in lines} == {""}
    assert len({line.customer_id for line in lines}) == 23_570
    assert sum(line.amount for line in lines) == Decimal("2500315.63")


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("cdnow-lifetimes/CDNOW_sample.txt", {"customer": "1", "ordered_at": "3", "amount": "5"}),
        ("pymc/cdnow_transactions.csv", {}),
    ],
)
def test_cdnow_sample(path: str, columns: dict[str, str]) -> None:
    lines = lines_of(path, **columns)
    assert (len(lines), len({line.customer_id for line in lines})) == (6_919, 2_357)
    assert sum(line.amount for line in lines) == Decimal("244091.94")


def test_shopify_as_a_warehouse_table() -> None:
    lines = lines_of("pymc/shopify_orders_schema.csv")
    assert (len(lines), len({line.order_id for line in lines})) == (24, 24)
    assert {line.currency for line in lines} == {"EUR", "USD"}
    assert sum(line.amount for line in lines) == Decimal("3143.18")


@cache
def days() -> tuple[File, ...]:
    with tarfile.open(ORDERS / "online-retail" / "by-day.tar.xz") as archive:
        members = [(each.name, archive.extractfile(each)) for each in archive.getmembers() if each.isfile()]
        return tuple(file_of_bytes(name, stream.read()) for name, stream in members if stream)


def retail() -> Iterator[OrderLine]:
    for file in days():
        for row in read(file, ReadOptions(source_zone=LONDON)):
            assert isinstance(row, OrderLine)
            yield row


def test_online_retail() -> None:
    count, cancelled = 0, 0
    invoices: set[str] = set()
    orders: defaultdict[str, Decimal] = defaultdict(Decimal)
    months: dict[str, str] = {}
    customers: dict[str, str] = {}
    for line in retail():
        count += 1
        cancelled += line.status == "cancelled"
        invoices.add(line.order_id)
        if line.status == "paid" and line.amount > 0 and line.customer_id:
            orders[line.order_id] += line.amount
            months.setdefault(line.order_id, line.ordered_at.astimezone(LONDON).strftime("%Y-%m"))
            customers[line.order_id] = line.customer_id
    assert (count, cancelled, len(invoices), len(days())) == (541_909, 9_288, 25_900, 305)
    assert (len(orders), len(set(customers.values()))) == (18_532, 4_338)
    # Three-digit prices leave 0.4 pence over; rounding once an order gives the published sum.
    assert sum(orders.values()) == Decimal("8911407.904")
    rounded = {order: amount.quantize(CENT, ROUND_HALF_UP) for order, amount in orders.items()}
    assert sum(rounded.values()) == Decimal("8911407.90")
    assert _by_month(rounded, months, customers) == _published()


def _by_month(
    orders: dict[str, Decimal], months: dict[str, str], customers: dict[str, str]
) -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for month in sorted(set(months.values())):
        mine = [order for order in orders if months[order] == month]
        buyers = {customers[order] for order in mine}
        found[month] = (f"{sum(orders[order] for order in mine):.2f}", str(len(mine)), str(len(buyers)))
    return found


def _published() -> dict[str, tuple[str, str, str]]:
    text = (ORDERS / "online-retail" / "monthly-ground-truth.tsv").read_text()
    rows = [line.split("\t") for line in io.StringIO(text).read().splitlines() if line[:1].isdigit()]
    return {month: (revenue, invoices, buyers) for month, revenue, invoices, buyers, *_ in rows}
