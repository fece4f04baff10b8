"""The words of shops for how an order stands, as our four."""

from __future__ import annotations

import re
import unicodedata

from qunyu.events.rows import OrderStatus

# A deposit is not yet a sale: what is paid in part counts as unpaid until the rest has come.
_WORDS: dict[OrderStatus, str] = {
    "paid": """
        交易成功 交易完成 订单完成 已完成 完成 已成交 已结束 成功 待发货 等待发货 等待卖家发货 买家已付款
        买家已付款等待卖家发货 已付款 已支付 付款成功 支付成功 已发货 部分发货 卖家已发货 卖家部分发货
        卖家已发货等待买家确认 卖家已发货等待买家收货 等待买家确认 等待买家确认收货 等待确认收货 待收货 等待收货
        已收货 买家已收货 已签收 买家已签收 备货中 待出库 等待出库 已出库 配送中 运输中 派送中 在途 待评价
        已评价 待自提 待提货 已自提 待核销 已核销 待使用 已使用 待成团 待接单 已接单 已确认 待消费 已消费
        部分退款 退款中 退款关闭 申请退款 售后中 正常 paid completed complete processing shipped delivered
        fulfilled partiallyshipped partiallyrefunded success succeeded finished tradefinished tradesuccess
        waitsellersendgoods waitbuyerconfirmgoods tradebuyersigned sellerconsignedpart done closedpaid
    """,
    "unpaid": """
        待付款 待支付 未付款 未支付 等待付款 等待买家付款 交易创建等待买家付款 等待付尾款 待付尾款 待付定金
        已付定金 定金已付 部分付款 支付中 付款确认中 unpaid pending pendingpayment onhold authorized
        partiallypaid awaitingpayment checkoutdraft waitbuyerpay draft
    """,
    "cancelled": """
        交易关闭 已关闭 关闭 订单关闭 已取消 取消 订单取消 交易取消 买家取消 卖家取消 用户取消 商家取消 系统取消
        超时关闭 超时取消 未付款交易超时关闭 已作废 作废 已失效 已过期 支付失败 付款失败 拼团失败 拒单 已拒绝
        删除等待出库 删除锁定 已删除 cancelled canceled voided void failed expired trash rejected tradeclosed
        tradeclosedbytaobao
    """,
    "refunded": """
        退款成功 已退款 全额退款 已全额退款 退款完成 已退货 退货成功 退货退款 退货退款成功 退货完成 售后退款成功
        售后完成退款 refunded fullyrefunded returned chargedback refund
    """,
}
STATUSES: dict[str, OrderStatus] = {word: status for status, words in _WORDS.items() for word in words.split()}

_NOISE = re.compile(r"[\W_]+")


def status_of(words: str) -> OrderStatus | None:
    """Our status for a shop's words ("交易成功", "wc-on-hold", "Partially Refunded"); None when unknown to us."""
    plain = unicodedata.normalize("NFKC", words).casefold().strip()
    return STATUSES.get(_NOISE.sub("", plain.removeprefix("wc-")))
