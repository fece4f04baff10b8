"""`qunyu opinions`: ratings and complaints as a table, and taking one back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from qunyu.cli.setting_up import set_up
from qunyu.cli.words import help_text
from qunyu.kernel.words import Words

DONE = Words("已记下 {n} 条评价，编号 {act}", "{n} opinions are noted, act {act}")
FINE = Words("{n} 行都可以导入", "all {n} lines are fine")
LINE = Words("第 {line} 行 {column}：{why}", "line {line} {column}: {why}")
UNDONE = Words("已撤回 {n} 条", "{n} opinions are taken back")


@click.group(help=help_text(Words("评分、好评与投诉。", "Ratings, praise and complaints.")))
def opinions() -> None:
    """Holds the commands about opinions."""


@opinions.command(name="import", help=help_text(Words("导入一张表格。", "Import a table.")))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help=help_text(Words("只检查，不写入", "check it, write nothing")))
def import_(file: Path, check: bool) -> None:
    """Prints what is wrong line by line and ends with 1, or how many opinions it noted."""
    set_up()
    from qunyu.flows.opinion_table import FIELDS, check_tellings, take_opinions
    from qunyu.kernel.ids import new_public_id
    from qunyu.kernel.scope import system_scope

    scope, now = system_scope("opinions"), datetime.now(UTC)
    found = check_tellings(by=scope, name=file.name, data=file.read_bytes(), now=now)
    wrong = [each for each in found if each.problem is not None]
    for each in wrong:
        column = FIELDS.get(each.column, "member_id")
        click.echo(str(LINE.fill(line=each.number, column=column, why=str(each.problem))), err=True)
    if wrong:
        sys.exit(1)
    if check:
        click.echo(str(FINE.fill(n=len(found))))
        return
    act = new_public_id()
    click.echo(str(DONE.fill(n=take_opinions(by=scope, tellings=found, act=act, now=now), act=act)))


@opinions.command(name="undo", help=help_text(Words("撤回一张表格。", "Take a table back.")))
@click.argument("act")
def undo(act: str) -> None:
    """Prints how many opinions it took back."""
    set_up()
    from qunyu.kernel.scope import system_scope
    from qunyu.satisfaction.opinions import withdraw_all

    count = withdraw_all(by=system_scope("opinions"), act=act, now=datetime.now(UTC))
    click.echo(str(UNDONE.fill(n=count)))
