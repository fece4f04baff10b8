"""Writes docs/metrics.md from the registry of metrics; with --check only says whether the page is what would be written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

# So that what tools share is found when this is run as a script.
sys.path.insert(0, str(Path(__file__).parents[1]))

from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import Metric, UnitOfValue, metrics
from qunyu.kernel.words import Words
from tools.written import write

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"

UNITS: dict[UnitOfValue, Words] = {
    "people": Words("人", "people"),
    "messages": Words("条", "messages"),
    "orders": Words("单", "orders"),
    "times": Words("次", "times"),
    "share": Words("比例（0 至 1，显示为百分数）", "a share (0 to 1, shown in per cent)"),
    "ratio": Words("比值", "a ratio"),
    "money": Words("金额（按币种分列；内部为最小货币单位）", "money (each currency apart; minor units inside)"),
    "days": Words("天", "days"),
    "minutes": Words("分钟", "minutes"),
}
GOOD = {
    "up": Words("越高越好", "higher is better"),
    "down": Words("越低越好", "lower is better"),
    "": Words("无好坏之分", "neither high nor low is good"),
}
# What the rows of the operating method are about; a row that is not here stands under its number alone.
ROWS = {
    "M11": Words("满意度", "Satisfaction"),
    "N1": Words("获取：入群与退群", "Acquisition: coming and going"),
    "N2": Words("激活：发言与互动", "Activation: talk and interaction"),
    "N3": Words("留存：谁还在", "Retention: who is still there"),
    "N4": Words("收入：成交、复购、投入产出", "Revenue: orders, repurchase, return"),
    "N5": Words("推荐：谁带来了谁", "Referral: who brought whom"),
    "N8": Words("健康：广告占比", "Health: share of advertising"),
    "P6": Words("经济账：费用", "Economics: cost"),
}

HEAD = """\
# 指标 · Metrics

> Written by `tools/metrics_page.py` from the registry (`src/qunyu/insights/metrics`, one file a metric). Do not edit it by hand: change the
> metric and run `.venv/bin/python tools/metrics_page.py`. 本页由程序生成，请勿手改。

{count} metrics. `qunyu metrics list` prints them too. What *member*, *active*, *spoken*, *period* and *unknown* mean stands in
[concepts](concepts.md). 名词见[概念](concepts.md)。

- **Source** is the row of the operating method (私域社群运营方法) that the metric implements; the sections below are these rows.
- **Needs**: without these inputs the metric is *unknown* (未知), never 0. [What to supply](#inputs--需要的数据) is at the end of the page.
- **Without rows**: what the metric is in a period in which nothing of the kind happened: 0 for counts, unknown where there is nothing to divide by.
"""


def page() -> str:
    """The whole page."""
    every = sorted(metrics().values(), key=lambda each: (each.source, each.key))
    parts = [HEAD.format(count=len(every)), _overview(every)]
    for source in sorted({each.source for each in every}):
        parts.append(_row_title(source))
        parts.extend(_section(each) for each in every if each.source == source)
    return "\n".join([*parts, _inputs()])


def _overview(every: list[Metric]) -> str:
    lines = ["## All at a glance · 一览", "", "| key | 中文 | English | source | needs |", "|---|---|---|---|---|"]
    for each in every:
        needs = ", ".join(f"`{need}`" for need in each.needs) or "–"
        lines.append(f"| [`{each.key}`](#{each.key}) | {each.title.zh} | {each.title.en} | {each.source} | {needs} |")
    return "\n".join([*lines, ""])


def _row_title(source: str) -> str:
    words = ROWS.get(source)
    return f"## {source} · {words.zh} · {words.en}\n" if words else f"## {source}\n"


def _section(metric: Metric) -> str:
    return "\n".join([f"### {metric.key}", "", f"**{metric.title.zh} · {metric.title.en}**", "", *_lines(metric), ""])


def _lines(metric: Metric) -> Iterator[str]:
    yield f"- 问题：{metric.question.zh} · Question: {metric.question.en}"
    yield f"- 定义：{metric.definition.zh}"
    yield f"- Definition: {metric.definition.en}"
    yield f"- 单位 · Unit: {UNITS[metric.unit].zh} · {UNITS[metric.unit].en}; {GOOD[metric.good].zh} · {GOOD[metric.good].en}"
    empty = Words("未知", "unknown") if metric.empty is None else Words(f"{metric.empty:g}", f"{metric.empty:g}")
    yield f"- 无数据的时期 · Without rows: {empty.zh if empty.zh == empty.en else f'{empty.zh} · {empty.en}'}"
    if metric.needs:
        yield "- 需要 · Needs: " + ", ".join(f"[`{need}`](#inputs--需要的数据)" for need in metric.needs)
    used = sorted(metric.uses & metrics().keys())
    if used:
        yield "- 由此算出 · Computed from: " + ", ".join(f"[`{key}`](#{key})" for key in used)


def _inputs() -> str:
    lines = [
        "## Inputs · 需要的数据",
        "",
        "Why a figure is unknown, and how to supply what is missing, as the product says it.",
        "",
    ]
    lines += ["| input | 中文 | English |", "|---|---|---|"]
    lines += [f"| `{key}` | {words.zh} | {words.en} |" for key, words in INPUTS.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
