"""Points for the first paid order."""

from qunyu.kernel.words import Words
from qunyu.loyalty.earning.rule import EarningRule, Figure

RULE = EarningRule(
    key="first_order",
    position=2,
    title=Words("首单", "First order"),
    help=Words(
        "一个人的第一笔已付款订单，另得若干积分；这笔订单退款后收回。",
        "Points besides for somebody’s first paid order; given back in full when that order is refunded in full.",
    ),
    deed="first_order",
    figures=(Figure("points", Words("得积分", "Points"), 50),),
    points=lambda deed, figures: figures["points"] if deed.quantity > 0 else 0,
    example=(100, {"points": 50}, 50),
)
