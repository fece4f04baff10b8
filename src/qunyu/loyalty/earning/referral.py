"""Points for bringing in somebody who then bought."""

from qunyu.kernel.words import Words
from qunyu.loyalty.earning.rule import EarningRule, Figure

RULE = EarningRule(
    key="referral",
    position=5,
    title=Words("推荐", "Referral"),
    help=Words(
        "邀请进群的人有了第一笔已付款订单；每位被邀请的人一次，对方全部退款后收回。",
        "For each person one invited into a community who then paid a first order; taken back when all of it was refunded.",
    ),
    deed="referral",
    figures=(Figure("points", Words("得积分", "Points"), 100),),
    points=lambda deed, figures: figures["points"] if deed.quantity > 0 else 0,
    example=(1, {"points": 100}, 100),
)
