"""What order files call their columns.

Source: export headers of Taobao/Tmall, JD, Douyin shop, Youzan and other Chinese shops as public programs that read
them name them; Shopify's and WooCommerce's documentation of their order exports. All names as `columns.normal` writes
them; of several that a table has, the first counts.
"""

from __future__ import annotations

from qunyu.events.columns import Kind
from qunyu.events.orders.layouts import LAYOUTS

# What the buyer really paid for the order comes before what was paid for one line, and both before what was asked.
ORDER_PAID = """
    买家实际支付金额 订单实际支付金额 订单实付金额 订单实付 总实付金额 实际支付金额 用户实付金额 买家实付金额
    实付金额 实付款 实际付款 实际支付 实付 订单实收金额 实收金额 实收款 支付金额 付款金额 已付金额 已支付的金额
    paidamount amountpaid totalpaid paymentamount
""".split()
LINE_PAID = "商品实付金额 子订单实付金额 商品实际成交金额 商品实付 单品实付 小计 linetotal lineamount".split()
ORDER_ASKED = """
    订单应付金额 应付金额 买家应付货款 成交金额 订单金额 订单总金额 订单总价 订单总额 总金额 交易金额 结算金额
    商品金额合计 金额 ordertotal ordertotalamount totalprice orderamount ordervalue totalamount total
""".split()

# Names that can only mean the whole order, whatever row they stand on.
WHOLE_ORDER = frozenset(
    """
    买家实际支付金额 订单实际支付金额 订单实付金额 订单实付 总实付金额 买家实付金额 订单实收金额 totalpaid
    订单应付金额 买家应付货款 订单金额 订单总金额 订单总价 订单总额 总金额 ordertotal totalprice orderamount
    ordertotalamount ordervalue
""".split()
)
# Names that can only mean the row itself, by our own convention or by the export's.
PER_LINE = frozenset(("amount", "spent", "dollarvalue", *LINE_PAID))
# A buyer's nickname is both whom the shop knows and what to call them.
NICKNAMES = frozenset(
    """
    买家会员名 买家昵称 会员名 买家 客户昵称 用户昵称 会员昵称 下单帐号 customer buyer 客户 顾客 会员 用户
    """.split()
)

_SYNONYMS = {
    "order_id": """
        orderid 主订单编号 主订单号 父订单号 订单编号 订单号 订单id 交易单号 交易编号 交易号 ordernumber orderno
        ordersn invoiceno invoice transactionid order
    """.split(),
    "sub_order": "suborder suborderid 子订单编号 子订单号 商品订单编号 商品单号 itemorderid orderitemid".split(),
    "ordered_at": """
        orderedat 下单时间 订单创建时间 创建时间 订单提交时间 提交时间 拍下时间 订单下单时间 下单日期 订单时间
        交易创建时间 成交时间 订单日期 orderdate ordertime createdat datecreated createdtimestamp createtime
        invoicedate purchasedate purchasedat processedat
    """.split(),
    "paid_at": """
        paidat 付款时间 订单付款时间 支付时间 买家付款时间 支付完成时间 付款确认时间 订单支付时间 paiddate
        datepaid paymentdate paymenttime paytime
    """.split(),
    "amount": ["amount", *ORDER_PAID, *LINE_PAID, *ORDER_ASKED],
    "quantity": """
        quantity 购买数量 商品数量 数量 订购数量 宝贝总数量 订单商品总件数 商品件数 件数 商品总数量 qty
        itemssold itemcount
    """.split(),
    "unit_price": "unitprice 单价 商品单价 售价 商品价格 价格 京东价 itemprice itemcost price".split(),
    "customer": """
        customer customerid 买家id 客户id 用户id 会员id 买家会员名 买家昵称 下单帐号 下单账号 用户账号 会员名
        客户编号 会员编号 会员号 买家 客户昵称 用户昵称 会员昵称 openid userid buyerid memberid customeruser
        buyer customeremail email emailbilling billingemail 邮箱 买家账号 买家账户 买家编号 客户账号 客户号 顾客id
        顾客编号 顾客号 客户 顾客 会员 用户
    """.split(),
    "customer_name": """
        customername 买家姓名 客户姓名 客户名称 收货人姓名 收货人 收件人 收货人名称 姓名 billingname buyername
        shippingname firstnamebilling 顾客姓名 顾客名称 会员姓名 会员名称 用户姓名 用户名称 下单人姓名 下单人 购买人 昵称
        微信昵称 微信名 买家 客户 顾客 用户
    """.split(),
    "phone": """
        phone 买家手机号 买家手机 手机号 手机号码 客户手机号 用户手机号 用户手机 会员手机号 下单人手机号 手机
        收货人手机号 收货人手机 收货人手机号码 收货人电话 收件人手机 收件人手机号 收件人电话 联系手机 联系电话
        电话 mobile customerphone buyerphone phonenumber phonebilling billingphone shippingphone
    """.split(),
    "union_id": "unionid 微信unionid".split(),
    "status": "status 订单状态 交易状态 支付状态 付款状态 状态 orderstatus financialstatus paymentstatus".split(),
    "after_sale": "aftersale 售后状态 退款状态 订单退款状态 refundstatus".split(),
    "cancelled_at": "cancelledat cancelledtimestamp canceledat".split(),
    "refund": """
        refund 退款金额 已退款金额 订单退款金额 退款总金额 成功退款金额 refundamount refundedamount
        amountrefunded orderrefundamount totalrefunded
    """.split(),
    "product": """
        product 商品名称 宝贝标题 商品标题 标题 宝贝名称 选购商品 全部商品名称 商品名 商品信息 商品 productname
        itemname description producttitle title products stockcode sku
    """.split(),
    "refund_tax": "refundtotaltax".split(),
    "currency": "currency 币种 货币 货币类型 ordercurrency currencycode".split(),
}

ORDERS = Kind(
    # Where only the time of payment is told, it is the best we have for the time of the order.
    fields={field: tuple(names) for field, names in _SYNONYMS.items()}
    | {"ordered_at": (*_SYNONYMS["ordered_at"], *_SYNONYMS["paid_at"])},
    needs=(("ordered_at",), ("amount", "unit_price")),
    tells=("order_id", "customer", "phone", "union_id", "status", "customer_name"),
    layouts=LAYOUTS,
)
