"""Orbit's levels, by presence."""

from qunyu.insights.label import Label, Rule, Value
from qunyu.kernel.words import Words

LABEL = Label(
    key="orbit_level",
    title=Words("Orbit 层级（参考）", "Orbit level (reference)"),
    question=Words("按 Orbit 模型的出席里程碑，每个人在哪一圈？", "In which orbit is everybody, by the presence milestones of the Orbit model?"),
    definition=Words(
        "Orbit 模型公布的出席里程碑，看最近一年：一周内 2 天 → 参与；一个月内 7 天 → 贡献；一个季度内 30 天 → 引领；其余为探索。"
        "活动权重不适用：聊天里只有发言一种活动。",
        "The presence milestones that the Orbit model publishes, over the last year: 2 days in a week → participating; 7 days in a month → "
        "contributing; 30 days in a quarter → leading; else exploring. Its activity weights do not apply: a chat has one activity.",
    ),
    source="github.com/orbit-love/orbit-model: pages/love/orbit-levels.mdx",
    reference=True,
    values=(
        Value("exploring", Words("探索（4）", "Exploring (4)"), Words("新来的和旁观的", "newcomers and onlookers")),
        Value("participating", Words("参与（3）", "Participating (3)"), Words("偶尔参与的常客", "casual regulars")),
        Value("contributing", Words("贡献（2）", "Contributing (2)"), Words("长期投入的人", "a record of taking part")),
        Value("leading", Words("引领（1）", "Leading (1)"), Words("社群的核心", "the core")),
    ),
    rules=(
        Rule("leading", "best_quarter >= 30", Words("最多的一个季度里有 {best_quarter} 天发言（标准 30）", "spoke on {best_quarter} days of the best quarter (bar 30)")),
        Rule("contributing", "best_month >= 7", Words("最多的一个月里有 {best_month} 天发言（标准 7）", "spoke on {best_month} days of the best month (bar 7)")),
        Rule("participating", "best_week >= 2", Words("最多的一周里有 {best_week} 天发言（标准 2）", "spoke on {best_week} days of the best week (bar 2)")),
        Rule("exploring", "true", Words("一年内没有一周有 2 天发言", "no week with words on 2 days within a year")),
    ),
    examples=(
        ({"best_quarter": 30, "best_month": 14, "best_week": 5}, "leading"),
        ({"best_quarter": 29, "best_month": 7, "best_week": 2}, "contributing"),
        ({"best_quarter": 9, "best_month": 6, "best_week": 2}, "participating"),
        ({"best_quarter": 3, "best_month": 3, "best_week": 1}, "exploring"),
    ),
)  # fmt: skip
