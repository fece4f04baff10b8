# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers, which mypy takes for a mistake.
"""What is said of order files beside their lines: money that went back, customers nobody knows, headers alone."""

from decimal import Decimal

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.orders import read
from qunyu.events.reading import ReadOptions
from qunyu.events.rows import OrderLine


def rows(data: str) -> list[OrderLine | Problem]:
    return list(read(file_of_bytes("orders.csv", data.encode()), ReadOptions()))


def of(data: str) -> tuple[list[OrderLine], list[tuple[str, int]]]:
    found = rows(data)
    problems = [(row.code, row.line) for row in found if isinstance(row, Problem)]
    return [row for row in found if isinstance(row, OrderLine)], problems


@pytest.mark.parametrize(
    ("amount", "words", "status", "noted"),
    [
        ("-5", "已付款", "refunded", True), ("-5", "交易成功", "refunded", True), ("（5.00）", "paid", "refunded", True),
        ("-5", "待付款", "refunded", True), ("-5", "", "refunded", True),
        ("-5", "已退款", "refunded", False), ("-5", "已取消", "cancelled", False),
        ("0", "已付款", "paid", False), ("5", "已付款", "paid", False),
    ],
)  # fmt: skip
def test_money_that_went_back_is_a_refund_whatever_the_status(
    amount: str, words: str, status: str, noted: bool
) -> None:
    lines, problems = of(f"订单号,客户,下单时间,金额,订单状态\n1,c,2026-03-01,{amount},{words}\n")
    assert [line.status for line in lines] == [status]
    assert problems == ([("negative_amount", 2)] if noted else [])


def test_a_negative_quantity_makes_a_negative_amount() -> None:
    lines, problems = of("订单号,客户,下单时间,单价,数量,订单状态\n1,c,2026-03-01,2.50,-2,已付款\n")
    assert [(line.amount, line.status) for line in lines] == [(Decimal("-5.00"), "refunded")]
    assert problems == [("negative_amount", 2)]


def test_a_refund_on_a_row_below_an_orders_first_stays_on_that_row() -> None:
    lines, problems = of(
        "order_id,customer,ordered_at,amount,status,product\n"
        "1,c,2026-03-01,20,paid,tea\n,,,-5,,cup back\n,,,3,,cup\n2,c,2026-03-02,4,paid,tea\n"
    )
    assert [(line.order_id, line.amount, line.status) for line in lines] == [
        ("1", 20, "paid"),
        ("1", -5, "refunded"),
        ("1", 3, "paid"),
        ("2", 4, "paid"),
    ]
    assert problems == [("negative_amount", 3)]


@pytest.mark.parametrize("column", ["客户", "顾客", "买家", "会员", "用户", "客户账号", "顾客编号", "买家账号"])
def test_columns_that_name_the_customer(column: str) -> None:
    (line,) = rows(f"订单号,{column},手机号,下单时间,金额\n1,小茶,13800138000,2026-03-01,5\n")
    assert isinstance(line, OrderLine)
    assert (line.customer_id, line.phone, line.amount) == ("小茶", "13800138000", 5)


def test_a_bare_name_of_the_customer_takes_no_other_column() -> None:
    (line,) = rows(
        "订单号,客户,客户ID,客户姓名,客户手机号,会员,昵称,下单时间,金额\n1,a,b,c,13800138000,是,d,2026-03-01,5\n"
    )
    assert isinstance(line, OrderLine)
    assert (line.customer_id, line.customer_name, line.phone) == ("b", "c", "13800138000")
    (line,) = rows("订单号,客户,openid,下单时间,金额\n1,小茶,o-1,2026-03-01,5\n")
    assert isinstance(line, OrderLine)
    assert (line.customer_id, line.customer_name) == ("o-1", "小茶")


NOBODYS = {
    "no column": "订单号,下单时间,金额\n1,2026-03-01,5\n2,2026-03-02,5\n",
    "a name is nobody": "订单号,收货人,下单时间,金额\n1,小茶,2026-03-01,5\n",
    "masked": "订单号,买家昵称,手机号,下单时间,金额\n1,小**,138****0000,2026-03-01,5\n2,阿**,,2026-03-01,5\n",
    "empty": "订单号,客户,下单时间,金额\n1,,2026-03-01,5\n",
}


@pytest.mark.parametrize("data", list(NOBODYS.values()), ids=list(NOBODYS))
def test_orders_that_belong_to_nobody_are_kept_and_told_once(data: str) -> None:
    *lines, problem = rows(data)
    assert len(lines) == data.count("\n") - 1
    assert all(isinstance(line, OrderLine) for line in lines)
    assert problem == Problem("no_customers", "orders.csv")


@pytest.mark.parametrize("row", ["1,c,,", "1,,13800138000,", "1,,,o-1"])
def test_one_customer_is_enough(row: str) -> None:
    found = rows(f"订单号,客户,手机号,unionid,下单时间,金额\n{row},2026-03-01,5\n2,,,,2026-03-01,5\n")
    assert [type(each) for each in found] == [OrderLine, OrderLine]


@pytest.mark.parametrize("after", ["", "\n", ",,\n,,\n"])
def test_a_header_alone_is_told(after: str) -> None:
    assert rows(f"订单报表\n订单号,下单时间,金额\n{after}") == [Problem("no_rows", "orders.csv", 2)]
    assert rows(f"订单号,下单时间,金额\n{after}") == [Problem("no_rows", "orders.csv", 1)]
