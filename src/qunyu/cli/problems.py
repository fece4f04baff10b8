"""Problems of an import, told on standard error."""

from __future__ import annotations

from collections.abc import Mapping

import click

from qunyu.events.problems import Problem
from qunyu.kernel.words import Words

TOLD = 10
KINDS = {
    "message": Words("消息", "messages"),
    "action": Words("动作", "actions"),
    "joined": Words("入群", "joins"),
    "left": Words("退群", "leaves"),
    "renamed": Words("改名", "renames"),
    "recalled": Words("撤回", "recalls"),
    "notice": Words("系统提示", "notices"),
    "listed": Words("名单入群", "listed joins"),
    "unlisted": Words("名单退群", "listed leaves"),
    "order": Words("订单", "orders"),
    "cost": Words("费用", "costs"),
    "exposed": Words("曝光", "exposures"),
}


def tell_problems(problems: object, count: int = 0) -> None:
    """The first ten problems, a line each, and how many more there are: of `count` where not all were kept."""
    if not isinstance(problems, list):
        return
    known = [each for each in problems if isinstance(each, Problem)]
    for each in known[:TOLD]:
        click.echo(f"  {in_words(each)}", err=True)
    more = max(count, len(known)) - min(TOLD, len(known))
    if more > 0:
        click.echo("  " + str(Words("……还有 {n} 处", "... and {n} more").fill(n=more)), err=True)


def in_words(problem: Problem) -> str:
    """file:line: reason and remedy."""
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return f"{place}: {problem.message}" if place else str(problem.message)


def tell_summary(summary: Mapping[str, Mapping[str, int]]) -> None:
    """What an import brought, on standard error."""
    facts = dict(summary["facts"])
    already = facts.pop("already", 0)
    new = ", ".join(f"{KINDS[kind]} {count:,}" for kind, count in sorted(facts.items())) or "0"
    text = Words(
        "新增：{new}；已存在：{already:,}；问题：{problems:,}",
        "new: {new}; there already: {already:,}; problems: {problems:,}",
    )
    click.echo(str(text.fill(new=new, already=already, problems=sum(summary["problems"].values()))), err=True)
    if changed := summary.get("changed", {}).get("orders", 0):
        text = Words("状态有变化的订单：{n:,}", "orders whose state changed: {n:,}")
        click.echo(str(text.fill(n=changed)), err=True)
