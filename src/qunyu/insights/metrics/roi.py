"""ROI."""

from datetime import date

from qunyu.insights.metric import Example, Metric
from qunyu.kernel.words import Words

METRIC = Metric(
    key="roi",
    title=Words("投入产出比", "ROI"),
    question=Words("每花一元带来多少收入？", "What does each unit spent bring in?"),
    definition=Words(
        "收入 ÷ 费用（同一币种）。方法来源写作费用 ÷ 收入，本产品取收入 ÷ 费用，大于 1 才值得加投。",
        "Revenue ÷ cost in the same currency. The method’s source writes cost ÷ sales; here it is sales ÷ cost, and above 1 is worth investing more.",
    ),
    unit="ratio",
    source="N4",
    needs=(
        "permission",
        "orders",
        "costs",
        "one_currency",
    ),
    empty=None,
    sql="""
        SELECT c.key, c.period, c.n AS n,
          CASE WHEN r.value IS NOT NULL OR o.key IS NULL THEN coalesce(r.value, 0) / nullif(c.value, 0) END AS value
        FROM cost c LEFT JOIN revenue r USING (key, period, part)
        LEFT JOIN (SELECT DISTINCT key, period FROM revenue) o ON o.key = c.key AND o.period = c.period
        QUALIFY row_number() OVER (PARTITION BY c.key, c.period ORDER BY r.value IS NULL, c.value DESC, c.part) = 1
    """,
    example=Example(
        rows={
            "costs": ((1, date(2026, 3, 1), 1500, "CNY"),),
            "sales": (
                (1, date(2026, 3, 1), date(2026, 3, 5), 1, 1, 1000, "CNY", True),
                (1, date(2026, 3, 1), date(2026, 3, 5), 1, 2, 3000, "CNY", True),
                (1, date(2026, 3, 1), date(2026, 3, 5), 2, 3, 500, "CNY", False),
            ),
        },
        gives=((1, date(2026, 3, 1), 3),),
    ),
)
