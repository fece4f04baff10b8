"""Settings: the numbers that lists of prospects and what people are worth go by; without a margin and what an hour costs, worth is unknown."""

from __future__ import annotations

from qunyu.kernel.words import Words
from qunyu.people.settings import Setting, Settings

_DAYS, _MINUTES = Words("天", "days"), Words("分钟", "minutes")
SETTINGS = Settings(
    "prospect_setting",
    (
        Setting("prospects.horizon", Words("预测多少天内下单", "Chance of an order within"), _DAYS, 14, 3, 60),
        Setting("worth.days", Words("价值按最近多少天算", "Worth is counted over"), _DAYS, 180, 30, 730),
        Setting("worth.new_days", Words("新客户暂不评价", "New customers are not judged for"), _DAYS, 30, 0, 365),
        Setting("worth.margin", Words("毛利率", "Gross margin"), Words("%", "%"), None, 0, 100),
        Setting("worth.hour", Words("运营每小时成本", "An operator’s hour costs"), Words("元", "in the currency"), None, 0, 100_000),
        Setting("worth.contact", Words("一次联系用时", "A contact takes"), _MINUTES, 5, 0, 600),
        Setting("worth.complaint", Words("一次投诉用时", "A complaint takes"), _MINUTES, 20, 0, 600),
    ),
)  # fmt: skip
