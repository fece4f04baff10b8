# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers, which mypy takes for a mistake.
"""Orders of every recognised make: what counts, once, under which status, and what is left out and why."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.orders import read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.rows import OrderLine


def of(data: str | bytes, name: str = "orders.csv", **columns: str) -> tuple[list[OrderLine], list[Problem]]:
    return _split(data, name, columns, ReadOptions().source_zone)


def _split(
    data: str | bytes, name: str, columns: Mapping[str, str], zone: ZoneInfo
) -> tuple[list[OrderLine], list[Problem]]:
    """Lines and problems, but for no_customers, which has tests of its own: most samples here need no customer."""
    file = file_of_bytes(name, data.encode() if isinstance(data, str) else data)
    rows = list(read(file, ReadOptions(source_zone=zone, columns=columns)))
    problems = [row for row in rows if isinstance(row, Problem) and row.code != "no_customers"]
    return [row for row in rows if isinstance(row, OrderLine)], problems


def totals(lines: list[OrderLine]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.status == "paid" and line.amount > 0:
            sums[line.order_id] = sums.get(line.order_id, Decimal(0)) + line.amount
    return sums


def codes(problems: list[Problem]) -> list[tuple[str, int]]:
    return [(each.code, each.line) for each in problems]


def test_plain_columns() -> None:
    lines, problems = of(
        "order_id,customer,ordered_at,amount,currency,status,quantity,unit_price,product,phone,union_id,refund,customer_name\n"
        "1,u1,2026-03-01 09:05:00,25.00,cny,paid,2,12.50,tea,+86 138 0013 8000,o1,5.00,Ann\n"
    )
    assert problems == []
    assert lines == [
        OrderLine(
            "1", "u1", datetime(2026, 3, 1, 1, 5, tzinfo=UTC), Decimal("25.00"), "paid", "CNY", Decimal("5.00"),
            Decimal(2), "tea", "Ann", "13800138000", "o1", None, 2,
        )
    ]  # fmt: skip


def test_lines_of_our_own_columns_add_up_even_when_equal() -> None:
    lines, problems = of("order_id,ordered_at,amount\n1,2026-03-01,5\n1,2026-03-01,5\n2,2026-03-01,7\n")
    assert totals(lines) == {"1": 10, "2": 7}
    assert problems == []


def test_without_an_order_number_each_row_is_an_order() -> None:
    lines, _ = of("customer,ordered_at,amount\na,2026-03-01,5\na,2026-03-01,5\n")
    assert [(line.order_id, line.amount) for line in lines] == [("", 5), ("", 5)]


def test_taobao_creation_time_counts_and_payment_time_is_kept() -> None:
    lines, problems = of(
        "订单编号,买家会员名,总金额,买家应付货款,买家实际支付金额,订单状态,收货人姓名,"
        "联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝总数量,退款金额\n"
        '="4012345678901234567",t**1,120,118,110.00,交易成功,小茶,\'13800138000,'
        "2026-03-01 23:59:00,2026-03-02 00:01:00,龙井,2,0\n"
        '="4012345678901234568",小茶馆,120,118,0,交易关闭,阿福,138****0000,2026-03-01 10:00:00,,龙井,2,\n'
    )
    assert problems == []
    first, second = lines
    assert (first.order_id, first.customer_id, first.customer_name) == ("4012345678901234567", "", "小茶")
    assert (first.amount, first.quantity, first.phone) == (Decimal("110.00"), 2, "13800138000")
    assert first.ordered_at == datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
    assert first.meta == {"paid_at": "2026-03-01T16:01:00+00:00"}
    assert (second.customer_id, second.status, second.phone) == ("小茶馆", "cancelled", "")


JD = (
    "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,应付金额,订单状态,下单帐号,客户姓名,联系电话,付款确认时间\n"
    "7001,1,茶壶,1,2026-03-01 10:00:00,100,150,140,完成,jd_a,小茶,13800138000,2026-03-01 10:01:00\n"
    "7001,2,茶杯,1,2026-03-01 10:00:00,50,150,140,完成,jd_a,小茶,13800138000,2026-03-01 10:01:00\n"
    "7002,2,茶杯,1,2026-03-01 11:00:00,50,50,50,(删除)等待出库,jd_b,阿福,13900139000,\n"
)


def test_a_total_repeated_on_each_product_counts_once() -> None:
    lines, problems = of(JD)
    assert totals(lines) == {"7001": 140}
    assert [(line.product, line.amount, line.status) for line in lines] == [
        ("茶壶", 140, "paid"),
        ("茶杯", 0, "paid"),
        ("茶杯", 50, "cancelled"),
    ]
    # The name 应付金额 alone does not say whether it is the order's, so the reading is announced.
    assert codes(problems) == [("ambiguous_totals", 0)]


def test_the_reading_of_repeated_totals_can_be_told() -> None:
    lines, problems = of(JD, amount_per="line")
    assert totals(lines) == {"7001": 280}
    assert problems == []
    lines, problems = of(JD, amount_per="order")
    assert totals(lines) == {"7001": 140}
    assert problems == []


def test_a_total_that_can_only_be_the_orders_needs_no_announcement() -> None:
    lines, problems = of("订单编号,下单时间,买家实际支付金额\n1,2026-03-01,9\n1,2026-03-01,9\n")
    assert totals(lines) == {"1": 9}
    assert problems == []


def test_differing_amounts_of_one_order_belong_to_its_lines() -> None:
    lines, problems = of(
        "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,订单提交时间,支付完成时间,订单状态,售后状态\n"
        "1,11,茶,1,30,2026-03-01 10:00:00,2026-03-01 10:00:09,已完成,\n"
        "1,12,壶,1,70,2026-03-01 10:00:00,2026-03-01 10:00:09,已完成,退款成功\n"
        "2,21,茶,2,30,2026-03-01 10:00:00,2026-03-01 10:00:09,已发货,售后关闭\n"
        "2,22,杯,2,30,2026-03-01 10:00:00,2026-03-01 10:00:09,已发货,\n"
    )
    assert totals(lines) == {"1": 30, "2": 60}
    assert [line.status for line in lines] == ["paid", "refunded", "paid", "paid"]
    assert lines[1].refund == 70
    assert problems == []


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Refunded Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Billing Phone,Phone,Cancelled at\n"
    "#1001,ann@example.com,paid,2026-03-01 09:06:00 +0800,fulfilled,EUR,90,5,0,95.00,0.00,2026-03-01 09:05:00 +0800,"
    "2,Tea,20.00,Ann,'+33610826417,,\n"
    "#1001,ann@example.com,,,,,,,,,,2026-03-01 09:05:00 +0800,1,Pot,50.00,,,,\n"
    "#1002,bob@example.com,partially_refunded,2026-03-01 10:00:00 +0800,,EUR,30,0,0,30.00,10.00,"
    "2026-03-01 09:59:00 +0800,1,Cup,30.00,Bob,,,\n"
    "#1003,eve@example.com,voided,,,EUR,30,0,0,30.00,0.00,2026-03-01 11:00:00 +0800,1,Cup,30.00,Eve,,,\n"
)


def test_shopify_states_the_total_on_the_first_row_only() -> None:
    lines, problems = of(SHOPIFY)
    assert problems == []
    assert totals(lines) == {"#1001": Decimal("95.00"), "#1002": Decimal("30.00")}
    assert [(line.product, line.quantity, line.amount, line.status) for line in lines] == [
        ("Tea", 2, Decimal("95.00"), "paid"),
        ("Pot", 1, 0, "paid"),
        ("Cup", 1, Decimal("30.00"), "paid"),
        ("Cup", 1, Decimal("30.00"), "cancelled"),
    ]
    assert lines[1].customer_id == "ann@example.com"
    assert lines[1].ordered_at == datetime(2026, 3, 1, 1, 5, tzinfo=UTC)
    assert lines[2].refund == 10
    assert lines[0].currency == "EUR"


@pytest.mark.parametrize(
    "text",
    [
        "Order Number,Order Status,Order Date,Email (Billing),Phone (Billing),Order Refund Amount,Order Total Amount,"
        "Item Name,Quantity,Item Cost\n"
        "5,Completed,2026-03-01 09:05,a@example.com,13800138000,,30,Tea,1,10\n"
        "5,Completed,2026-03-01 09:05,a@example.com,13800138000,,30,Pot,1,20\n"
        "6,On hold,2026-03-01 09:05,a@example.com,13800138000,,8,Cup,1,8\n",
        "order_id,order_number,order_date,paid_date,status,order_total,order_currency,customer_id,customer_email\n"
        "5,5,2026-03-01 09:05:00,2026-03-01 09:06:00,wc-completed,30,CNY,0,a@example.com\n"
        "6,6,2026-03-01 09:05:00,,wc-on-hold,8,CNY,7,b@example.com\n",
        "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue\n"
        '2026-03-01 09:05:00,5,"€30,00",completed,Ann,new,"1× Tea, 1× Pot",2,,30\n'
        "2026-03-01 09:05:00,6,€8,on-hold,Ann,returning,1× Cup,1,,8\n",
    ],
    ids=["advanced", "suite", "analytics"],
)
def test_woocommerce(text: str) -> None:
    lines, problems = of(text)
    assert problems == []
    assert totals(lines) == {"5": 30}
    assert {line.status for line in lines if line.order_id == "6"} == {"unpaid"}
    assert lines[0].customer_id != "0"


RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def test_online_retail_amounts_are_exact_products() -> None:
    lines, problems = of(
        RETAIL
        + "536365,85123A,HEART,6,12/1/2010 8:26,2.55,17850.0,United Kingdom\n"
        + "C536379,D,Discount,-1,12/1/2010 9:41,27.5,14527.0,United Kingdom\n"
        + "536414,22139,,56,12/1/2010 11:52,0.0,,United Kingdom\n"
        + "536589,21777,,-10,12/1/2010 16:50,0.0,,United Kingdom\n"
        + "A563186,B,Adjust bad debt,1,8/22/2011 14:51,-11062.06,,United Kingdom\n"
    )
    assert problems == []
    assert [(line.amount, line.status, line.customer_id) for line in lines] == [
        (Decimal("15.30"), "paid", "17850"),
        (Decimal("-27.5"), "cancelled", "14527"),
        (0, "free", ""),
        (0, "refunded", ""),
        (Decimal("-11062.06"), "refunded", ""),
    ]
    assert str(lines[3].amount) == "0"
    assert lines[0].ordered_at == datetime(2010, 12, 1, 0, 26, tzinfo=UTC)
    assert {line.currency for line in lines} == {""}


def test_a_currency_can_be_told_for_all_rows() -> None:
    lines, problems = of(RETAIL + "1,A,x,1,2010-12-01 08:26:00,2.55,1,UK\n", currency="GBP")
    assert [line.currency for line in lines] == ["GBP"]
    assert problems == []


def test_exact_repeats_are_real() -> None:
    row = "536381,71270,PHOTO CLIP,1,2010-12-01 09:41:00,1.25,15311.0,UK\n"
    lines, _ = of(RETAIL + row + row)
    assert totals(lines) == {"536381": Decimal("2.50")}


def test_cdnow_with_and_without_a_header() -> None:
    lines, problems = of(" customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n", "m.txt")
    assert problems == []
    assert [(line.customer_id, line.quantity, line.amount) for line in lines] == [("00001", 1, Decimal("11.77"))]
    told = {"customer": "1", "ordered_at": "3", "amount": "5", "quantity": "4"}
    lines, problems = of(" 00004 0001 19970101  2   29.33\n", "s.txt", **told)
    assert problems == []
    assert [(line.customer_id, line.quantity, line.amount) for line in lines] == [("00004", 2, Decimal("29.33"))]
    assert lines[0].ordered_at == datetime(1996, 12, 31, 16, tzinfo=UTC)


def test_cdnow_as_a_table_names_its_customers_by_the_new_id() -> None:
    lines, _ = of("_id,id,date,cds_bought,spent\n4,1,19970101,2,29.33\n")
    assert [(line.order_id, line.customer_id, line.amount) for line in lines] == [("", "1", Decimal("29.33"))]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("交易成功", "paid"), ("已完成", "paid"), ("待发货", "paid"), ("买家已付款，等待卖家发货", "paid"),
        ("partially_refunded", "paid"),
        ("待付款", "unpaid"), ("等待买家付款", "unpaid"), ("wc-on-hold", "unpaid"), ("Pending payment", "unpaid"),
        ("交易关闭", "cancelled"), ("已取消", "cancelled"), ("voided", "cancelled"), ("(删除)锁定", "cancelled"),
        ("退款成功", "refunded"), ("Refunded", "refunded"), ("", "paid"),
    ],
)  # fmt: skip
def test_statuses(words: str, status: str) -> None:
    lines, problems = of(f"order_id,ordered_at,amount,status\n1,2026-03-01,5,{words}\n")
    assert [line.status for line in lines] == [status]
    assert problems == []


def test_an_unknown_status_counts_as_paid_and_is_told_once_a_word() -> None:
    lines, problems = of(
        "order_id,ordered_at,amount,status\n1,2026-03-01,5,???\n2,2026-03-01,5,???\n3,2026-03-01,5,mystery\n"
    )
    assert [line.status for line in lines] == ["paid"] * 3
    assert [(each.code, each.line, each.data["value"]) for each in problems] == [
        ("unknown_status", 2, "???"),
        ("unknown_status", 4, "mystery"),
    ]


def test_without_a_status_the_time_of_payment_tells() -> None:
    lines, _ = of("订单编号,订单创建时间,订单付款时间,实付金额\n1,2026-03-01,2026-03-01,5\n2,2026-03-01,,0\n")
    assert [line.status for line in lines] == ["paid", "unpaid"]


def test_a_negative_amount_without_a_status_is_a_refund_and_told() -> None:
    lines, problems = of("order_id,ordered_at,amount\n1,2026-03-01,(5.00)\n")
    assert [(line.amount, line.status) for line in lines] == [(Decimal("-5.00"), "refunded")]
    assert codes(problems) == [("negative_amount", 2)]


def test_refunds() -> None:
    lines, _ = of(
        "订单编号,下单时间,实付金额,订单状态,退款金额\n"
        "1,2026-03-01,50,交易成功,20\n2,2026-03-01,50,交易关闭,50\n3,2026-03-01,50,退款成功,\n4,2026-03-01,50,已取消,\n"
    )
    assert [(line.status, line.refund) for line in lines] == [
        ("paid", 20),
        ("refunded", 50),
        ("refunded", 50),
        ("cancelled", 0),
    ]


def test_rows_that_cannot_count_say_where_and_why() -> None:
    lines, problems = of(
        "order_id,customer,ordered_at,amount\n"
        "1,a,2026-03-01,5\n"
        "2,a,2026-02-30,5\n"
        "3,a,soon,5\n"
        "4,a,,5\n"
        "5,a,2026-03-01,five\n"
        "6,a,2026-03-01,\n"
        "合计,,,15\n"
        "7,,2026-03-01,5\n"
    )
    assert [line.order_id for line in lines] == ["1", "7"]
    assert [(each.code, each.line, each.data) for each in problems] == [
        ("impossible_time", 3, {"value": "2026-02-30"}),
        ("bad_time", 4, {"value": "soon"}),
        ("missing_field", 5, {"field": "ordered_at"}),
        ("bad_number", 6, {"field": "amount", "value": "five"}),
        ("missing_field", 7, {"field": "amount"}),
        ("missing_field", 8, {"field": "ordered_at"}),
    ]


def test_merged_cells_continue_the_order_above() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["订单号", "买家昵称", "订单创建时间", "订单实付金额", "商品名称", "数量"],
        ["E1", "小茶", datetime.fromisoformat("2026-03-01 09:05"), 95.5, "茶", 2],
        [None, None, None, None, "壶", 1],
        ["E2", "阿福", datetime.fromisoformat("2026-03-01 09:06"), 20, "杯", 1],
    ):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    lines, problems = of(stream.getvalue(), "订单.xlsx")
    assert problems == []
    assert totals(lines) == {"E1": Decimal("95.5"), "E2": 20}
    assert [(line.order_id, line.product, line.customer_id) for line in lines] == [
        ("E1", "茶", "小茶"),
        ("E1", "壶", "小茶"),
        ("E2", "杯", "阿福"),
    ]


def test_ids_rounded_by_a_spreadsheet_do_not_join_strangers() -> None:
    lines, problems = of("订单编号,下单时间,实付金额\n4.01235E+18,2026-03-01,5\n4.01235E+18,2026-03-01,5\n")
    assert [(line.order_id, line.amount) for line in lines] == [("", 5), ("", 5)]
    assert [code for code, _ in codes(problems) if code == "damaged_id"] == ["damaged_id"] * 2


def test_days_before_months_are_seen_or_guessed_or_told() -> None:
    text = "order_id,ordered_at,amount\n1,3/4/2026 9:05,5\n2,25/4/2026 9:05,5\n"
    lines, problems = of(text)
    assert [line.ordered_at.month for line in lines] == [4, 4]
    assert problems == []
    ambiguous = "order_id,ordered_at,amount\n1,3/4/2026 9:05,5\n"
    lines, problems = of(ambiguous)
    assert [line.ordered_at.month for line in lines] == [3]
    assert codes(problems) == [("ambiguous_dates", 0)]
    lines, problems = of(ambiguous, date_order="dmy")
    assert [line.ordered_at.month for line in lines] == [4]
    assert problems == []


def test_stamps_without_a_zone_are_in_the_source_zone() -> None:
    for name, hour in (("UTC", 9), ("Asia/Shanghai", 1), ("Europe/Paris", 8)):
        lines, _ = _split("customer,ordered_at,amount\na,2026-03-01 09:05,5\n", "o.csv", {}, ZoneInfo(name))
        assert lines[0].ordered_at.hour == hour


def test_a_mapped_column_that_is_not_there_is_one_problem_with_the_columns_found() -> None:
    lines, problems = of("order_id,customer,ordered_at,amount\n1,a,2026-03-01,5\n2,a,2026-03-01,5\n", amount="netto")
    assert lines == []
    assert [(each.code, each.line, each.data) for each in problems] == [
        ("unknown_column", 1, {"value": "netto", "columns": "order_id, customer, ordered_at, amount"})
    ]


def test_a_table_without_what_orders_need_is_one_problem() -> None:
    lines, problems = of("order_id,customer,amount\n1,a,5\n")
    assert lines == []
    assert [(each.code, each.line, each.data) for each in problems] == [("missing_field", 1, {"field": "ordered_at"})]


def test_customer_tables_with_sums_of_spending_are_no_orders() -> None:
    file = file_of_bytes(
        "c.csv", "客户昵称,手机号,累计消费金额,最近下单时间\n小茶,13800138000,500,2026-03-01\n".encode()
    )
    assert recognise(file, ReadOptions(), "orders") is None
    assert recognise(file_of_bytes("o.csv", SHOPIFY.encode()), ReadOptions()) is not None


def test_currencies_are_read_as_people_write_them() -> None:
    lines, problems = of(
        "order_id,customer,ordered_at,amount,currency\n"
        "1,u1,2026-03-01,5,RMB\n2,u1,2026-03-01,5,€\n3,u1,2026-03-01,5,\n4,u1,2026-03-01,5,shells\n"
    )
    assert [(line.order_id, line.currency) for line in lines] == [("1", "CNY"), ("2", "EUR"), ("3", "")]
    assert [(each.code, each.line, each.data["value"]) for each in problems] == [("unknown_currency", 5, "shells")]
