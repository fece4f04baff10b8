"""Points for what was paid."""

from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words
from qunyu.loyalty.earning.rule import EarningRule, Figure

RULE = EarningRule(
    key="order_amount",
    position=1,
    title=Words("消费金额", "Paid amount"),
    help=Words(
        "每笔已付款订单，按实付减退款，每满若干元得若干积分，不足部分不计。退款时按当时的标准收回。",
        "For each paid order: points for every so many units paid less refunds; the rest does not count. Refunds take back by the figures of that time.",
    ),
    deed="order",
    figures=(
        Figure("units", Words("每满（元）", "For every (units of the currency)"), 1),
        Figure("points", Words("得积分", "Points"), 1),
    ),
    points=lambda deed, figures: (
        deed.quantity // (figures["units"] * 10 ** exponent(deed.currency)) * figures["points"]
    ),
    # 35.80 yuan, 2 points for every 10 yuan.
    example=(3580, {"units": 10, "points": 2}, 6),
)
