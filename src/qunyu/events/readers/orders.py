"""Order files of any shop: plain columns, Chinese and English exports, one row per order or per product."""

from __future__ import annotations

from collections.abc import Iterator

from qunyu.events.columns import constant
from qunyu.events.files import File
from qunyu.events.orders.headers import ORDERS
from qunyu.events.orders.lines import Lines, Manner, Names
from qunyu.events.orders.totals import amount_per
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.rows import OrderLine
from qunyu.events.table_dates import order_of_dates
from qunyu.events.tables import Opened, certainty, open_kind
from qunyu.kernel.words import Words


def recognise(file: File, options: ReadOptions) -> float:
    """Sure when a header has a time, an amount (or quantity and price) and something of an order or a customer."""
    return certainty(file, options, ORDERS)


def read(file: File, options: ReadOptions) -> Iterator[OrderLine | Problem]:
    """A line per row; notes about lines that count all the same come out before them, one about all of them after."""
    problems: list[Problem] = []
    opened = open_kind(file, options, ORDERS, problems)
    count, known = 0, False
    if opened is not None:
        lines = Lines(Names.of(opened.columns.names), _manner(file, options, opened, problems), problems)
        for number, row in opened.table.rows:
            found = lines.line(number, row)
            if problems:
                yield from problems
                problems.clear()
            if isinstance(found, OrderLine):
                count, known = count + 1, known or bool(found.customer_id or found.phone or found.union_id)
            yield found
    if count and not known:
        problems.append(Problem("no_customers", file.name))
    yield from problems


def _manner(file: File, options: ReadOptions, opened: Opened, problems: list[Problem]) -> Manner:
    def reopen() -> Opened | None:
        return open_kind(file, options, ORDERS, [])

    return Manner(
        file.name,
        options.source_zone,
        opened.columns.layout,
        order_of_dates(reopen, "ordered_at", options, file.name, problems),
        amount_per(reopen, options, file.name, problems),
        constant(options.columns, opened.table.header, "currency"),
    )


READERS = (
    Reader(
        key="orders",
        platform="orders",
        title=Words("订单表（CSV、XLSX，各平台导出）", "Orders (CSV or XLSX, as shops export them)"),
        recognise=recognise,
        read=read,
        yields="orders",
        example=Example(
            "订单.csv",
            (
                "订单编号,买家昵称,手机号,订单创建时间,订单付款时间,买家实际支付金额,订单状态,宝贝标题,退款金额\n"
                "='1001',小茶,138 0013 8000,2026/3/1 9:05,2026/3/1 9:06,¥128.00,交易成功,明前龙井,\n"
                "1002,阿福,139****0000,2026-03-01 10:00:00,,59.90,等待买家付款,茉莉花茶,0\n"
                "1003,小茶,13800138000,2026年3月2日 8:00,2026年3月2日 8:01,88,退款成功,白茶,88.00\n"
                "1004,小茶,13800138000,2026-03-02,,八十八,交易成功,白茶,\n"
            ).encode("gb18030"),
            {"paid": 1, "unpaid": 1, "refunded": 1, "problem": 1},
        ),
    ),
)
