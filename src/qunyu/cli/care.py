"""`qunyu care`: whom to contact today, and finding the occasions anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words

LINE = Words("{day} {name} {title}（{why}）：{words}", "{day} {name} {title} ({why}): {words}")
REFUSED = Words(
    "{day} {name} {title}（{why}）：暂不联系，{refused}", "{day} {name} {title} ({why}): not now, {refused}"
)
NOBODY = Words("今天没有值得问候的日子", "no occasion falls on today")
FOUND = Words("{kind}：{n}", "{kind}: {n}")
BROUGHT = Words("新找到由推荐带来的人", "newly found to come by a recommendation")


@click.group(help=help_text(Words("关系日历。", "The relationship calendar.")))
def care() -> None:
    """Holds the commands about the calendar."""


@care.command(name="today", help=help_text(Words("今天该问候谁、说什么。", "Whom to greet today, and how.")))
@click.option("--days", type=click.IntRange(0, 45), default=0, help=help_text(Words("往后多少天", "days ahead")))
@click.option("--most", type=click.IntRange(1, 500), default=50, help=help_text(Words("最多几行", "lines at most")))
def today(days: int, most: int) -> None:
    """Prints the open occasions up to that day, the earliest first."""
    set_up()
    from qunyu.care.queries import Wanted, dress, told, wanted_occasions
    from qunyu.communities.duties import local_day
    from qunyu.kernel.scope import system_scope

    now, scope = datetime.now(UTC), system_scope("care")
    day = local_day(now)
    found = wanted_occasions(scope, Wanted(today=day, last=day + timedelta(days=days)))
    rows: list[Any] = list(found[:most])
    dress(scope, rows, now)
    for row in rows:
        kind, why = told(row)
        line, more = (LINE, {"words": row.words}) if row.leave.allowed else (REFUSED, {"refused": str(row.leave.words)})
        click.echo(str(line.fill(day=row.due, name=row.head, title=kind.title, why=why, **more)))
    if not rows:
        click.echo(str(NOBODY))


@care.command(name="find", help=help_text(Words("重新找出日子。", "Find the occasions anew.")))
def find() -> None:
    """Prints how many there are of each kind."""
    set_up()
    from qunyu.care.kind import kinds
    from qunyu.flows.caring import care as look

    for key, count in look(now=datetime.now(UTC)).items():
        kind = kinds().get(key)
        click.echo(str(FOUND.fill(kind=kind.title if kind else BROUGHT, n=count)))
