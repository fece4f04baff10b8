"""Writes docs/labels.md from the registry of labels; with --check only says whether the page is what would be written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

# So that what tools share is found when this is run as a script.
sys.path.insert(0, str(Path(__file__).parents[1]))

from qunyu.insights.features import FEATURES
from qunyu.insights.label import Label, labels
from tools.written import write

PAGE = Path(__file__).parents[1] / "docs" / "labels.md"

HEAD = """\
# 分层与类型 · Labels

> Written by `tools/labels_page.py` from the registry (`src/qunyu/insights/labels`, one file a label). Do not edit it by hand: change the
> label and run `.venv/bin/python tools/labels_page.py`. 本页由程序生成，请勿手改。

Every ordinary member has exactly one value of every label. A label's rules are asked in the order below and the first that holds decides; the last one always
holds. Each value comes with its reason in words and figures, the day since which it holds, and what it was before. How it works: [concepts](concepts.md#labels).

每位普通成员在每个标签上有且只有一个取值：按下列顺序判断，先符合的规则说了算，最后一条总是成立。每个取值都附有理由与数字、起始日期和历史。
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for label in labels().values() for line in _section(label)), *_features()])


def _section(label: Label) -> Iterator[str]:
    yield f"## {label.key}\n"
    yield f"**{label.title.zh} · {label.title.en}** ({label.source})\n"
    yield f"- 问题：{label.question.zh} · Question: {label.question.en}"
    yield f"- 定义：{label.definition.zh}"
    yield f"- Definition: {label.definition.en}"
    if label.needs:
        yield f"- 需要权限 · Needs the permission: `{label.needs}`"
    yield "\n| value | 中文 | English |\n|---|---|---|"
    for value in label.values:
        yield f"| `{value.code}` | {value.title.zh}：{value.meaning.zh} | {value.title.en}: {value.meaning.en} |"
    yield "\n| | rule | gives |\n|---|---|---|"
    for number, rule in enumerate(label.rules, 1):
        yield f"| {number} | `{rule.when}` | `{rule.value}` |"
    for name, sql in label.scores.items():
        yield f"\n`{name}` = `{sql}`"
    if label.thresholds:
        yield "\n| threshold | 中文 | English | default | from–to |\n|---|---|---|---|---|"
    for each in label.thresholds:
        words = f"{each.title.zh}（{each.unit.zh}） | {each.title.en} ({each.unit.en})"
        yield f"| `{each.key}` | {words} | {each.default:g} | {each.least:g}–{each.most:g} |"
    for pair in label.orders:
        yield f"\n`{pair.lower}` may not be above `{pair.higher}`: {pair.otherwise.en}. {pair.otherwise.zh}。"
    yield ""


def _features() -> Iterator[str]:
    yield "## Features · 依据\n"
    yield "What rules compare, computed for all members at once from the rollup, the joins and the orders (`src/qunyu/insights/features.py`).\n"
    yield "| feature | is |\n|---|---|"
    for name, meaning in FEATURES.items():
        yield f"| `{name}` | {meaning} |"
    yield ""


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
