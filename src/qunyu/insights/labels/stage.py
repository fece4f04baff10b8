"""The stage of a member's life."""

from qunyu.insights.label import Label, Rule, Threshold, Value
from qunyu.kernel.words import Words

DAYS = Words("天", "days")

LABEL = Label(
    key="stage",
    title=Words("生命周期阶段", "Lifecycle stage"),
    question=Words("每个人走到了哪一步？", "How far has everybody come?"),
    definition=Words(
        "至今走到的最远一步：拉新（进来了）→ 激活（说过话）→ 留存（首次出现一段时间后仍在说）→ 变现（下过单）→ 推荐（带来过新成员）。",
        "The furthest step so far: acquisition (came) → activation (said something) → retention (still speaks a while after first "
        "seen) → revenue (ordered) → referral (brought somebody in).",
    ),
    source="M4",
    needs="orders.view",
    values=(
        Value("acquisition", Words("拉新", "Acquisition"), Words("来了，还没说过话", "came, has not said a word")),
        Value("activation", Words("激活", "Activation"), Words("开过口，还没留下", "has spoken, has not stayed")),
        Value("retention", Words("留存", "Retention"), Words("留下了，还没买", "stays, has not bought")),
        Value("revenue", Words("变现", "Revenue"), Words("买过，还没推荐", "has bought, has not recommended")),
        Value("referral", Words("推荐", "Referral"), Words("带来了新成员", "has brought somebody in")),
    ),
    thresholds=(
        Threshold("retention_after", Words("留存：首次出现后多久仍发言", "Retention: speaks so long after first seen"), DAYS, 7, 1, 365),
        Threshold("retention_days", Words("留存：发言天数", "Retention: days with a word"), DAYS, 3, 1, 365),
    ),
    rules=(
        Rule("referral", "invited > 0", Words("带来 {invited} 人入群", "brought {invited} people in")),
        Rule("revenue", "orders > 0", Words("有 {orders} 个已付款订单", "{orders} paid orders")),
        Rule(
            "retention",
            "spoken_span >= retention_after AND spoken_days >= retention_days",
            Words(
                "首次出现 {spoken_span} 天后仍在发言（标准 {retention_after:g}），共 {spoken_days} 天说过话（标准 {retention_days:g}）",
                "spoke {spoken_span} days after first seen (bar {retention_after:g}), on {spoken_days} days (bar {retention_days:g})",
            ),
        ),
        Rule(
            "activation",
            "spoken_days > 0",
            Words("在 {spoken_days} 天里说过话，最晚在首次出现 {spoken_span} 天后", "spoke on {spoken_days} days, last {spoken_span} days after first seen"),
        ),
        Rule("acquisition", "true", Words("{first_day} 首次出现，没有发言和订单", "first seen {first_day}, no word, no order")),
    ),
    examples=(
        ({"invited": 1}, "referral"),
        ({"invited": 0, "orders": 1}, "revenue"),
        ({"invited": 0, "orders": 0, "spoken_span": 7, "spoken_days": 3}, "retention"),
        ({"invited": 0, "orders": 0, "spoken_span": 7, "spoken_days": 2}, "activation"),
        ({"invited": 0, "orders": 0, "spoken_span": 6, "spoken_days": 6}, "activation"),
        ({"invited": 0, "orders": 0, "spoken_days": 0}, "acquisition"),
    ),
)  # fmt: skip
