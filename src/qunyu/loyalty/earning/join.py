"""Points for joining a community."""

from qunyu.kernel.words import Words
from qunyu.loyalty.earning.rule import EarningRule, Figure

RULE = EarningRule(
    key="join",
    position=3,
    title=Words("入群", "Joining"),
    help=Words(
        "进入一个社群（看得到入群记录的），每个社群一次。",
        "For joining a community, where the joining was seen; once for each community.",
    ),
    deed="join",
    figures=(Figure("points", Words("得积分", "Points"), 10),),
    points=lambda deed, figures: figures["points"] if deed.quantity > 0 else 0,
    example=(1, {"points": 10}, 10),
)
