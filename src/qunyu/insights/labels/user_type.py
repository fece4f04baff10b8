"""The four user types, from satisfaction and loyalty."""

from qunyu.insights.label import Label, Rule, Threshold, Value
from qunyu.kernel.words import Words

POINTS = Words("分（0–100）", "points (0–100)")
DAYS = Words("天", "days")

LABEL = Label(
    key="user_type",
    title=Words("用户类型", "User type"),
    question=Words("谁是回头客，谁只图便宜，谁是一时需要？", "Who keeps coming back, who comes for the price, who needed it once?"),
    definition=Words(
        "先算两个分：满意度 =（未退款订单 + 评价得分之和 + 1）÷（订单 + 退款单 + 评价数 + 2），已离开所有社群的打八折；"
        "评价是最近 365 天的评分、问卷、好评（1 分）和投诉（0 分，妥善解决 0.5 分）；"
        "忠诚度 = 70 × 有购买的月份占比（最近 6 个 30 天，至少 2 单）+ 30（推荐来的人里有人买过）。"
        "再依次判断：数据不足 → 羊毛 → 忠实 → 需求 → 低需求。促销日 = 订单数超过前后 14 天中位数两倍的日子（至少 5 单）。",
        "Two scores first: satisfaction = (orders kept + scores of opinions + 1) ÷ (orders + refunded + opinions + 2), four fifths of that "
        "for whoever left every community; opinions are the ratings, survey answers, praise (1) and complaints (0, settled well 0.5) of the "
        "last 365 days; loyalty = 70 × share of months with an order (the last six times 30 days, from two orders on) + 30 if somebody "
        "they brought has bought. Then in this order: not enough data → bargain → loyal → demand → low demand. A sale day has more "
        "than twice the median orders of the 14 days before and after it, and five at least.",
    ),
    source="M5",
    needs="orders.view",
    values=(
        Value("unknown", Words("数据不足", "Not enough data"), Words("来得太短，或没有订单数据", "too new, or no orders are known")),
        Value("low_demand", Words("低需求", "Low demand"), Words("只买过一次或没买过", "bought once or never")),
        Value("demand", Words("需求型", "Demand"), Words("需求强，之后没有复购", "a strong need, no repurchase since")),
        Value("bargain", Words("羊毛型", "Bargain"), Words("为优惠而来，不推荐", "come for the price, do not recommend")),
        Value("loyal", Words("忠实型", "Loyal"), Words("月月回购，推荐的人也买", "buy every month, bring buyers")),
    ),
    thresholds=(
        Threshold("type_least_days", Words("数据不足：认识不到", "Not enough data: known for less than"), DAYS, 14, 0, 365),
        Threshold("bargain_share", Words("羊毛：促销日订单占比", "Bargain: share of orders on sale days"), Words("%", "%"), 50, 1, 100),
        Threshold("loyal_orders", Words("忠实：已付款订单", "Loyal: paid orders"), Words("单", "orders"), 3, 1, 100),
        Threshold("loyal_loyalty", Words("忠实：忠诚度", "Loyal: loyalty"), POINTS, 50, 0, 100),
        Threshold("loyal_satisfaction", Words("忠实：满意度", "Loyal: satisfaction"), POINTS, 50, 0, 100),
        Threshold("demand_value", Words("需求：客单价相对常见值", "Demand: order value against the usual one"), Words("倍", "times"), 1.2, 0.1, 100, whole=False),
        Threshold("demand_orders", Words("需求：或订单数", "Demand: or orders"), Words("单", "orders"), 2, 1, 100),
    ),
    scores={
        "satisfaction": "round(100 * (orders + satisfied + 1) / (orders + refunded + opinions + 2) * CASE WHEN present THEN 1 ELSE 0.8 END)",
        "loyalty": "round(70 * CASE WHEN orders > 1 THEN bought_months / possible_months ELSE 0 END + 30 * least(recommended, 1))",
        "sale_share": "round(100 * sale_orders / greatest(orders, 1))",
    },
    rules=(
        Rule("unknown", "NOT orders_known", Words("没有订单数据；请导入订单表", "no orders are known; import an order file")),
        Rule(
            "unknown",
            "orders = 0 AND refunded = 0 AND known_days < type_least_days",
            Words("{first_day} 才认识（不到 {type_least_days:g} 天），还没有订单", "first seen {first_day} (fewer than {type_least_days:g} days ago), no order yet"),
        ),
        Rule(
            "bargain",
            "orders > 0 AND sale_share >= bargain_share AND recommended = 0",
            Words(
                "{orders} 单中 {sale_share:.0f}% 在促销日（标准 {bargain_share:g}%），没有推荐来买家；满意度 {satisfaction:.0f}，忠诚度 {loyalty:.0f}",
                "{sale_share:.0f} % of {orders} orders on sale days (bar {bargain_share:g} %), brought no buyers; satisfaction {satisfaction:.0f}, loyalty {loyalty:.0f}",
            ),
        ),
        Rule(
            "loyal",
            "orders >= loyal_orders AND loyalty >= loyal_loyalty AND satisfaction >= loyal_satisfaction",
            Words(
                "忠诚度 {loyalty:.0f}（标准 {loyal_loyalty:g}）：{possible_months} 个月里 {bought_months} 个月有购买，推荐来 {recommended} 位买家；满意度 {satisfaction:.0f}，共 {orders} 单",
                "loyalty {loyalty:.0f} (bar {loyal_loyalty:g}): bought in {bought_months} of {possible_months} months, brought {recommended} buyers; satisfaction {satisfaction:.0f}, {orders} orders",
            ),
        ),
        Rule(
            "demand",
            "orders >= demand_orders OR orders > 0 AND value_ratio >= demand_value",
            Words(
                "{orders} 单，客单价是常见值的 {value_ratio:.1f} 倍（标准 {demand_value:g}），最后一单在 {last_order}；忠诚度 {loyalty:.0f}，满意度 {satisfaction:.0f}",
                "{orders} orders of {value_ratio:.1f} times the usual value (bar {demand_value:g}), the last on {last_order}; loyalty {loyalty:.0f}, satisfaction {satisfaction:.0f}",
            ),
        ),
        Rule("low_demand", "true", Words("{first_day} 认识，{orders} 个已付款订单；满意度 {satisfaction:.0f}", "first seen {first_day}, {orders} paid orders; satisfaction {satisfaction:.0f}")),
    ),
    examples=(
        ({"orders_known": False}, "unknown"),
        ({"orders_known": True, "orders": 0, "refunded": 0, "known_days": 13}, "unknown"),
        ({"orders_known": True, "orders": 0, "refunded": 0, "known_days": 14, "present": True, "recommended": 0}, "low_demand"),
        ({"orders_known": True, "orders": 4, "refunded": 0, "known_days": 90, "present": True, "recommended": 0, "sale_orders": 2, "bought_months": 3, "possible_months": 3}, "bargain"),
        ({"orders_known": True, "orders": 4, "refunded": 0, "known_days": 90, "present": True, "recommended": 1, "sale_orders": 2, "bought_months": 3, "possible_months": 3, "opinions": 0, "satisfied": 0}, "loyal"),
        ({"orders_known": True, "orders": 4, "refunded": 0, "known_days": 90, "present": True, "recommended": 1, "sale_orders": 2, "bought_months": 3, "possible_months": 3, "opinions": 5, "satisfied": 0}, "demand"),
        ({"orders_known": True, "orders": 4, "refunded": 0, "known_days": 90, "present": True, "recommended": 0, "sale_orders": 0, "bought_months": 1, "possible_months": 3, "value_ratio": 0.4}, "demand"),
        ({"orders_known": True, "orders": 1, "refunded": 0, "known_days": 90, "present": True, "recommended": 0, "sale_orders": 0, "value_ratio": 1.2}, "demand"),
        ({"orders_known": True, "orders": 1, "refunded": 0, "known_days": 90, "present": True, "recommended": 0, "sale_orders": 0, "value_ratio": 0.4}, "low_demand"),
    ),
)  # fmt: skip
