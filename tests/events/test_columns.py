"""Headers are recognised by synonym, mapping by name and position."""

from qunyu.events.columns import constant, normal, resolve
from qunyu.events.orders.headers import ORDERS


def test_names_are_compared_without_case_width_punctuation_and_unit() -> None:
    assert len({normal(name) for name in ("Order ID", "order_id", "ORDER-ID", "ＯｒｄｅｒＩＤ", " order id ")}) == 1
    assert normal("实付金额（元）") == normal("实付金额(¥)") == "实付金额"
    assert normal("Phone (Billing)") == "phonebilling"


def test_what_was_paid_wins_over_what_was_asked() -> None:
    found = resolve(ORDERS, ["订单号", "订单金额", "应付金额", "实付金额", "下单时间", "付款时间"], {})
    assert found.names["amount"] == "实付金额"
    assert (found.names["ordered_at"], found.names["paid_at"]) == ("下单时间", "付款时间")


def test_payment_time_stands_in_for_creation_time() -> None:
    found = resolve(ORDERS, ["订单号", "实付金额", "付款时间"], {})
    assert found.names["ordered_at"] == "付款时间"
    assert "paid_at" not in found.names


def test_mapping_by_name_and_position_wins() -> None:
    found = resolve(ORDERS, ["when", "who", "amount", "net"], {"ordered_at": "When", "customer": "2", "amount": "net"})
    assert found.names == {"ordered_at": "when", "customer": "who", "amount": "net"}
    assert found.unknown == ()


def test_unknown_mapped_columns_are_named_and_foreign_fields_ignored() -> None:
    found = resolve(ORDERS, ["a", "b"], {"amount": "c", "ordered_at": "9", "author": "x", "date_order": "dmy"})
    assert found.unknown == ("c", "9")


def test_a_currency_may_be_told_instead_of_mapped() -> None:
    assert constant({"currency": "GBP"}, ("a",), "currency") == "GBP"
    assert constant({"currency": "GBP"}, ("GBP",), "currency") == ""
    assert constant({"currency": "币种"}, ("币种",), "currency") == ""
    assert resolve(ORDERS, ["a"], {"currency": "GBP"}).unknown == ()
