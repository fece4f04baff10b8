"""Points for the days of a week on which somebody really spoke."""

from qunyu.kernel.words import Words
from qunyu.loyalty.earning.rule import EarningRule, Figure

RULE = EarningRule(
    key="talk",
    position=4,
    title=Words("发言天数", "Days of talk"),
    help=Words(
        "每周真正发过言的天数（表情、复读和红包致谢不算），每天若干积分，一周有上限。",
        "Points for each day of a week with a real message (no sticker, repeat or thanks for red packets), up to a number of days a week.",
    ),
    deed="talk",
    figures=(
        Figure("points", Words("每天得积分", "Points a day"), 2),
        Figure("most", Words("一周最多（天）", "Days a week at most"), 3, 1, 7),
    ),
    points=lambda deed, figures: min(deed.quantity, figures["most"]) * figures["points"],
    example=(5, {"points": 2, "most": 3}, 6),
)
