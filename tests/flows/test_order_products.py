"""What orders held: kept with their facts, brought later too, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime

from qunyu.commerce.models import Order
from qunyu.events.lake.products import Product, products_of
from qunyu.flows.place import lake
from qunyu.insights.totals import totals
from tests.flows.conftest import Desk

HEAD = "order_id,customer,ordered_at,amount,status,product,quantity\n"


def sold(*lines: str, head: str = HEAD) -> dict[str, str | bytes]:
    return {"orders.csv": head + "".join(f"{line}\n" for line in lines)}


def held() -> dict[str, list[tuple[str, float]]]:
    """By number what each order held."""
    rows = {(each.unit_id, each.reference): each for each in Order.objects.all()}
    found = products_of(lake(), {key: each.ordered_at for key, each in rows.items()})
    return {rows[key].number: [(each.name, each.quantity) for each in products] for key, products in found.items()}


def test_an_order_holds_what_its_lines_name(desk: Desk) -> None:
    desk.bring(
        sold(
            "1,c1,2026-03-01 10:00,5,paid,白茶　 饼,2",
            "1,c1,2026-03-01 10:00,0,free,试饮,1",
            "1,c1,2026-03-01 10:00,3,paid,白茶 饼,1",
            "1,c1,2026-03-01 10:00,-3,refunded,银针,1",
            "1,c1,2026-03-01 10:00,4,cancelled,盖碗,1",
            "2,c1,2026-03-02 10:00,5,unpaid,盖碗,",
            "3,c1,2026-03-03 10:00,5,paid,,",
            ",c1,2026-02-28 23:30,5,paid,杯,3",
        ),
        "orders",
    )
    assert held() == {"1": [("白茶 饼", 3), ("试饮", 1)], "2": [("盖碗", 1)], "": [("杯", 3)]}
    assert products_of(lake(), {}) == {}
    assert products_of(lake(), {(1, "9 CNY"): datetime(2026, 3, 1, tzinfo=UTC)}) == {}
    assert Product("杯", 1).quantity == 1


def test_a_later_file_brings_the_products_and_one_without_takes_none(desk: Desk) -> None:
    bare = "order_id,customer,ordered_at,amount,status\n"
    silent = sold("1,c1,2026-03-01 10:00,5,paid", ",c1,2026-03-02 10:00,7,paid", head=bare)
    telling = sold("1,c1,2026-03-01 10:00,5,paid,白茶,1", ",c1,2026-03-02 10:00,7,paid,盖碗,1")
    desk.bring(silent, "orders")
    before = (totals(lake(), desk.scope), desk.orders("number", "amount"))
    assert held() == {}
    later = desk.bring(telling, "orders")
    assert held() == {"1": [("白茶", 1)]}
    # The order without a number is the fact it was: it is not known to be another.
    assert later.summary["facts"] == {"order": 1, "already": 1}
    desk.bring(silent, "orders")
    again = desk.bring(telling, "orders")
    assert again.summary["facts"] == {"already": 2}
    assert held() == {"1": [("白茶", 1)]}
    assert (totals(lake(), desk.scope), desk.orders("number", "amount")) == before
    desk.bring(sold("1,c1,2026-03-01 10:00,5,paid,红茶,1"), "orders")
    assert held() == {"1": [("红茶", 1)]}
    desk.undo(later)
    assert held() == {"1": [("红茶", 1)]}
    desk.undo(again)
    assert desk.orders("number", "amount") == before[1]


def test_files_of_one_import_that_overlap_name_a_product_once(desk: Desk) -> None:
    line = "1,c1,2026-03-01 10:00,5,paid"
    files = {
        "a.csv": f"order_id,customer,ordered_at,amount,status\n{line}\n",
        "b.csv": f"{HEAD}{line},白茶,2\n",
        "c.csv": f"{HEAD}{line},白茶,2\n",
    }
    desk.bring({**files}, "orders")
    assert desk.orders("number", "amount", "lines") == [("1", 500, 1)]
    assert held() == {"1": [("白茶", 2)]}
