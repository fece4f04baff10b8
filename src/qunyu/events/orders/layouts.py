"""Order exports whose header is known as a whole, because single names in it would mislead.

Source: Shopify help centre, "Exporting orders"; Fivetran's Shopify package; WooCommerce's order exports; UCI Online
Retail (I and II); Fader & Hardie's CDNOW.
"""

from __future__ import annotations

from qunyu.events.columns import Layout

# Rows after an order's first carry only the line's product.
FIRST_ROW_HAS_TOTAL = frozenset(("shopify",))
# Cancelled invoices begin with C, and lines taken back have negative quantities.
CREDIT_NOTES = frozenset(("online_retail", "online_retail_2"))
# Customer 0 is whoever bought without an account.
GUEST_IS_ZERO = frozenset(("woocommerce",))

LAYOUTS = (
    Layout(
        "shopify",
        frozenset(("name", "financialstatus", "total", "lineitemname")),
        {
            "order_id": "name",
            "customer": "email",
            "customer_name": "billingname",
            "ordered_at": "createdat",
            "paid_at": "paidat",
            "amount": "total",
            "status": "financialstatus",
            "refund": "refundedamount",
            "quantity": "lineitemquantity",
            "unit_price": "lineitemprice",
            "product": "lineitemname",
        },
    ),
    Layout(
        "shopify_table",
        frozenset(("orderid", "totalprice", "financialstatus", "customerid")),
        {
            "order_id": "orderid",
            "customer": "customerid",
            "amount": "totalprice",
            "status": "financialstatus",
            "refund": "refundsubtotal",
            "refund_tax": "refundtotaltax",
            "phone": "billingaddressphone",
            "customer_name": "billingaddressname",
            "quantity": "",
            "product": "",
        },
    ),
    Layout(
        "online_retail",
        frozenset(("invoiceno", "stockcode", "quantity", "invoicedate", "unitprice", "customerid")),
        {"amount": "", "order_id": "invoiceno", "product": "description", "customer": "customerid"},
    ),
    Layout(
        "online_retail_2",
        frozenset(("invoice", "stockcode", "quantity", "invoicedate", "price", "customerid")),
        {"amount": "", "order_id": "invoice", "product": "description", "customer": "customerid"},
    ),
    Layout(
        "woocommerce",
        frozenset(("ordernumber", "orderstatus", "orderdate", "ordertotalamount")),
        {"amount": "ordertotalamount", "refund": "orderrefundamount", "product": "itemname", "unit_price": "itemcost"},
    ),
    Layout(
        "woocommerce",
        frozenset(("ordernumber", "orderdate", "ordertotal", "status")),
        {"order_id": "ordernumber", "amount": "ordertotal", "customer_name": "billingfirstname"},
    ),
    Layout(
        "woocommerce",
        frozenset(("date", "order", "nrevenue", "status", "customer")),
        {"ordered_at": "date", "amount": "nrevenue", "product": "products", "quantity": "itemssold"},
    ),
    Layout(
        "cdnow",
        frozenset(("customerid", "date", "numberofcds", "dollarvalue")),
        {"ordered_at": "date", "amount": "dollarvalue", "quantity": "numberofcds"},
    ),
    Layout(
        "cdnow",
        frozenset(("=_id", "=id", "date", "cdsbought", "spent")),
        {"customer": "=id", "ordered_at": "date", "amount": "spent", "quantity": "cdsbought"},
    ),
)
